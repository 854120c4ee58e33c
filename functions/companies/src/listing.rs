//! A page of a list and its total, with the same conditions for both.

use shared::{
    db::Db,
    http::{Paging, page::COUNT_LIMIT},
};
use sqlx::{FromRow, MySql, QueryBuilder, mysql::MySqlRow};
use uuid::Uuid;

/// The fixed parts of a list's statement.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What is selected.
    pub columns: &'a str,
    /// The views that the conditions speak of.
    pub from: &'a str,
    /// Joins that only the selected columns need, so that the total does without them.
    pub beside: &'a str,
    /// The order.
    pub order: &'a str,
}

/// Reads one page of `SELECT columns FROM from WHERE TRUE …` and counts the whole, as far as totals are exact.
pub async fn page<T>(
    db: &mut Db,
    paging: &Paging,
    part: &Part<'_>,
    conditions: impl Fn(&mut QueryBuilder<'static, MySql>),
) -> sqlx::Result<(Vec<T>, u64)>
where
    T: for<'r> FromRow<'r, MySqlRow> + Send + Unpin,
{
    let Part { columns, from, beside, order } = part;
    let mut sql = QueryBuilder::new(format!("SELECT {columns} FROM {from}{beside} WHERE TRUE"));
    conditions(&mut sql);
    sql.push(format_args!(" ORDER BY {order} LIMIT "));
    sql.push_bind(paging.limit).push(" OFFSET ").push_bind(paging.offset());
    let rows: Vec<T> = sql.build_query_as().fetch_all(&mut *db).await?;
    if let Some(total) = known_total(paging, rows.len()) {
        return Ok((rows, total));
    }
    let mut sql = QueryBuilder::new(format!("SELECT COUNT(*) FROM (SELECT 1 FROM {from} WHERE TRUE"));
    conditions(&mut sql);
    sql.push(format_args!(" LIMIT {}) AS counted", COUNT_LIMIT + 1));
    let total: i64 = sql.build_query_scalar().fetch_one(db).await?;
    Ok((rows, u64::try_from(total).unwrap_or_default()))
}

/// The ids of all rows of a list, in its order: what is read in many steps is read by them.
pub async fn keys(
    db: &mut Db,
    id: &str,
    part: &Part<'_>,
    conditions: impl Fn(&mut QueryBuilder<'static, MySql>),
) -> sqlx::Result<Vec<Uuid>> {
    let mut sql = QueryBuilder::new(format!("SELECT {id} FROM {} WHERE TRUE", part.from));
    conditions(&mut sql);
    sql.push(format_args!(" ORDER BY {}", part.order));
    sql.build_query_scalar().fetch_all(db).await
}

/// The rows of these ids, in no order.
pub async fn these<T>(db: &mut Db, id: &str, part: &Part<'_>, keys: &[Uuid]) -> sqlx::Result<Vec<T>>
where
    T: for<'r> FromRow<'r, MySqlRow> + Send + Unpin,
{
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let Part { columns, from, beside, .. } = part;
    let mut sql = QueryBuilder::<MySql>::new(format!("SELECT {columns} FROM {from}{beside} WHERE {id} IN ("));
    let mut list = sql.separated(", ");
    for key in keys {
        list.push_bind(*key);
    }
    sql.push(")");
    sql.build_query_as().fetch_all(db).await
}

/// A page that is not full is the last one, so the rows before it and its own are all there are.
fn known_total(paging: &Paging, rows: usize) -> Option<u64> {
    let rows = u64::try_from(rows).ok()?;
    let last = rows < u64::from(paging.limit) && (rows > 0 || paging.page == 1);
    last.then(|| paging.offset() + rows).filter(|total| *total <= COUNT_LIMIT)
}
