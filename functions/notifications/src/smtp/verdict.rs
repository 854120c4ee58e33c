//! What the mail server's answer means for a mail.
//!
//! | refused at | with | then |
//! |---|---|---|
//! | anything | 4xx, no answer, no connection | later |
//! | greeting, TLS, sign-in, sender | 5xx | later: it is our set-up, not the recipient |
//! | recipient | 5.7.x (policy, relaying) or 5.2.2 (full) | later |
//! | recipient | any other 5xx | bounced; the address gets no more mail |
//! | content | 5.1.x or 5.2.1: no such mailbox, said late | bounced; the address gets no more mail |
//! | content | any other 5xx | bounced; another mail may pass |

use shared::telemetry;

/// The longest text of an answer that is kept.
const LONGEST: usize = 300;

/// How far the conversation had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reaching the server, its greeting, TLS, signing in.
    Connect,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA` and the mail itself.
    Content,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Content => "content",
        }
    }
}

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it.
    Sent,
    /// The server will never take it.
    Bounced {
        /// Whether the address itself is dead.
        suppress: bool,
        /// The answer, without personal data.
        reason: String,
    },
    /// Not this time.
    Later {
        /// What stood in the way, without personal data.
        reason: String,
    },
}

impl Outcome {
    /// Not this time, for a reason that no server gave.
    pub(super) fn later(stage: Stage, what: &str) -> Self {
        Self::Later { reason: tell(stage, what) }
    }
}

/// What an answer of the server means: `status` is its code, `text` what stands after it, which often begins with an
/// enhanced code such as 5.1.1 (RFC 3463).
pub fn judge(stage: Stage, status: Option<u16>, text: &str) -> Outcome {
    let reason = match status {
        Some(status) => tell(stage, &format!("{status} {text}")),
        None => tell(stage, text),
    };
    if !status.is_some_and(|status| (500..600).contains(&status)) {
        return Outcome::Later { reason };
    }
    let enhanced = enhanced_code(text);
    match (stage, enhanced) {
        (Stage::Connect | Stage::Sender, _) | (Stage::Recipient, Some((7, _) | (2, 2))) => Outcome::Later { reason },
        (Stage::Recipient, _) | (Stage::Content, Some((1, _) | (2, 1))) => Outcome::Bounced { suppress: true, reason },
        (Stage::Content, _) => Outcome::Bounced { suppress: false, reason },
    }
}

/// Subject and detail of `5.subject.detail`.
fn enhanced_code(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.split_whitespace().next()?.strip_prefix("5.")?.splitn(2, '.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Servers like to repeat the address that they refuse, and some the mail's first lines.
fn tell(stage: Stage, what: &str) -> String {
    let words: Vec<&str> = what.split_whitespace().collect();
    let told = format!("{}: {}", stage.as_str(), telemetry::redact(&words.join(" ")));
    told.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(stage: Stage, answer: &str) -> &'static str {
        let (status, text) = answer.split_once(' ').unwrap();
        match judge(stage, status.parse().ok(), text) {
            Outcome::Sent => "sent",
            Outcome::Bounced { suppress: true, .. } => "dead",
            Outcome::Bounced { suppress: false, .. } => "bounced",
            Outcome::Later { .. } => "later",
        }
    }

    #[test]
    fn each_refusal_means_what_the_table_says() {
        use Stage::{Connect, Content, Recipient, Sender};
        for (stage, answer, meaning) in [
            (Connect, "554 no service here", "later"),
            (Connect, "535 5.7.8 authentication failed", "later"),
            (Sender, "550 5.7.1 sender not allowed", "later"),
            (Sender, "451 4.3.0 try later", "later"),
            (Recipient, "450 4.2.1 greylisted", "later"),
            (Recipient, "421 shutting down", "later"),
            (Recipient, "550 5.1.1 no such user", "dead"),
            (Recipient, "550 no such user", "dead"),
            (Recipient, "553 5.1.3 bad address", "dead"),
            (Recipient, "554 5.7.1 relay access denied", "later"),
            (Recipient, "552 5.2.2 mailbox full", "later"),
            (Content, "550 5.1.1 no such user", "dead"),
            (Content, "554 5.6.0 not accepted", "bounced"),
            (Content, "550 5.7.1 looks like spam", "bounced"),
            (Content, "452 4.3.1 no space", "later"),
        ] {
            assert_eq!(short(stage, answer), meaning, "{stage:?} {answer}");
        }
        assert!(matches!(judge(Connect, None, "connection refused"), Outcome::Later { .. }));
    }

    #[test]
    fn what_is_kept_of_an_answer_names_nobody() {
        let answer = format!("5.1.1 <ada.lovelace@firma.com.tr>:\r\n user unknown {}", "x".repeat(900));
        let Outcome::Bounced { reason, .. } = judge(Stage::Recipient, Some(550), &answer) else {
            panic!("not a bounce");
        };
        assert!(reason.starts_with("recipient: 550 5.1.1") && reason.contains("user unknown"), "{reason}");
        assert!(
            !reason.contains("lovelace") && !reason.contains('\n') && reason.chars().count() <= LONGEST,
            "{reason}"
        );
    }
}
