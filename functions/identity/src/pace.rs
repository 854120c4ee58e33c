//! Answers that must not tell by their time whether an e-mail is known.

use std::time::{Duration, Instant};

/// How long a sign-in that is refused takes at least, so that the few statements more that a known
/// e-mail costs do not show. Little more than a hash takes: a process that answers one request at a
/// time is busy meanwhile, and wrong passwords shall not hold up the rest.
const REFUSAL: Duration = Duration::from_millis(100);

/// How long an answer takes at least that goes with a mail when the e-mail is known: a transaction,
/// and up to 150 ms in which its messages are handed to the queue. These are rare and limited per
/// address, so they may cost more; no connection is held while they wait.
const MAIL: Duration = Duration::from_millis(400);

/// The moment before which such an answer is not given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace(Instant);

impl Pace {
    /// Begins to count for a refused sign-in.
    pub(crate) fn of_refusal() -> Self {
        Self(Instant::now() + REFUSAL)
    }

    /// Begins to count for an answer that may go with a mail.
    pub(crate) fn of_mail() -> Self {
        Self(Instant::now() + MAIL)
    }

    /// Waits for the rest.
    pub(crate) async fn keep(self) {
        tokio::time::sleep_until(self.0.into()).await;
    }
}
