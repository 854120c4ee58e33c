//! `/api/v1/jobs`

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{Id, IdempotencyKey, Reply, Routes, SearchList, routes},
    jobs::JobId,
};

use super::{Job, JobFilter, changes, store, view};

/// The routes of jobs.
pub fn routes() -> Routes {
    Routes::new().add(routes!(list_jobs)).add(routes!(get_job)).add(routes!(cancel_job))
}

/// List jobs, the latest first.
///
/// Everybody sees their own jobs, an ADMIN those of the whole tenant. `q` looks at the beginning of the kind and of
/// the file's name.
/// Sort fields: `createdAt`, `finishedAt`, `kind`, `status`.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(SearchList<JobFilter>),
    responses((status = 200, description = "The jobs", body = Vec<Job>)))]
pub async fn list_jobs(
    State(app): State<App>,
    caller: Allowed<policy::ListJobs>,
    SearchList(list): SearchList<JobFilter>,
) -> Result<Reply> {
    let order = store::order(&list.paging)?;
    let (rows, counted) = view::list(&app, &caller, &list, &order).await?;
    Reply::list(&rows, list.paging.pagination(counted))
}

/// How far a job is, and where its file can be fetched.
///
/// Everybody sees their own jobs, an ADMIN those of the whole tenant.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", params(("id" = JobId, Path, description = "The job")),
    responses((status = 200, description = "The job", body = Job)))]
pub async fn get_job(State(app): State<App>, caller: Allowed<policy::GetJob>, Id(id): Id<JobId>) -> Result<Reply> {
    Reply::found(&view::find(&app, &caller, id).await?)
}

/// Stop a job.
///
/// One that waits ends at once, one that is being worked on within some seconds; what it has done by then stays, as
/// its kind says. A job that has ended is not stopped any more; stopping a stopped one changes nothing.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "jobs",
    params(("id" = JobId, Path, description = "The job"), IdempotencyKey),
    responses((status = 200, description = "The job", body = Job)))]
pub async fn cancel_job(
    State(app): State<App>,
    caller: Allowed<policy::CancelJob>,
    Id(id): Id<JobId>,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let job = changes::cancel(&mut work, id, view::sees_all(&caller)).await?;
    work.commit(Reply::found(&job)?).await
}
