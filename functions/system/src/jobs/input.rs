//! What may be asked about jobs.

use shared::{jobs::JobStatus, types::Text};

shared::input! {
    /// Which jobs are wanted.
    pub struct JobFilter {
        /// Only jobs of this kind, such as `employees.import`.
        pub kind: Option<Text<1, 40>>,
        /// Only jobs that stand there.
        pub status: Option<JobStatus>,
        /// Only the caller's own; for everybody but an ADMIN there are no others.
        pub mine: Option<bool>,
    }
}
