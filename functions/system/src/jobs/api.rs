//! `/api/v1/jobs`

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, Role, policy},
    http::{Id, Reply},
};

use super::{Job, JobId, store};

/// How far a job is.
///
/// Everybody sees their own jobs, an ADMIN those of the whole tenant.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", params(("id" = JobId, Path, description = "The job")),
    responses((status = 200, description = "The job", body = Job)))]
pub async fn get_job(State(app): State<App>, caller: Allowed<policy::GetJob>, Id(id): Id<JobId>) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    Reply::found(&store::find(&mut db, id, caller.role == Role::Admin).await?)
}
