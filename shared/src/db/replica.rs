//! Reading from the replica without seeing the past.

use sqlx::Row as _;

use super::{Context, Db, Pool, Scoped};
use crate::error::Result;

/// How long the replica may take to catch up, in seconds, before the primary is asked.
const PATIENCE: f64 = 1.0;

/// A connection to the replica once it has everything that the primary has committed; none when that takes too long.
pub(crate) async fn current(replica: &Pool, primary: &mut Db, context: Context) -> Result<Option<Scoped>> {
    let row = sqlx::query("SELECT CAST(@@gtid_binlog_pos AS CHAR)").fetch_one(primary).await?;
    let position: String = row.try_get_unchecked(0)?;
    let mut db = replica.scoped(context).await?;
    let row = sqlx::query("SELECT MASTER_GTID_WAIT(?, ?)").bind(position).bind(PATIENCE).fetch_one(&mut *db).await?;
    let reached: i64 = row.try_get_unchecked(0)?;
    Ok((reached == 0).then_some(db))
}
