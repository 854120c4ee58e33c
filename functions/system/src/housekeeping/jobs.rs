//! Jobs of whose worker nothing is heard any more: their message has gone to the dead-letter queue, or was lost.

use chrono::TimeDelta;
use serde_json::json;
use shared::{
    Result,
    auth::{CompanyId, TenantId},
    db::{Actor, Audit, Context},
    error::{Language, Text},
    jobs::{self, JobId, JobStatus},
};

use super::{NAME, Round};

/// A worker that lives says so every few seconds, and a message that comes back does within an hour and a half.
const SILENT: TimeDelta = TimeDelta::hours(2);
/// A queue that is away, or behind, keeps its messages for days; nobody waits so long for an answer.
const WAITING: TimeDelta = TimeDelta::hours(24);
/// Jobs of one transaction.
const BATCH: u32 = 100;

const CODE: &str = "JOB_LOST";
const TEXT: Text = Text::new(
    "İş tamamlanamadı ve artık çalışmıyor. Yeniden başlatın; yinelerse destek ekibine bildirin.",
    "The job was not completed and is no longer running. Start it again; if it happens again, tell support.",
);

const LOST: &str = "((state = 'RUNNING' AND updated_at < ?) OR (state = 'QUEUED' AND updated_at < ?))";

/// Ends them as FAILED, tenant by tenant. How many they were.
pub(super) async fn give_up(round: &Round<'_>) -> Result<u32> {
    let mut done = 0;
    while !round.is_over() {
        let Some(tenant) = next_tenant(round).await? else { break };
        let count = give_up_of(round, tenant).await?;
        if count == 0 {
            break;
        }
        done += count;
    }
    Ok(done)
}

/// A tenant that has some.
async fn next_tenant(round: &Round<'_>) -> Result<Option<TenantId>> {
    let mut db = round.app.system()?.connection().await?;
    let sql = format!("SELECT tenant_id FROM jobs_rows WHERE {LOST} AND (? IS NULL OR tenant_id = ?) LIMIT 1");
    let tenant = sqlx::query_scalar(&sql)
        .bind(round.ago(SILENT).naive_utc())
        .bind(round.ago(WAITING).naive_utc())
        .bind(round.tenant)
        .bind(round.tenant)
        .fetch_optional(&mut *db)
        .await?;
    Ok(tenant)
}

#[derive(sqlx::FromRow)]
struct Lost {
    id: JobId,
    kind: String,
    language: String,
    state: JobStatus,
    company_id: Option<CompanyId>,
    version: i64,
}

/// One transaction in the tenant's own context, as everything that changes its data.
async fn give_up_of(round: &Round<'_>, tenant: TenantId) -> Result<u32> {
    let mut work = round.app.begin_as(Context::task(tenant), Actor::task(NAME)).await?;
    let sql = format!(
        "SELECT id, CONVERT(kind USING utf8mb4) AS kind, CONVERT(language USING utf8mb4) AS language, state, \
         company_id, version FROM jobs WHERE {LOST} ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED"
    );
    let rows: Vec<Lost> = sqlx::query_as(&sql)
        .bind(round.ago(SILENT).naive_utc())
        .bind(round.ago(WAITING).naive_utc())
        .bind(BATCH)
        .fetch_all(&mut *work)
        .await?;
    if rows.is_empty() {
        work.roll_back().await;
        return Ok(0);
    }
    for Lost { id, kind, language, state, company_id, version } in &rows {
        let now = work.now().naive_utc();
        let language = if language == "en" { Language::En } else { Language::Tr };
        // A worker that was only slow finds its lease gone and writes nothing more.
        sqlx::query(
            "UPDATE jobs SET state = 'FAILED', error_code = ?, error = ?, checkpoint = NULL, lease = NULL, \
             lease_until = NULL, finished_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
        )
        .bind(CODE)
        .bind(TEXT.in_language(language))
        .bind(now)
        .bind(now)
        .bind(id)
        .execute(&mut *work)
        .await?;
        let after = json!({"status": JobStatus::Failed, "error": CODE});
        let mut audit = Audit::updated("job", id.as_uuid(), &json!({"status": state}), &after);
        if let Some(company) = company_id {
            audit = audit.of_company(*company);
        }
        work.audit(audit);
        work.emit(jobs::ended(*id, version + 1, kind, JobStatus::Failed, *company_id));
    }
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    tracing::warn!(category = "application", count, "jobs.given_up");
    work.finish().await?;
    Ok(count)
}
