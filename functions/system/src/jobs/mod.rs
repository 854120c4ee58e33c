//! Long work that a user has started: how far it is, and what came of it.

pub mod api;
mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use shared::http::Resource;
use utoipa::ToSchema;

shared::id! {
    /// One job.
    JobId
}

shared::text_enum! {
    /// Where a job stands.
    pub enum JobStatus {
        /// It waits for its turn.
        Queued = "QUEUED",
        /// It is being worked on.
        Running = "RUNNING",
        /// It is done.
        Done = "DONE",
        /// It has failed.
        Failed = "FAILED",
        /// Its user has stopped it.
        Cancelled = "CANCELLED",
    }
}

/// Why a job has failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobError {
    /// A code for machines.
    pub code: String,
    /// What went wrong.
    pub message: String,
}

/// A job.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The job's id.
    pub id: JobId,
    /// What kind of work it is.
    #[schema(examples("employees.import"))]
    pub kind: String,
    /// Where it stands.
    pub status: JobStatus,
    /// Items that are done.
    pub progress: u32,
    /// Items in all, once that is known.
    pub total: Option<u32>,
    /// What came of it, as its kind says.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Where the result can be fetched, if it is a file.
    pub result_url: Option<String>,
    /// Why it has failed.
    pub error: Option<JobError>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// The version.
    pub version: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Job {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/jobs/{}", self.id)
    }
}
