//! No answer waits for ever. What it needs may hang instead of ending: then nobody says that it is away.

use std::{cell::Cell, pin::pin, time::Duration};

use axum::response::{IntoResponse as _, Response};

use crate::error::Error;

/// How long an answer may take; the caller has it within ten seconds, whatever is asked after it.
pub(super) const LONGEST: Duration = Duration::from_secs(6);
/// When the caller may try again, in seconds.
const TRY_AGAIN: u64 = 5;

tokio::task_local! {
    /// Whether the request has been given up.
    static GIVEN_UP: Cell<bool>;
}

/// Whether the request has been given up. The answer that one of its connections waits for may come later, and must
/// not be read by whoever has the connection next.
pub(crate) fn given_up() -> bool {
    // Tasks have no request; the host ends those that take too long.
    GIVEN_UP.try_with(Cell::get).unwrap_or(false)
}

/// What is answered, or 503 when that takes too long.
pub(super) async fn within(longest: Duration, answer: impl Future<Output = Response>) -> Response {
    GIVEN_UP
        .scope(Cell::new(false), async {
            let mut answer = pin!(answer);
            tokio::select! {
                response = &mut answer => response,
                () = tokio::time::sleep(longest) => {
                    // Before the work is dropped, at the end of this block, and with it its connections.
                    GIVEN_UP.with(|given_up| given_up.set(true));
                    Error::unavailable(format!("no answer within {longest:?}"), TRY_AGAIN).into_response()
                }
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    /// What a connection does when it is dropped: it looks whether its request was given up.
    struct Connection<'a>(&'a AtomicU8);

    impl Drop for Connection<'_> {
        fn drop(&mut self) {
            self.0.store(1 + u8::from(given_up()), Ordering::Relaxed);
        }
    }

    async fn answered(connection: Connection<'_>, after: Duration) -> Response {
        tokio::time::sleep(after).await;
        drop(connection);
        ().into_response()
    }

    #[tokio::test]
    async fn what_hangs_is_answered_for_and_its_connection_knows_it() {
        let seen = AtomicU8::new(0);
        let (moment, long) = (Duration::from_millis(5), Duration::from_hours(1));
        let response = within(long, answered(Connection(&seen), moment)).await;
        assert!(response.status().is_success() && seen.load(Ordering::Relaxed) == 1);
        let response = within(moment, answered(Connection(&seen), long)).await;
        assert_eq!((response.status().as_u16(), seen.load(Ordering::Relaxed)), (503, 2));
        assert_eq!(response.headers()["retry-after"], "5");
        assert!(!given_up(), "nobody else's connection is thrown away");
    }
}
