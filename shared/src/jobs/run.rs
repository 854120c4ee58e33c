//! The worker's side of a job: taken up once, beaten for while it runs, ended once.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::types::Json;
use tokio::sync::oneshot;

use super::{
    JobId, JobStatus, Kind, ended,
    lease::{self, BEAT, Found, LEASE, Lease, Taken},
};
use crate::{
    app::App,
    auth::{Caller, CompanyId, SessionId, TenantId, UserId},
    db::{Actor, Audit, Context, Db, Event, Work},
    error::{Code, Detail, Error, Language, Result, Text},
    queue::{Message, worker::Failure},
    telemetry,
};

/// The queues give a message so many tries; the last one decides over the job.
const LAST_TRY: u32 = 5;
/// How long a message waits after its first try, its second and so on.
const PAUSES: [u64; 4] = [10, 30, 120, 300];
/// Progress is written this often, and as often the worker learns that the job is to be cancelled.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// Why a worker leaves a job before its end.
#[derive(Debug)]
pub enum Stop {
    /// Something failed: what passes is tried again, anything else ends the job with this error.
    Failed(Error),
    /// Its user does not want it any more.
    Cancelled,
    /// Another worker has it, or it was ended from outside: nothing more is ours to write.
    Lost,
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// A file that came out of a job.
#[derive(Debug, Clone)]
#[cfg(feature = "storage")]
pub struct ResultFile {
    /// The object.
    pub key: crate::storage::ObjectKey,
    /// The name under which a browser saves it.
    pub name: String,
    /// How long it can be fetched; the object itself is the bucket's to clear away.
    pub kept: chrono::TimeDelta,
}

/// A job at work.
#[derive(Debug)]
pub struct Run {
    taken: Taken,
    noted: Option<Instant>,
}

/// Does one message of a job's queue: takes up the job, lets `work` do it, and sees to its end whatever happens.
///
/// `work` ends the job itself by [`Run::finish`], in the unit of work of its last effect, or hands it on. What it
/// returns otherwise is seen to here: a fault that passes is tried again with growing pauses, the last time or any
/// other fault ends the job as FAILED; a killed worker's job is taken over by the message that comes again.
pub async fn work_off<F, Fut>(app: App, message: Message, work: F) -> Result<(), Failure>
where
    F: FnOnce(Run) -> Fut + Send,
    Fut: Future<Output = Result<(), Stop>> + Send,
{
    let job = JobId::from_uuid(message.aggregate_id);
    let taken = match lease::take(&app, message.tenant_id, job).await? {
        Found::Taken(taken) => *taken,
        Found::Over => return Ok(()),
        Found::Busy(left) => return Err(busy(left, message.receives)),
    };
    let end = End::of(&taken);
    telemetry::record_caller(&message.tenant_id.to_string(), &taken.requested_by.to_string());
    // The future is made inside, so that a panic on the way to it is caught as well.
    let doing = async { work(Run { taken, noted: None }).await };
    let done = beating(&end.lease, AssertUnwindSafe(doing).catch_unwind()).await;
    let done = done.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied().unwrap_or("a panic");
        telemetry::report_fault("PANIC", text, &message.topic);
        Err(Stop::Failed(Error::internal(format!("panic: {text}"))))
    });
    // What the work left behind in the middle of a transaction would keep the row from us.
    app.settle().await;
    match done {
        Ok(()) => Ok(()),
        Err(Stop::Lost) => {
            tracing::warn!(category = "application", job = %job, "job.lost");
            Ok(())
        }
        Err(Stop::Cancelled) => Ok(end.cancelled().await?),
        Err(Stop::Failed(error)) if error.is_transient() && message.receives < LAST_TRY => {
            end.release().await?;
            let after = usize::try_from(message.receives.max(1) - 1).ok().and_then(|n| PAUSES.get(n)).unwrap_or(&300);
            Err(Failure::Later { source: error, after: Duration::from_secs(*after) })
        }
        Err(Stop::Failed(error)) => {
            // What a person has done wrong, such as another file in the place of the checked one, is no fault of ours.
            if error.code().status().is_server_error() {
                tracing::error!(category = "error", job = %job, error = %error, "job.failed");
            } else {
                tracing::info!(category = "application", job = %job, error = %error, "job.refused");
            }
            if error.is_transient() {
                telemetry::report_fault("JOB_FAILED", &error.to_string(), &message.topic);
            }
            Ok(end.failed(&error).await?)
        }
    }
}

