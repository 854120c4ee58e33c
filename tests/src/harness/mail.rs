//! Mails, as the mail catcher holds them.

use serde_json::Value;

use super::{STACK, eventually};

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The headers.
    pub headers: Value,
}

impl Mail {
    /// The token of the link in the mail: what follows `/<page>/` in its text.
    ///
    /// # Panics
    /// When the mail has no such link.
    #[expect(clippy::panic, reason = "a mail without its link fails the test")]
    pub fn token(&self, page: &str) -> String {
        let marker = format!("/{page}/");
        let Some((_, rest)) = self.text.split_once(&marker) else { panic!("no link to {page} in: {}", self.text) };
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect()
    }
}

/// All mails to this address, the oldest first. Addresses in tests carry a UUID, so nobody else's are among them.
pub async fn mails_to(address: &str) -> Vec<Mail> {
    let url = format!("{}/api/email", STACK.mail_url);
    let Ok(response) = reqwest::get(url).await else { return Vec::new() };
    let text = response.text().await.unwrap_or_default();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
    let is_to = |mail: &Value| {
        mail["to"]
            .as_array()
            .is_some_and(|to| to.iter().any(|t| t["address"].as_str().is_some_and(|a| a.eq_ignore_ascii_case(address))))
    };
    let text = |mail: &Value, name: &str| mail[name].as_str().unwrap_or_default().to_owned();
    all.iter()
        .filter(|mail| is_to(mail))
        .map(|mail| Mail {
            subject: text(mail, "subject"),
            text: text(mail, "text"),
            html: text(mail, "html"),
            headers: mail["headers"].clone(),
        })
        .collect()
}

/// Waits for the `count`th mail to this address.
pub async fn mail_to(address: &str, count: usize) -> Mail {
    eventually(&format!("mail {count} to {address}"), async || mails_to(address).await.into_iter().nth(count - 1)).await
}
