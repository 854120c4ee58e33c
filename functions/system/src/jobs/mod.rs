//! Long work that users have started: how far it is, what came of it, and stopping it.

pub mod api;
mod changes;
mod input;
pub mod pages;
mod store;
mod view;

use chrono::{DateTime, Utc};
pub use input::JobFilter;
use serde::Serialize;
use serde_json::Value;
use shared::{
    auth::UserId,
    http::Resource,
    jobs::{JobId, JobStatus},
};
use utoipa::ToSchema;

/// Why a job has failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobError {
    /// A code for machines.
    pub code: String,
    /// What went wrong, in the language in which the job was asked for.
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
    /// Where the file that came of it can be fetched for the next five minutes, if there is one; of one job only, a
    /// list says nothing about it.
    pub result_url: Option<String>,
    /// The name of that file.
    pub file_name: Option<String>,
    /// Until when it is kept.
    pub file_expires_at: Option<DateTime<Utc>>,
    /// Why it has failed.
    pub error: Option<JobError>,
    /// Who asked for it.
    pub requested_by: UserId,
    /// The name of whoever asked for it.
    pub requested_by_name: Option<String>,
    /// When somebody asked to stop it; it stops within some seconds.
    pub cancel_requested_at: Option<DateTime<Utc>>,
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
    /// The name of the object behind the file.
    #[serde(skip)]
    file_key: Option<String>,
    /// For which company, for the page.
    #[serde(skip)]
    company_name: Option<String>,
}

impl Resource for Job {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        shared::jobs::location(self.id)
    }
}