/// A message that comes while its job is being worked on waits until the worker must have been heard of. When he is
/// alive the message has come twice, and waits longer each time: it must not run out of tries before he is done.
fn busy(left: Duration, receives: u32) -> Failure {
    let after = left + Duration::from_secs(1) + Duration::from_mins(2) * receives.saturating_sub(2);
    Failure::Later { source: Error::unavailable("the job is being worked on", 5), after }
}

/// Runs `work` while a task beside it says that the worker lives.
async fn beating<T>(lease: &Lease, work: impl Future<Output = T>) -> T {
    let (stop, mut stopped) = oneshot::channel::<()>();
    let lease = lease.clone();
    let beats = tokio::spawn(async move {
        while tokio::time::timeout(BEAT, &mut stopped).await.is_err() {
            lease.beat().await;
        }
    });
    let done = work.await;
    drop(stop);
    // It ends after the statement that it may be in; without it nothing is lost but that statement.
    let _ = beats.await;
    done
}

impl Run {
    /// The application.
    pub fn app(&self) -> &App {
        &self.taken.lease.app
    }

    /// The job.
    pub fn id(&self) -> JobId {
        self.taken.lease.job
    }

    /// Whose it is.
    pub fn tenant(&self) -> TenantId {
        self.taken.lease.tenant
    }

    /// The name of the job's kind.
    pub fn kind(&self) -> &str {
        &self.taken.kind
    }

    /// The language in which it was asked for.
    pub fn language(&self) -> Language {
        self.taken.language
    }

