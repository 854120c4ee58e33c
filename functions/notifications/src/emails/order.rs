//! What a message asks for: a template and an id, never an address or a link.

use serde::{Deserialize, Serialize};
use shared::{queue::Message, types::Email};
use uuid::Uuid;

shared::text_enum! {
    /// The mails that there are.
    pub enum Template {
        /// Confirms a registration.
        Confirm = "auth.confirm",
        /// Confirms a further organisation of somebody who has an account.
        RegisteredAgain = "auth.registered-again",
        /// Sets a new password.
        Reset = "auth.reset",
        /// The password is another one.
        Changed = "auth.changed",
        /// Invites to a tenant.
        Invite = "auth.invite",
        /// Too many wrong passwords.
        Locked = "auth.locked",
        /// A sign-in from a new device.
        NewDevice = "auth.new-device",
        /// Confirms a new address.
        EmailConfirm = "auth.email-confirm",
        /// Tells the old address of the new one.
        EmailNotice = "auth.email-notice",
    }
}

impl Template {
    /// What its link is good for, if it carries one; the word is part of what is signed.
    pub fn purpose(self) -> Option<&'static str> {
        match self {
            Self::Confirm | Self::RegisteredAgain => Some("CONFIRM_EMAIL"),
            Self::Reset => Some("RESET_PASSWORD"),
            Self::Invite => Some("INVITE"),
            Self::EmailConfirm => Some("CHANGE_EMAIL"),
            Self::Changed | Self::Locked | Self::NewDevice | Self::EmailNotice => None,
        }
    }

    /// The page that its button leads to.
    pub fn page(self) -> &'static str {
        match self {
            Self::Confirm | Self::RegisteredAgain => "confirm-registration",
            Self::Reset => "reset-password",
            Self::Invite => "accept-invite",
            Self::EmailConfirm => "confirm-email",
            Self::Changed | Self::Locked | Self::NewDevice | Self::EmailNotice => "forgot-password",
        }
    }
}

/// Whom it goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Recipient {
    /// The address in the row of this link.
    Link(Uuid),
    /// The address that the account had before, in the row of this link to another one.
    Previous(Uuid),
    /// The address of this user's account.
    User(Uuid),
}

/// What else the letter prints. It is kept with the mail, so it names nobody; what is not named here is dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Params {
    /// How long signing in is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// A browser and a system, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The new address; masked as soon as it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_email: Option<String>,
}

/// An order for a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Which mail.
    pub template: Template,
    /// Whom it goes to.
    pub to: Recipient,
    /// What else it prints.
    pub params: Params,
    /// Names this mail among all of its tenant: the same message orders the same mail.
    pub dedupe_key: String,
}

impl Order {
    /// Reads a message; the text says what is wrong with it.
    pub fn read(message: &Message) -> Result<Self, String> {
        if message.topic != "mail.send" {
            return Err(format!("the topic {} is not for the mailer", message.topic));
        }
        let name = message.text("template").unwrap_or_default();
        let template = Template::parse(name).map_err(|_| format!("there is no template {name:?}"))?;
        let to = Recipient::deserialize(&message.payload["to"]).map_err(|error| format!("to: {error}"))?;
        let (fits, whom) = match template {
            Template::EmailNotice => (matches!(to, Recipient::Previous(_)), "the previous address"),
            _ if template.purpose().is_some() => (matches!(to, Recipient::Link(_)), "a link"),
            _ => (matches!(to, Recipient::User(_)), "a user"),
        };
        if !fits {
            return Err(format!("{template} goes to {whom}"));
        }
        let params = match &message.payload["params"] {
            serde_json::Value::Null => Params::default(),
            params => Params::deserialize(params).map_err(|error| format!("params: {error}"))?,
        };
        let (Recipient::Link(id) | Recipient::Previous(id) | Recipient::User(id)) = to;
        let dedupe_key = format!("{template}|{id}|{}", message.id);
        Ok(Self { template, to, params: params.bounded(), dedupe_key })
    }

    /// The row of the link that it carries.
    pub fn link(&self) -> Option<Uuid> {
        match self.to {
            Recipient::Link(id) => Some(id),
            Recipient::Previous(_) | Recipient::User(_) => None,
        }
    }
}

impl Params {
    fn bounded(self) -> Self {
        let masked = |text: String| Email::parse(&text).ok().map(|email| email.masked());
        Self {
            device: self
                .device
                .map(|device| device.chars().filter(|c| !c.is_control()).take(80).collect())
                .filter(|device| device != "?"),
            new_email: self.new_email.and_then(masked),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f";

    fn order(payload: &Value) -> Result<Order, String> {
        let body = json!({
            "id": ID, "schema": 1, "topic": "mail.send", "tenantId": ID, "companyId": null, "aggregateId": ID,
            "aggregateVersion": 1, "payload": payload,
        });
        Order::read(&Message::parse(&body.to_string()).unwrap())
    }

    #[test]
    fn a_message_names_a_template_and_an_id() {
        let read = order(&json!({"template": "auth.reset", "to": {"link": ID}})).unwrap();
        assert_eq!((read.template, read.link()), (Template::Reset, Some(ID.parse().unwrap())));
        assert_eq!(read.dedupe_key, format!("auth.reset|{ID}|{ID}"));
        assert!(read.dedupe_key.len() <= 255);

        let params = json!({"minutes": 15, "device": "Chrome\u{7}, Windows", "place": "192.0.2.0/24", "newEmail": "ada@firma.com"});
        let read = order(&json!({"template": "auth.email-notice", "to": {"previous": ID}})).unwrap();
        assert_eq!((read.to, read.link()), (Recipient::Previous(ID.parse().unwrap()), None));

        let read = order(&json!({"template": "auth.locked", "to": {"user": ID}, "params": params})).unwrap();
        let kept = serde_json::to_value(&read.params).unwrap();
        assert_eq!(kept, json!({"minutes": 15, "device": "Chrome, Windows", "newEmail": "a***@firma.com"}));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for payload in [
            json!({}),
            json!({"template": "auth.unknown", "to": {"user": ID}}),
            json!({"template": "auth.reset", "to": {"user": ID}}),
            json!({"template": "auth.changed", "to": {"link": ID}}),
            json!({"template": "auth.changed", "to": {"previous": ID}}),
            json!({"template": "auth.email-notice", "to": {"user": ID}}),
            json!({"template": "auth.changed", "to": {"user": "ada@firma.com"}}),
            json!({"template": "auth.changed", "to": {"user": ID}, "params": {"minutes": "many"}}),
        ] {
            assert!(order(&payload).is_err(), "{payload}");
        }
    }
}
