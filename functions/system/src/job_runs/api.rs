//! `/api/v1/admin/job-runs`

use axum::extract::State;
use chrono::NaiveDate;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{Reply, SearchList},
    types::Text,
};

use super::{JobRun, JobRunStatus, store};

shared::input! {
    /// Which runs to list.
    pub struct JobRunFilter {
        /// Only runs of this task.
        pub name: Option<Text<1, 60>>,
        /// Only runs in this state.
        pub status: Option<JobRunStatus>,
        /// Only runs planned for this day or later, in Istanbul.
        pub from: Option<NaiveDate>,
        /// Only runs planned for this day or earlier, in Istanbul.
        pub to: Option<NaiveDate>,
    }
}

/// List the runs of the scheduled tasks, the latest first.
///
/// Those that work for all tenants at once are listed for every one of them. `q` looks at the task's name.
/// Sort fields: `scheduledFor`, `startedAt`, `name`, `status`.
#[utoipa::path(get, path = "/api/v1/admin/job-runs", tag = "administration", params(SearchList<JobRunFilter>),
    responses((status = 200, description = "The runs", body = Vec<JobRun>)))]
pub async fn list_job_runs(
    State(app): State<App>,
    caller: Allowed<policy::ListJobRuns>,
    SearchList(list): SearchList<JobRunFilter>,
) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, &list).await?;
    Reply::list(&rows, list.paging.pagination(counted))
}