    /// What it was started with.
    pub fn input<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(T::deserialize(&self.taken.input)?)
    }

    /// Where the run before left off; none for the first, and for jobs that begin anew.
    pub fn checkpoint<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        Ok(self.taken.checkpoint.as_ref().map(T::deserialize).transpose()?)
    }

    /// Items that are done, by the run before or by this one.
    pub fn progress(&self) -> u32 {
        self.taken.progress
    }

    /// Who asked for the job, with the rights that he has now: the job does what he could do by himself.
    ///
    /// # Errors
    /// That ends the job, when he is not active any more, or his organisation is not.
    pub async fn caller(&self) -> Result<Caller> {
        let user = self.taken.requested_by;
        let mut db = self.app().read_as(Context::task(self.tenant())).await?;
        caller(&mut db, self.tenant(), user).await?.ok_or_else(|| {
            Error::new(Code::Forbidden).detail(Detail::new(
                "requestedBy",
                "REQUESTER_INACTIVE",
                Text::new(
                    "İşi başlatan kullanıcı artık etkin değil.",
                    "The user who started this is no longer active.",
                ),
            ))
        })
    }

    /// Notes how far it is, at most once a second; so cheap that it may be called for every row.
    ///
    /// # Errors
    /// That the worker passes on by `?`: the job is to be cancelled, or is not ours any more.
    pub async fn note(&mut self, done: u32, total: Option<u32>) -> Result<(), Stop> {
        self.taken.progress = done;
        self.taken.total = total.or(self.taken.total);
        if self.noted.is_some_and(|at| at.elapsed() < NOTE_EVERY) {
            return Ok(());
        }
        let mut db = self.app().read_as(Context::task(self.tenant())).await?;
        self.write(&mut db, None).await?;
        self.noted = Some(Instant::now());
        Ok(())
    }

    /// Keeps where to go on, in the transaction of the effect that leads there: a run that takes over finds both or
    /// neither. Ids and counts only; it is kept as it is.
    pub async fn keep(
        &mut self,
        work: &mut Work,
        done: u32,
        total: Option<u32>,
        at: &impl Serialize,
    ) -> Result<(), Stop> {
        self.taken.progress = done;
        self.taken.total = total.or(self.taken.total);
        let at = serde_json::to_value(at).map_err(Error::from)?;
        self.write(work, Some(&at)).await?;
        self.taken.checkpoint = Some(at);
        Ok(())
    }

    /// Keeps what a run that takes over has to know, with no effect in the database beside it.
    ///
    /// # Errors
    /// As [`Run::note`].
    pub async fn mark(&mut self, at: &impl Serialize) -> Result<(), Stop> {
        let at = serde_json::to_value(at).map_err(Error::from)?;
        let mut db = self.app().read_as(Context::task(self.tenant())).await?;
        self.write(&mut db, Some(&at)).await?;
        self.taken.checkpoint = Some(at);
        Ok(())
    }

    async fn write(&self, db: &mut Db, checkpoint: Option<&Value>) -> Result<(), Stop> {
        let now = self.app().now();
        let written = sqlx::query(
            "UPDATE jobs SET progress = ?, total = ?, checkpoint = COALESCE(?, checkpoint), lease_until = ?, \
             version = version + 1, updated_at = ? \
             WHERE id = ? AND lease = ? AND state = 'RUNNING' AND cancel_requested_at IS NULL",
        )
        .bind(self.taken.progress)
        .bind(self.taken.total)
        .bind(checkpoint.map(Json))
        .bind((now + LEASE).naive_utc())
        .bind(now.naive_utc())
        .bind(self.id())
        .bind(self.taken.lease.id)
        .execute(&mut *db)
        .await?;
        if written.rows_affected() == 1 { Ok(()) } else { Err(why_not(db, &self.taken.lease).await?) }
    }

    /// Ends the job as DONE with the unit of work of its last effect, which is committed. The unit of work may be the
    /// caller's own or a task's; with nothing else to audit it is bookkeeping.
    pub async fn finish(self, work: Work, result: &impl Serialize) -> Result<(), Stop> {
        self.end(work, result, None).await
    }

    /// As [`Run::finish`], with a file that can be fetched for a while.
    #[cfg(feature = "storage")]
    pub async fn finish_with_file(self, work: Work, result: &impl Serialize, file: &ResultFile) -> Result<(), Stop> {
        let expires = (self.app().now() + file.kept).naive_utc();
        self.end(work, result, Some((file.key.as_str(), &file.name, expires))).await
    }

    async fn end(
        self,
        mut work: Work,
        result: &impl Serialize,
        file: Option<(&str, &str, chrono::NaiveDateTime)>,
    ) -> Result<(), Stop> {
        let now = work.now().naive_utc();
        let Taken { lease, kind, company, progress, total, .. } = self.taken;
        let written = sqlx::query(
            "UPDATE jobs SET state = 'DONE', progress = ?, total = ?, result = ?, checkpoint = NULL, file_key = ?, \
             file_name = ?, file_expires_at = ?, lease = NULL, lease_until = NULL, finished_at = ?, \
             version = version + 1, updated_at = ? \
             WHERE id = ? AND lease = ? AND state = 'RUNNING' AND cancel_requested_at IS NULL",
        )
        .bind(progress)
        .bind(total.unwrap_or(progress))
        .bind(Json(result))
        .bind(file.map(|(key, ..)| key))
        .bind(file.map(|(_, name, _)| name))
        .bind(file.map(|(.., expires)| expires))
        .bind(now)
        .bind(now)
        .bind(lease.job)
        .bind(lease.id)
        .execute(&mut *work)
        .await?;
        if written.rows_affected() == 0 {
            let stop = why_not(&mut work, &lease).await?;
            work.roll_back().await;
            return Err(stop);
        }
        let version = version_of(&mut work, lease.job).await?;
        work.emit(ended(lease.job, version, &kind, JobStatus::Done, company));
        Ok(work.bookkeeping().finish().await?)
    }

    /// Ends this run and leaves the rest to the next: for work that one call of the function has no time for. What is
    /// done stands in the checkpoint.
    pub async fn hand_on(self, kind: Kind, mut work: Work) -> Result<(), Stop> {
        if !release(&mut work, &self.taken.lease).await? {
            let stop = why_not(&mut work, &self.taken.lease).await?;
            work.roll_back().await;
            return Err(stop);
        }
        let mut message = Event::new(kind.name, self.id().as_uuid(), self.taken.version).to_queue(kind.queue);
        if let Some(company) = self.taken.company {
            message = message.of_company(company);
        }
        work.emit(message);
        Ok(work.bookkeeping().finish().await?)
    }
}

/// What is needed to end a job when its run is over.
struct End {
    lease: Lease,
    kind: String,
    company: Option<CompanyId>,
    language: Language,
}

impl End {
    fn of(taken: &Taken) -> Self {
        let Taken { lease, kind, company, language, .. } = taken;
        Self { lease: lease.clone(), kind: kind.clone(), company: *company, language: *language }
    }

    async fn begin(&self) -> Result<Work> {
        let app = &self.lease.app;
        Ok(app.begin_as(Context::task(self.lease.tenant), Actor::task(app.name())).await?.bookkeeping())
    }

    /// Lets go of the job, so that the message's next try need not wait for the lease.
    async fn release(&self) -> Result<()> {
        let mut work = self.begin().await?;
        let released = release(&mut work, &self.lease).await?;
        work.finish().await?;
        // A job that is to be cancelled need not wait for its next try.
        if released { Ok(()) } else { self.cancelled().await }
    }

