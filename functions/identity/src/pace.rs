//! Answers that must not tell by their time whether an e-mail is known.

use std::time::{Duration, Instant};

/// What is answered the same to everybody is answered after at least this long, so that the few
/// statements more that a known e-mail costs do not show. Little more than a hash takes: a process
/// that answers one request at a time is busy meanwhile, and wrong passwords shall not hold up the rest.
const PACE: Duration = Duration::from_millis(100);

/// The start of such an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace(Instant);

impl Pace {
    /// Begins to count.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Waits for the rest.
    pub(crate) async fn keep(self) {
        tokio::time::sleep_until((self.0 + PACE).into()).await;
    }
}
