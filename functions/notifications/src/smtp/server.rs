//! Where the mail server is, read from SMTP_URL.

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// How the conversation is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all: the machine itself, or a catcher of test mail.
    Plain,
    /// By STARTTLS, which the server must offer.
    StartTls,
    /// By TLS from the first byte.
    Tls,
}

/// The mail server and how to sign in there.
///
/// | SMTP_URL | |
/// |---|---|
/// | `smtps://user:password@host` | TLS, port 465 |
/// | `smtp://user:password@host` | STARTTLS or nothing, port 587 |
/// | `smtp://127.0.0.1:1025` | plain: the same machine, unless `?tls=required` |
/// | `smtp://mail:1025?tls=none` | plain by request, and then without a password |
#[derive(Clone)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<Credentials>,
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailServer({}:{}, {:?})", self.host, self.port, self.security)
    }
}

/// What is wrong with SMTP_URL; the URL itself holds a password and is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerError(&'static str);

impl std::fmt::Display for ServerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SMTP_URL {}", self.0)
    }
}

impl std::error::Error for ServerError {}

impl MailServer {
    /// Reads SMTP_URL.
    pub fn parse(text: &str) -> Result<Self, ServerError> {
        let url = Url::parse(text).map_err(|_| ServerError("is not a URL"))?;
        // Other schemes than the web's have their host as it was written, addresses included.
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(ServerError("names no host"))?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let tls = url.query_pairs().find_map(|(name, value)| (name == "tls").then_some(value));
        let (security, usual_port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => (Security::Tls, 465),
            ("smtp", Some("none")) => (Security::Plain, 25),
            ("smtp", None) if is_this_machine(&host) => (Security::Plain, 25),
            ("smtp", None | Some("required")) => (Security::StartTls, 587),
            ("smtp" | "smtps", _) => return Err(ServerError("asks for a tls= that is neither none nor required")),
            _ => return Err(ServerError("begins with neither smtp:// nor smtps://")),
        };
        let decode = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(std::borrow::Cow::into_owned)
                .map_err(|_| ServerError("has a user or a password that is not UTF-8"))
        };
        let credentials = match (url.username(), url.password()) {
            ("", _) => None,
            (_, None) => return Err(ServerError("has a user but no password")),
            (user, Some(password)) => Some(Credentials::new(decode(user)?, decode(password)?)),
        };
        if credentials.is_some() && security == Security::Plain && !is_this_machine(&host) {
            return Err(ServerError("would send a password in the clear"));
        }
        Ok(Self { host, port: url.port().unwrap_or(usual_port), security, credentials })
    }
}

fn is_this_machine(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        _ => host == "::1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, u16, Security, bool) {
        let server = MailServer::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (server.host, server.port, server.security, server.credentials.is_some())
    }

    #[test]
    fn a_real_server_is_spoken_to_in_secret() {
        assert_eq!(read("smtps://u:p@mail.example.com"), ("mail.example.com".into(), 465, Security::Tls, true));
        assert_eq!(read("smtp://u:p%40@mail.example.com"), ("mail.example.com".into(), 587, Security::StartTls, true));
        assert_eq!(read("smtp://mail.example.com:2525"), ("mail.example.com".into(), 2525, Security::StartTls, false));
    }

    #[test]
    fn a_catcher_of_test_mail_is_not() {
        assert_eq!(read("smtp://127.0.0.1:9004"), ("127.0.0.1".into(), 9004, Security::Plain, false));
        assert_eq!(read("smtp://localhost"), ("localhost".into(), 25, Security::Plain, false));
        assert_eq!(read("smtp://[::1]:1025"), ("::1".into(), 1025, Security::Plain, false));
        assert_eq!(read("smtp://mail:1025?tls=none"), ("mail".into(), 1025, Security::Plain, false));
    }

    #[test]
    fn what_cannot_work_is_refused_without_showing_the_password() {
        for text in [
            "",
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtps://user@mail.example.com",
            "smtp://mail.example.com?tls=opportunistic",
            "smtp://user:hunter2@mail.example.com?tls=none",
        ] {
            let error = MailServer::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("SMTP_URL ") && !error.contains("hunter2"), "{text}: {error}");
        }
        let server = MailServer::parse("smtps://user:hunter2@mail.example.com").unwrap();
        assert!(!format!("{server:?}").contains("hunter2"));
    }
}
