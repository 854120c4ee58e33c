//! E-mails on their way: what is asked for, what is known of it, and what becomes of it.
//!
//! A row of `email_sends` stands for each mail; its dedupe key holds the message's id, so the row is the inbox of this
//! consumer as well. The row is claimed (SENDING) in a transaction of its own, the mail is sent without one, and the
//! outcome is written: QUEUED again, SENT, BOUNCED, SUPPRESSED or FAILED. If the process dies between the server's
//! word and our note of it, the claim runs out and the mail is sent once more, under the same Message-ID, by which
//! mail programs tell a repetition: at least once, and in all but that moment exactly once.

mod deliver;
mod order;
mod store;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
pub use deliver::deliver;
pub use order::{Order, Params, Recipient, Template};
use shared::{auth::TenantId, crypto::BlindIndex, types::Email};

shared::text_enum! {
    /// Where a mail stands.
    pub enum State {
        /// Waits for its next attempt.
        Queued = "QUEUED",
        /// Is being handed to the server.
        Sending = "SENDING",
        /// The server has taken it.
        Sent = "SENT",
        /// The recipient's server has confirmed it.
        Delivered = "DELIVERED",
        /// The server will never take it.
        Bounced = "BOUNCED",
        /// The recipient called it unwanted.
        Complained = "COMPLAINED",
        /// All attempts are used up; a message that is moved back from the dead letters begins anew.
        Failed = "FAILED",
        /// Was not sent, on purpose.
        Suppressed = "SUPPRESSED",
    }
}

/// The pauses before the second to the sixth attempt. The queue hands a message out once more than this list is
/// long (`maxReceiveCount` in infra/tasks.yaml).
const PAUSES: [Duration; 5] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(6),
];

/// How long a claim holds: longer than a worker lives.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// How long to wait after the `receives`th time that the queue handed the message out; none after the last.
pub fn pause_after(receives: u32) -> Option<Duration> {
    let index = usize::try_from(receives.max(1) - 1).ok()?;
    PAUSES.get(index).copied()
}

/// What to do with a mail that is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Nothing: it has had its effect.
    Nothing,
    /// Another worker has it.
    Wait,
    /// It is ours.
    Take,
}

fn next_step(state: State, updated_at: DateTime<Utc>, now: DateTime<Utc>) -> Step {
    match state {
        State::Sent | State::Delivered | State::Bounced | State::Complained | State::Suppressed => Step::Nothing,
        State::Sending if now - updated_at < LEASE => Step::Wait,
        State::Queued | State::Sending | State::Failed => Step::Take,
    }
}

/// How the suppression list names an address: equal within a tenant, and of no use to whoever reads the list. It does
/// not change with the signing keys, since the list is for good.
pub fn address_hash(index: &BlindIndex, tenant: TenantId, email: &Email) -> [u8; 32] {
    index.index(tenant.as_uuid(), "suppressions.email", email.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_and_end() {
        let minutes = |receives| pause_after(receives).map(|pause| pause.as_secs() / 60);
        let all: Vec<_> = (1..=7).map(minutes).collect();
        assert_eq!(all, [Some(1), Some(5), Some(30), Some(120), Some(360), None, None]);
        assert_eq!(minutes(0), Some(1), "invoked by hand, without a count");
    }

    #[test]
    fn the_queue_hands_a_message_out_as_often_as_the_pauses_say() {
        let template = include_str!("../../../../infra/tasks.yaml");
        let (_, mailer) = template.split_once("MailerQueue:").unwrap();
        let (_, count) = mailer.split_once("maxReceiveCount:").unwrap();
        assert_eq!(count.lines().next().unwrap().trim(), (PAUSES.len() + 1).to_string());
    }

    #[test]
    fn a_second_delivery_finds_what_the_first_has_done() {
        let now: DateTime<Utc> = "2026-11-22T18:00:00Z".parse().unwrap();
        let ago = |seconds| now - TimeDelta::seconds(seconds);
        for (state, seconds, step) in [
            (State::Sent, 0, Step::Nothing),
            (State::Delivered, 900, Step::Nothing),
            (State::Bounced, 900, Step::Nothing),
            (State::Complained, 900, Step::Nothing),
            (State::Suppressed, 900, Step::Nothing),
            (State::Queued, 0, Step::Take),
            (State::Sending, 5, Step::Wait),
            (State::Sending, 61, Step::Take),
            (State::Failed, 900, Step::Take),
        ] {
            assert_eq!(next_step(state, ago(seconds), now), step, "{state} for {seconds} s");
        }
    }

    #[test]
    fn an_address_has_one_hash_in_each_tenant() {
        let index = BlindIndex::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let [one, other] = [1, 2].map(|n| TenantId::from_uuid(uuid::Uuid::from_u128(n)));
        let hash = |tenant, text| address_hash(&index, tenant, &Email::parse(text).unwrap());
        assert_eq!(hash(one, "ada@firma.com"), hash(one, " ADA@Firma.com"));
        assert_ne!(hash(one, "ada@firma.com"), hash(one, "adb@firma.com"));
        assert_ne!(hash(one, "ada@firma.com"), hash(other, "ada@firma.com"));
    }
}
