//! Who works on a job: of all who hold its message one, until it says nothing for a while.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{JobId, JobStatus};
use crate::{
    app::App,
    auth::{CompanyId, TenantId, UserId},
    db::{Context, Db},
    error::{Language, Result},
};

/// After so long without a word from its worker a job is taken over.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(30);
/// So often a worker says that it lives.
pub(super) const BEAT: Duration = Duration::from_secs(8);

/// One worker's hold on a job. Every write names it, so that a worker that was taken over changes nothing more.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) app: App,
    pub(super) tenant: TenantId,
    pub(super) job: JobId,
    pub(super) id: Uuid,
}

/// What a worker finds when it takes up a job.
#[derive(Debug)]
pub(super) enum Found {
    /// It is the worker's now.
    Taken(Box<Taken>),
    /// It has ended, or is not there any more: the message is done with.
    Over,
    /// Somebody else is at it, for so much longer if nothing is heard of him.
    Busy(Duration),
}

/// A job that has been taken up.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) lease: Lease,
    pub(super) kind: String,
    pub(super) company: Option<CompanyId>,
    pub(super) requested_by: UserId,
    pub(super) language: Language,
    pub(super) input: Value,
    pub(super) checkpoint: Option<Value>,
    pub(super) progress: u32,
    pub(super) total: Option<u32>,
    pub(super) version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    // The driver takes text with a `_bin` collation for bytes, unless the statement converts it.
    kind: String,
    language: String,
    state: JobStatus,
    company_id: Option<CompanyId>,
    requested_by: UserId,
    input: Json<Value>,
    checkpoint: Option<Json<Value>>,
    progress: u32,
    total: Option<u32>,
    cancel_requested: bool,
    lease_until: Option<DateTime<Utc>>,
    version: i64,
}

/// Takes up a job. What was begun and has ended by `cancel` meanwhile ends here.
pub(super) async fn take(app: &App, tenant: TenantId, job: JobId) -> Result<Found> {
    let mut work = app.begin_as(Context::task(tenant), crate::db::Actor::task(app.name())).await?.bookkeeping();
    let row: Option<Row> = sqlx::query_as(
        "SELECT CONVERT(kind USING utf8mb4) AS kind, CONVERT(language USING utf8mb4) AS language, state, company_id, \
         requested_by, input, checkpoint, progress, total, cancel_requested_at IS NOT NULL AS cancel_requested, \
         lease_until, version FROM jobs WHERE id = ? FOR UPDATE",
    )
    .bind(job)
    .fetch_optional(&mut *work)
    .await?;
    let now = work.now();
    let row = match row {
        Some(row) if !row.state.is_final() => row,
        _ => {
            work.roll_back().await;
            return Ok(Found::Over);
        }
    };
    if let Some(left) = row.lease_until.and_then(|until| (until - now).to_std().ok()) {
        work.roll_back().await;
        return Ok(Found::Busy(left));
    }
    let lease = Lease { app: app.clone(), tenant, job, id: app.new_uuid() };
    if row.cancel_requested {
        end_cancelled(&mut work, &lease, now).await?;
        work.emit(super::ended(job, row.version + 1, &row.kind, JobStatus::Cancelled, row.company_id));
        work.finish().await?;
        return Ok(Found::Over);
    }
    sqlx::query(
        "UPDATE jobs SET state = 'RUNNING', lease = ?, lease_until = ?, runs = runs + 1, \
         started_at = COALESCE(started_at, ?), version = version + 1, updated_at = ? WHERE id = ?",
    )
    .bind(lease.id)
    .bind((now + LEASE).naive_utc())
    .bind(now.naive_utc())
    .bind(now.naive_utc())
    .bind(job)
    .execute(&mut *work)
    .await?;
    work.finish().await?;
    Ok(Found::Taken(Box::new(Taken {
        lease,
        kind: row.kind,
        company: row.company_id,
        requested_by: row.requested_by,
        language: if row.language == "en" { Language::En } else { Language::Tr },
        input: super::open(app, job, &row.input)?,
        checkpoint: row.checkpoint.map(|Json(value)| value),
        progress: row.progress,
        total: row.total,
        version: row.version + 1,
    })))
}

async fn end_cancelled(db: &mut Db, lease: &Lease, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE jobs SET state = 'CANCELLED', finished_at = ?, checkpoint = NULL, lease = NULL, lease_until = NULL, \
         version = version + 1, updated_at = ? WHERE id = ?",
    )
    .bind(now.naive_utc())
    .bind(now.naive_utc())
    .bind(lease.job)
    .execute(db)
    .await?;
    Ok(())
}

impl Lease {
    /// Says that the worker lives. Nothing depends on a beat that fails: the next one comes soon.
    pub(super) async fn beat(&self) {
        let renewed = async {
            let now = self.app.now();
            let mut db = self.app.read_as(Context::task(self.tenant)).await?;
            // A batch may hold the row; waiting for it would only keep a connection from its worker.
            sqlx::query(
                "SET STATEMENT innodb_lock_wait_timeout = 1 FOR UPDATE jobs SET lease_until = ?, updated_at = ? \
                 WHERE id = ? AND lease = ? AND state = 'RUNNING'",
            )
            .bind((now + LEASE).naive_utc())
            .bind(now.naive_utc())
            .bind(self.job)
            .bind(self.id)
            .execute(&mut *db)
            .await?;
            Ok::<_, crate::error::Error>(())
        };
        if let Err(error) = renewed.await {
            tracing::debug!(category = "application", error = %error, "job.beat_failed");
        }
    }
}
