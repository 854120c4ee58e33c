//! The SQL of jobs.

use serde_json::Value;
use shared::{Error, Result, db::Db};
use sqlx::types::Json;

use super::{Job, JobError, JobId, JobStatus};

/// One job: the current user's, or anybody's in the tenant when `every` is set.
pub(super) async fn find(db: &mut Db, id: JobId, every: bool) -> Result<Job> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: JobId", kind AS "kind: String", state AS "status: JobStatus", progress, total,
                  result AS "result: Json<Value>", error_code AS "error_code: String", error AS "error: String",
                  started_at AS "started_at: chrono::DateTime<chrono::Utc>",
                  finished_at AS "finished_at: chrono::DateTime<chrono::Utc>", version,
                  created_at AS "created_at: chrono::DateTime<chrono::Utc>",
                  updated_at AS "updated_at: chrono::DateTime<chrono::Utc>"
           FROM jobs WHERE id = ? AND (? OR requested_by = current_user_id())"#,
        id,
        every,
    )
    .fetch_optional(db)
    .await?
    .ok_or_else(Error::not_found)?;
    let result = row.result.map(|Json(result)| result);
    Ok(Job {
        id: row.id,
        kind: row.kind,
        status: row.status,
        progress: row.progress,
        total: row.total,
        result_url: result.as_ref().and_then(|r| r["url"].as_str()).map(str::to_owned),
        result,
        error: row.error_code.map(|code| JobError { code, message: row.error.unwrap_or_default() }),
        started_at: row.started_at,
        finished_at: row.finished_at,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
