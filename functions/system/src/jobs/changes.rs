//! Stopping a job.

use serde_json::json;
use shared::{
    Code, Detail, Error, Result,
    db::{Audit, Work},
    error::Text,
    jobs::{self, JobId, JobStatus},
};

use super::{Job, store};

/// Asks for the end of a job: of one that nobody works on it is the end, its worker hears of it otherwise.
pub(super) async fn cancel(work: &mut Work, id: JobId, every: bool) -> Result<Job> {
    let held = store::lock(work, id, every).await?;
    let now = work.now();
    let is_held = held.lease_until.is_some_and(|until| until > now);
    match held.status {
        // Nothing to do; the trail tells that it was asked for again.
        JobStatus::Cancelled => {}
        JobStatus::Done | JobStatus::Failed => return Err(has_ended()),
        JobStatus::Running if is_held => store::ask(work, id, now).await?,
        JobStatus::Running | JobStatus::Queued => {
            store::end(work, id, now).await?;
            work.emit(jobs::ended(id, held.version + 1, &held.kind, JobStatus::Cancelled, held.company_id));
        }
    }
    let job = store::find(work, id, every).await?;
    let before = json!({"status": held.status, "cancelRequestedAt": held.cancel_requested_at});
    let after = json!({"status": job.status, "cancelRequestedAt": job.cancel_requested_at});
    let mut audit = Audit::updated("job", id.as_uuid(), &before, &after);
    if let Some(company) = held.company_id {
        audit = audit.of_company(company);
    }
    work.audit(audit);
    Ok(job)
}

fn has_ended() -> Error {
    Error::new(Code::InvalidState).detail(Detail::new(
        "status",
        "JOB_ENDED",
        Text::new("İş zaten sona ermiş.", "The job has ended already."),
    ))
}