    async fn cancelled(&self) -> Result<()> {
        self.close(JobStatus::Cancelled, None).await
    }

    /// Ends the job with what went wrong, in the language of its user.
    async fn failed(&self, error: &Error) -> Result<()> {
        let (code, text) = told(error, self.language);
        self.close(JobStatus::Failed, Some((&code, &text))).await
    }

    async fn close(&self, status: JobStatus, error: Option<(&str, &str)>) -> Result<()> {
        let mut work = self.begin().await?;
        let now = work.now().naive_utc();
        let written = sqlx::query(
            "UPDATE jobs SET state = ?, error_code = ?, error = ?, checkpoint = NULL, lease = NULL, lease_until = NULL, \
             finished_at = ?, version = version + 1, updated_at = ? WHERE id = ? AND lease = ? AND state = 'RUNNING'",
        )
        .bind(status.as_str())
        .bind(error.map(|(code, _)| code))
        .bind(error.map(|(_, text)| text))
        .bind(now)
        .bind(now)
        .bind(self.lease.job)
        .bind(self.lease.id)
        .execute(&mut *work)
        .await?;
        if written.rows_affected() == 0 {
            work.roll_back().await;
            return Ok(());
        }
        let job = self.lease.job;
        let version = version_of(&mut work, job).await?;
        let before = serde_json::json!({"status": JobStatus::Running});
        let after = serde_json::json!({"status": status, "error": error.map(|(code, _)| code)});
        let mut audit = Audit::updated("job", job.as_uuid(), &before, &after);
        if let Some(company) = self.company {
            audit = audit.of_company(company);
        }
        work.audit(audit);
        work.emit(ended(job, version, &self.kind, status, self.company));
        work.finish().await
    }
}

/// The code and text of an error, as the job keeps them: of its details the first, if it has any.
fn told(error: &Error, language: Language) -> (String, String) {
    let cut = |text: &str, length: usize| text.chars().take(length).collect::<String>();
    match error.list().first() {
        Some(detail) => (cut(&detail.code, 60), cut(detail.text.in_language(language), 500)),
        None => (error.code().as_str().to_owned(), cut(&error.message(language), 500)),
    }
}

/// Why a write of ours met no row.
async fn why_not(db: &mut Db, lease: &Lease) -> sqlx::Result<Stop> {
    let asked: Option<bool> = sqlx::query_scalar(
        "SELECT cancel_requested_at IS NOT NULL FROM jobs WHERE id = ? AND lease = ? AND state = 'RUNNING'",
    )
    .bind(lease.job)
    .bind(lease.id)
    .fetch_optional(db)
    .await?;
    Ok(if asked == Some(true) { Stop::Cancelled } else { Stop::Lost })
}

/// Lets go of a job that nobody wants cancelled; whether it was so.
async fn release(db: &mut Db, lease: &Lease) -> sqlx::Result<bool> {
    let released = sqlx::query(
        "UPDATE jobs SET state = 'QUEUED', lease = NULL, lease_until = NULL, version = version + 1 \
         WHERE id = ? AND lease = ? AND state = 'RUNNING' AND cancel_requested_at IS NULL",
    )
    .bind(lease.job)
    .bind(lease.id)
    .execute(db)
    .await?;
    Ok(released.rows_affected() == 1)
}

async fn version_of(db: &mut Db, job: JobId) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT version FROM jobs WHERE id = ?").bind(job).fetch_one(db).await
}

/// The user as he is now; none when he may not act any more.
async fn caller(db: &mut Db, tenant: TenantId, user: UserId) -> Result<Option<Caller>> {
    use sqlx::Row as _;
    let row = sqlx::query(
        "SELECT d.account_id, d.company_id, d.role, d.is_company_admin, d.name, d.email FROM user_directory d \
         JOIN tenants t ON t.id = d.tenant_id AND t.status = 'ACTIVE' WHERE d.id = ? AND d.is_active",
    )
    .bind(user)
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Caller {
        // A job outlives the session that it was started in.
        session: SessionId::from_uuid(uuid::Uuid::nil()),
        tenant,
        user,
        account: row.try_get("account_id")?,
        company: row.try_get("company_id")?,
        role: row.try_get("role")?,
        company_admin: row.try_get("is_company_admin")?,
        name: row.try_get_unchecked("name")?,
        email: row.try_get_unchecked("email")?,
    }))
}
