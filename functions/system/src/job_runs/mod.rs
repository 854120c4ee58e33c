//! Runs of the schedules: each once for its time, and what came of it.

pub mod api;
pub mod run;
mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

shared::id! {
    /// One run of a schedule.
    JobRunId
}

shared::text_enum! {
    /// Where a run stands.
    pub enum JobRunStatus {
        /// It is running, or was cut off.
        Running = "RUNNING",
        /// It did all it had to.
        Done = "DONE",
        /// A part of it failed.
        Failed = "FAILED",
    }
}

/// One run of a scheduled task.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobRun {
    /// The run's id.
    pub id: JobRunId,
    /// The task.
    #[schema(examples("housekeeping"))]
    pub name: String,
    /// The time that it was planned for.
    pub scheduled_for: DateTime<Utc>,
    /// Where it stands.
    pub status: JobRunStatus,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Things that it looked at.
    pub scanned: u32,
    /// Things that it did something with.
    pub done: u32,
    /// Things that it failed at.
    pub failed: u32,
    /// What failed.
    pub error: Option<String>,
}
