//! What the mails say: one struct that holds a letter's words, one layout that prints it twice.
//!
//! The words stand in [`tr`] and [`en`]; the layout in `templates/letter.html` and `templates/letter.txt`. A mail that
//! a stranger can cause prints nothing that he typed, or our server would carry his advertisement.

mod en;
mod role;
#[cfg(test)]
mod tests;
mod tr;
mod when;

use askama::Template as _;
use chrono::{DateTime, Utc};
use shared::auth::Role;

shared::text_enum! {
    /// The language of a letter.
    pub enum Locale {
        /// Turkish.
        Tr = "tr",
        /// English.
        En = "en",
    }
}

/// What a letter is about, with all that its words need.
#[derive(Debug, Clone)]
pub enum Subject {
    /// Somebody registered with this address.
    Confirm {
        /// How many hours the link is good for.
        hours: i64,
    },
    /// Somebody registered a further organisation with an address that has an account.
    RegisteredAgain {
        /// How many hours the link is good for.
        hours: i64,
    },
    /// Somebody asked for a new password.
    Reset {
        /// How many hours the link is good for.
        hours: i64,
    },
    /// The password is another one.
    Changed {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// An OSGB asks somebody to join.
    Invite {
        /// The OSGB.
        tenant: String,
        /// Who invites, unless he is gone.
        inviter: Option<String>,
        /// As what.
        role: Role,
        /// The customer whose user he will be.
        company: Option<String>,
        /// How many hours the link is good for.
        hours: i64,
    },
    /// Too many wrong passwords.
    Locked {
        /// Since when.
        at: DateTime<Utc>,
        /// Until when, if that is known.
        until: Option<DateTime<Utc>>,
    },
    /// A sign-in from a device that was not seen before.
    NewDevice {
        /// When.
        at: DateTime<Utc>,
        /// A browser and a system, in words.
        device: Option<String>,
    },
    /// The new address is to be confirmed.
    EmailConfirm {
        /// How many hours the link is good for.
        hours: i64,
    },
    /// The old address is told of the new one.
    EmailNotice {
        /// When it was asked for.
        at: DateTime<Utc>,
        /// The new address, masked.
        new_email: Option<String>,
    },
}

/// A letter's words, before they are laid out.
#[derive(Debug)]
struct Words {
    subject: String,
    title: String,
    body: Vec<String>,
    facts: Vec<(&'static str, String)>,
    button: &'static str,
    notes: Vec<String>,
    reason: &'static str,
}

/// A letter's rendered parts.
#[derive(Debug)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// For programs that show text.
    pub text: String,
    /// For programs that show HTML.
    pub html: String,
}

/// The words that every letter shares.
#[derive(Debug)]
struct Frame {
    language: &'static str,
    hello: &'static str,
    or_copy: &'static str,
    automatic: &'static str,
}

#[derive(askama::Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    frame: &'a Frame,
    words: &'a Words,
    name: Option<&'a str>,
    link: &'a str,
    site: &'a str,
}

#[derive(askama::Template)]
#[template(path = "letter.txt", escape = "none")]
struct PlainText<'a> {
    frame: &'a Frame,
    words: &'a Words,
    name: Option<&'a str>,
    link: &'a str,
    site: &'a str,
}

/// Writes a letter: to `name` if he is known to us, with a button that leads to `link`, from the product at `site`.
pub fn write(
    subject: &Subject,
    locale: Locale,
    name: Option<&str>,
    link: &str,
    site: &str,
) -> Result<Letter, askama::Error> {
    let (words, frame) = match locale {
        Locale::Tr => (tr::words(subject), &tr::FRAME),
        Locale::En => (en::words(subject), &en::FRAME),
    };
    let html = Html { frame, words: &words, name, link, site }.render()?;
    let text = PlainText { frame, words: &words, name, link, site }.render()?;
    Ok(Letter { subject: words.subject, text, html })
}

/// A name in a subject line: telephones show some forty characters, and what follows it must not be lost.
fn shortened(name: &str) -> String {
    const ROOM: usize = 40;
    if name.chars().count() <= ROOM {
        return name.to_owned();
    }
    let start: String = name.chars().take(ROOM).collect();
    format!("{}…", start.trim_end())
}
