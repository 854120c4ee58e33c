//! The SQL of the runs, as an administrator reads them.

use shared::{
    Error, Result,
    db::{Db, like_prefix},
    error::{Code, Detail},
    http::{List, page::COUNT_LIMIT},
    types::istanbul,
};
use sqlx::{MySql, QueryBuilder, Row as _, mysql::MySqlRow};

use super::{JobRun, api::JobRunFilter};

/// What the list can be sorted by.
const SORT: [(&str, &str); 4] =
    [("scheduledFor", "scheduled_for"), ("startedAt", "started_at"), ("name", "name"), ("status", "state")];

/// One page of the runs, and how many there are.
pub(super) async fn list(db: &mut Db, list: &List<JobRunFilter>) -> Result<(Vec<JobRun>, u64)> {
    let order = list.paging.order_by(&SORT, "started_at DESC", "id DESC")?;
    let mut sql = QueryBuilder::new(
        "SELECT id, name, scheduled_for, state AS status, started_at, finished_at, scanned, done, failed, error \
         FROM job_runs",
    );
    conditions(&mut sql, list)?;
    sql.push(format_args!(" ORDER BY {order} LIMIT ")).push_bind(list.paging.limit);
    sql.push(" OFFSET ").push_bind(list.paging.offset());
    let rows = sql.build().fetch_all(&mut *db).await?;
    let rows = rows.iter().map(run).collect::<sqlx::Result<_>>()?;

    let mut count = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM job_runs");
    conditions(&mut count, list)?;
    count.push(" LIMIT ").push_bind(COUNT_LIMIT + 1).push(") AS counted");
    let counted: i64 = count.build_query_scalar().fetch_one(db).await?;
    Ok((rows, counted.unsigned_abs()))
}

/// The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
fn run(row: &MySqlRow) -> sqlx::Result<JobRun> {
    Ok(JobRun {
        id: row.try_get("id")?,
        name: row.try_get_unchecked("name")?,
        scheduled_for: row.try_get("scheduled_for")?,
        status: row.try_get("status")?,
        started_at: row.try_get("started_at")?,
        finished_at: row.try_get("finished_at")?,
        scanned: row.try_get("scanned")?,
        done: row.try_get("done")?,
        failed: row.try_get("failed")?,
        error: row.try_get_unchecked("error")?,
    })
}

fn conditions(sql: &mut QueryBuilder<'_, MySql>, list: &List<JobRunFilter>) -> Result<()> {
    let filter = &list.filter;
    if let (Some(from), Some(to)) = (filter.from, filter.to) {
        istanbul::range(from, to).map_err(|e| Error::new(Code::Validation).detail(Detail::invalid("to", e)))?;
    }
    sql.push(" WHERE 1 = 1");
    if let Some(name) = &filter.name {
        sql.push(" AND name = ").push_bind(name.as_str().to_owned());
    }
    if let Some(status) = filter.status {
        sql.push(" AND state = ").push_bind(status.as_str());
    }
    if let Some(from) = filter.from {
        sql.push(" AND scheduled_for >= ").push_bind(istanbul::start_of(from).naive_utc());
    }
    if let Some(to) = filter.to {
        sql.push(" AND scheduled_for < ").push_bind(istanbul::end_of(to).naive_utc());
    }
    if let Some(q) = &list.paging.q {
        sql.push(" AND name LIKE ").push_bind(like_prefix(&q.to_lowercase()));
    }
    Ok(())
}
