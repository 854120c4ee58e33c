//! The SQL of jobs.

use chrono::{DateTime, Utc};
use serde_json::Value;
use shared::{
    Error, Result,
    auth::CompanyId,
    db::{Db, like_prefix},
    http::{List, Paging, page::COUNT_LIMIT},
    jobs::{JobId, JobStatus},
};
use sqlx::{MySql, QueryBuilder, Row as _, mysql::MySqlRow, types::Json};

use super::{Job, JobError, JobFilter};

/// What the list can be sorted by.
const SORT: [(&str, &str); 4] =
    [("createdAt", "j.created_at"), ("finishedAt", "j.finished_at"), ("kind", "j.kind"), ("status", "j.state")];

const SELECT: &str = "SELECT j.id, j.kind, j.state, j.progress, j.total, j.result, j.error_code, j.error, \
     j.requested_by, u.name AS requested_by_name, j.cancel_requested_at, j.file_key, j.file_name, j.file_expires_at, \
     j.started_at, j.finished_at, j.version, j.created_at, j.updated_at, c.name AS company_name \
     FROM jobs j LEFT JOIN users u ON u.id = j.requested_by LEFT JOIN companies_all c ON c.id = j.company_id";

/// One job: the current user's, or anybody's in the tenant when `every` is set.
pub(super) async fn find(db: &mut Db, id: JobId, every: bool) -> Result<Job> {
    let mut sql = QueryBuilder::new(SELECT);
    sql.push(" WHERE j.id = ").push_bind(id);
    only_own(&mut sql, every);
    let row = sql.build().fetch_optional(db).await?.ok_or_else(Error::not_found)?;
    Ok(job(&row)?)
}

/// The order that a list asks for; the latest first if it asks for none.
pub(super) fn order(paging: &Paging) -> Result<String> {
    paging.order_by(&SORT, "j.created_at DESC", "j.id DESC")
}

/// One page of the jobs, and how many there are.
pub(super) async fn list(db: &mut Db, list: &List<JobFilter>, order: &str, every: bool) -> Result<(Vec<Job>, u64)> {
    let every = every && !list.filter.mine.unwrap_or(false);
    let mut sql = QueryBuilder::new(SELECT);
    conditions(&mut sql, list, every);
    sql.push(format_args!(" ORDER BY {order} LIMIT ")).push_bind(list.paging.limit);
    sql.push(" OFFSET ").push_bind(list.paging.offset());
    let rows = sql.build().fetch_all(&mut *db).await?;
    let rows = rows.iter().map(job).collect::<sqlx::Result<_>>()?;

    let mut count = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM jobs j");
    conditions(&mut count, list, every);
    count.push(" LIMIT ").push_bind(COUNT_LIMIT + 1).push(") AS counted");
    let counted: i64 = count.build_query_scalar().fetch_one(db).await?;
    Ok((rows, counted.unsigned_abs()))
}

fn conditions(sql: &mut QueryBuilder<'_, MySql>, list: &List<JobFilter>, every: bool) {
    sql.push(" WHERE TRUE");
    only_own(sql, every);
    if let Some(kind) = &list.filter.kind {
        sql.push(" AND j.kind = ").push_bind(kind.as_str().to_owned());
    }
    if let Some(status) = list.filter.status {
        sql.push(" AND j.state = ").push_bind(status.as_str());
    }
    if let Some(q) = &list.paging.q {
        sql.push(" AND (j.kind LIKE ").push_bind(like_prefix(&q.to_lowercase()));
        sql.push(" OR j.file_name LIKE ").push_bind(like_prefix(q)).push(")");
    }
}

fn only_own(sql: &mut QueryBuilder<'_, MySql>, every: bool) {
    if !every {
        sql.push(" AND j.requested_by = current_user_id()");
    }
}

/// The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
fn job(row: &MySqlRow) -> sqlx::Result<Job> {
    let result: Option<Json<Value>> = row.try_get_unchecked("result")?;
    let code: Option<String> = row.try_get_unchecked("error_code")?;
    let message: Option<String> = row.try_get_unchecked("error")?;
    Ok(Job {
        id: row.try_get("id")?,
        kind: row.try_get_unchecked("kind")?,
        status: row.try_get("state")?,
        progress: row.try_get("progress")?,
        total: row.try_get("total")?,
        result: result.map(|Json(result)| result),
        result_url: None,
        file_name: row.try_get("file_name")?,
        file_expires_at: row.try_get("file_expires_at")?,
        error: code.map(|code| JobError { code, message: message.unwrap_or_default() }),
        requested_by: row.try_get("requested_by")?,
        requested_by_name: row.try_get("requested_by_name")?,
        cancel_requested_at: row.try_get("cancel_requested_at")?,
        started_at: row.try_get("started_at")?,
        finished_at: row.try_get("finished_at")?,
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        company_name: row.try_get_unchecked("company_name")?,
        file_key: row.try_get_unchecked("file_key")?,
    })
}

/// What cancelling has to know of a job.
pub(super) struct Held {
    pub(super) kind: String,
    pub(super) status: JobStatus,
    pub(super) company_id: Option<CompanyId>,
    pub(super) lease_until: Option<DateTime<Utc>>,
    pub(super) cancel_requested_at: Option<DateTime<Utc>>,
    pub(super) version: i64,
}

/// Holds a job's row, so that its worker and its end wait for us or we for them.
pub(super) async fn lock(db: &mut Db, id: JobId, every: bool) -> Result<Held> {
    sqlx::query_as!(
        Held,
        r#"SELECT kind AS "kind: String", state AS "status: JobStatus", company_id AS "company_id: CompanyId",
                  lease_until AS "lease_until: DateTime<Utc>",
                  cancel_requested_at AS "cancel_requested_at: DateTime<Utc>", version
           FROM jobs WHERE id = ? AND (? OR requested_by = current_user_id()) FOR UPDATE"#,
        id,
        every,
    )
    .fetch_optional(db)
    .await?
    .ok_or_else(Error::not_found)
}

/// Tells the worker that the job is to end.
pub(super) async fn ask(db: &mut Db, id: JobId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE jobs SET cancel_requested_at = COALESCE(cancel_requested_at, ?), version = version + 1, updated_at = ? \
         WHERE id = ?",
        now.naive_utc(),
        now.naive_utc(),
        id,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends a job that nobody works on. A worker that was given up finds its lease gone.
pub(super) async fn end(db: &mut Db, id: JobId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE jobs SET state = 'CANCELLED', cancel_requested_at = COALESCE(cancel_requested_at, ?), finished_at = ?, \
         checkpoint = NULL, lease = NULL, lease_until = NULL, version = version + 1, updated_at = ? WHERE id = ?",
        now.naive_utc(),
        now.naive_utc(),
        now.naive_utc(),
        id,
    )
    .execute(db)
    .await?;
    Ok(())
}
