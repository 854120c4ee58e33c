//! Answers that must not tell by their time whether an e-mail is known.

use std::time::{Duration, Instant};

/// What is answered the same to everybody is answered after at least this long, so that the few
/// statements more that a known e-mail costs do not show.
const PACE: Duration = Duration::from_millis(300);

/// The start of such an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace(Instant);

impl Pace {
    /// Begins to count.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Waits for the rest; the process serves others meanwhile.
    pub(crate) async fn keep(self) {
        tokio::time::sleep_until((self.0 + PACE).into()).await;
    }
}
