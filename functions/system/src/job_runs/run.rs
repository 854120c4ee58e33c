//! Running a scheduled task once for its time.

use chrono::{DateTime, TimeDelta, Utc};
use shared::{
    App, Error, Result,
    auth::TenantId,
    db::{Db, violated_key},
    telemetry::metrics::{self, Unit},
};

use super::JobRunId;

/// Longer than any task may run: a run that is older and not ended was cut off.
const CUT_OFF: TimeDelta = TimeDelta::minutes(20);

/// Which run of which task.
#[derive(Debug, Clone, Copy)]
pub struct Planned {
    /// The task's name.
    pub name: &'static str,
    /// The time that it was planned for.
    pub time: DateTime<Utc>,
    /// The only tenant that it works for; none for all.
    pub tenant: Option<TenantId>,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Things that it looked at.
    pub scanned: u32,
    /// Things that it did something with.
    pub done: u32,
    /// Things that it failed at.
    pub failed: u32,
    /// What failed, without names and ids: every ADMIN may read it.
    pub errors: Vec<String>,
}

/// Claims the run. None when it was done already, or is being done.
pub async fn claim(app: &App, planned: &Planned) -> Result<Option<JobRunId>> {
    let now = app.now();
    let mut db = app.system()?.connection().await?;
    let id = JobRunId::new_at(now);
    let inserted = sqlx::query(
        "INSERT INTO job_runs_rows (id, tenant_id, name, scheduled_for, state, started_at) VALUES (?, ?, ?, ?, 'RUNNING', ?)",
    )
    .bind(id)
    .bind(planned.tenant)
    .bind(planned.name)
    .bind(planned.time.naive_utc())
    .bind(now.naive_utc())
    .execute(&mut *db)
    .await;
    match inserted {
        Ok(_) => Ok(Some(id)),
        Err(error) if violated_key(&error).is_some() => take_over(&mut db, planned, now).await,
        Err(error) => Err(error.into()),
    }
}

/// A run that failed or was cut off is done again; of several who try, one succeeds.
async fn take_over(db: &mut Db, planned: &Planned, now: DateTime<Utc>) -> Result<Option<JobRunId>> {
    let id: Option<JobRunId> = sqlx::query_scalar(
        "SELECT id FROM job_runs_rows WHERE name = ? AND scheduled_for = ? AND tenant_id <=> ? \
         AND (state = 'FAILED' OR (state = 'RUNNING' AND started_at < ?))",
    )
    .bind(planned.name)
    .bind(planned.time.naive_utc())
    .bind(planned.tenant)
    .bind((now - CUT_OFF).naive_utc())
    .fetch_optional(&mut *db)
    .await?;
    let Some(id) = id else { return Ok(None) };
    let taken = sqlx::query(
        "UPDATE job_runs_rows SET state = 'RUNNING', started_at = ?, finished_at = NULL, error = NULL \
         WHERE id = ? AND (state = 'FAILED' OR (state = 'RUNNING' AND started_at < ?))",
    )
    .bind(now.naive_utc())
    .bind(id)
    .bind((now - CUT_OFF).naive_utc())
    .execute(db)
    .await?;
    Ok((taken.rows_affected() == 1).then_some(id))
}

/// Writes down what the run did.
pub async fn finish(app: &App, planned: &Planned, run: JobRunId, tally: &Tally) -> Result<()> {
    let state = if tally.errors.is_empty() { "DONE" } else { "FAILED" };
    let mut db = app.system()?.connection().await?;
    let error: Option<String> = (!tally.errors.is_empty()).then(|| tally.errors.join("; ").chars().take(500).collect());
    sqlx::query(
        "UPDATE job_runs_rows SET state = ?, finished_at = ?, scanned = ?, done = ?, failed = ?, error = ? WHERE id = ?",
    )
    .bind(state)
    .bind(app.now().naive_utc())
    .bind(tally.scanned)
    .bind(tally.done)
    .bind(tally.failed)
    .bind(error)
    .bind(run)
    .execute(&mut *db)
    .await
    .map_err(Error::from)?;
    metrics::record("JobRuns", Unit::Count, 1.0, &[("job", planned.name), ("state", state)]);
    if planned.tenant.is_none() && tally.errors.is_empty() {
        #[expect(clippy::cast_precision_loss, reason = "seconds far below 2^52")]
        metrics::record("JobDoneAt", Unit::None, app.now().timestamp() as f64, &[("job", planned.name)]);
    }
    Ok(())
}
