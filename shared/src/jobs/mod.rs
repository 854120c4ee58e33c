//! Work that a user has started and that runs behind the answer: progress, result, cancelling.
//!
//! A feature starts a job inside its unit of work ([`start`]) and answers 202; the worker of the job's queue does it
//! in [`work_off`](run::work_off). The row says how far it is; `GET /api/v1/jobs/{id}` shows it.

#[cfg(feature = "worker")]
mod lease;
#[cfg(feature = "worker")]
pub mod run;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    auth::CompanyId,
    crypto::Aad,
    db::{Action, Audit, Event, Work},
    error::{Error, Result},
    http::{Reply, request},
};

crate::id! {
    /// One job.
    JobId
}

crate::text_enum! {
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

impl JobStatus {
    /// Whether nothing more will happen to it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A kind of job: what `GET /jobs` calls it, and whose work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its name, such as `employees.import`; also the topic of its message.
    pub name: &'static str,
    /// The queue of its worker.
    pub queue: &'static str,
}

/// A job that has been started, as the answer 202 says it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Started {
    /// The job: ask for it at `/api/v1/jobs/{id}`.
    pub job_id: JobId,
    /// Where it stands.
    pub status: JobStatus,
}

impl Started {
    /// 202 with the job's address in `Location`.
    pub fn reply(&self) -> Result<Reply> {
        Ok(Reply::accepted(self)?.at(location(self.job_id)))
    }
}

/// The path of a job.
pub fn location(id: JobId) -> String {
    format!("/api/v1/jobs/{id}")
}

/// Starts a job of the unit of work's user: the row and the message to its worker come with the commit, or not at all.
///
/// `input` is what the worker needs to know. It is kept encrypted, because it holds what people typed, such as the
/// words of a search. `company` is that of a customer's user, who else could not see the job.
pub async fn start(work: &mut Work, kind: Kind, input: &impl Serialize, company: Option<CompanyId>) -> Result<Started> {
    let user = work.actor().user.ok_or_else(|| Error::internal("a job that no user has started"))?;
    let (id, now) = (JobId::new_at(work.now()), work.now().naive_utc());
    let sealed = seal(work, id, input)?;
    sqlx::query(
        "INSERT INTO jobs (tenant_id, id, company_id, kind, language, input, requested_by, created_at, updated_at) \
         VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(company)
    .bind(kind.name)
    .bind(request::current().language.tag())
    .bind(sealed)
    .bind(user)
    .bind(now)
    .bind(now)
    .execute(&mut **work)
    .await?;
    let mut audit = Audit::new(Action::Create, "job", id.as_uuid()).note("kind", kind.name);
    let mut message = Event::new(kind.name, id.as_uuid(), 1).to_queue(kind.queue);
    if let Some(company) = company {
        audit = audit.of_company(company);
        message = message.of_company(company);
    }
    work.audit(audit);
    work.emit(message);
    Ok(Started { job_id: id, status: JobStatus::Queued })
}

/// The event that a job has ended.
pub fn ended(id: JobId, version: i64, kind: &str, status: JobStatus, company: Option<CompanyId>) -> Event {
    let event = Event::new("job.ended", id.as_uuid(), version);
    let event = event.with(serde_json::json!({"kind": kind, "status": status}));
    match company {
        Some(company) => event.of_company(company),
        None => event,
    }
}

fn aad(id: JobId) -> Aad {
    Aad::new("jobs", id.as_uuid(), "input")
}

/// The input as the column keeps it: a JSON string of the sealed record.
fn seal(work: &Work, id: JobId, input: &impl Serialize) -> Result<String> {
    use base64::Engine as _;
    let record = work.app().cipher().encrypt(&serde_json::to_vec(input)?, aad(id));
    Ok(Value::from(base64::engine::general_purpose::STANDARD.encode(record)).to_string())
}

#[cfg(feature = "worker")]
fn open(app: &crate::App, id: JobId, sealed: &Value) -> Result<Value> {
    use base64::Engine as _;
    let text = sealed.as_str().ok_or_else(|| Error::internal("a job without a sealed input"))?;
    let record = base64::engine::general_purpose::STANDARD.decode(text).map_err(Error::internal)?;
    let plain = app.cipher().decrypt(&record, aad(id)).map_err(Error::internal)?;
    Ok(serde_json::from_slice(&plain)?)
}
