//! Notifications: e-mail, from the queue to the mail server.

pub mod emails;
pub mod letters;
pub mod smtp;

use secrecy::ExposeSecret as _;
use shared::{Error, Result, config::Config};
use smtp::{MailServer, Post};

/// The way to the mail server that the configuration names. What is missing is named at once, at the start.
pub fn post(config: &Config) -> Result<Post> {
    let (Some(url), Some(from)) = (&config.smtp_url, &config.mail_from) else {
        return Err(Error::internal("the mailer needs SMTP_URL and MAIL_FROM"));
    };
    let server = MailServer::parse(url.expose_secret()).map_err(Error::internal)?;
    Post::new(server, from).map_err(|error| Error::internal(format!("MAIL_FROM: {error}")))
}
