//! The time, as a value that the application holds, so that tests can set it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Utc};

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is set, in microseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `at` until it is moved.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// The present instant, in whole microseconds as the database keeps them.
    #[expect(clippy::disallowed_methods, reason = "this is the one edge at which the time comes in")]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match self {
            Self::System => Utc::now().timestamp_micros(),
            Self::Fixed(at) => at.load(Ordering::Relaxed),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// Moves a fixed clock forward; the machine's clock cannot be moved.
    pub fn advance(&self, by: chrono::Duration) {
        if let (Self::Fixed(at), Some(micros)) = (self, by.num_microseconds()) {
            at.fetch_add(micros, Ordering::Relaxed);
        }
    }
}
