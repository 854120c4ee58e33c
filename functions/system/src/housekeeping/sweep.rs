//! Rows that are deleted when their time is over.

use chrono::TimeDelta;
use shared::{Result, db::Db};
use sqlx::{QueryBuilder, Row as _};

use super::Round;

/// Rows of one transaction.
const BATCH: u32 = 500;

/// Columns of keys that hold text; all others hold ids.
const TEXTS: &[&str] = &["consumer"];

/// The columns of a primary key, as bytes.
type RowKey = Vec<Vec<u8>>;

/// Rows of one table whose time is over.
pub(super) struct Sweep {
    /// What the report calls it.
    pub(super) name: &'static str,
    table: &'static str,
    /// The primary key, or its beginning; the tenant, where there is one, comes first.
    key: &'static [&'static str],
    /// Which rows, with one place for the latest instant that counts.
    condition: &'static str,
    /// How long after that instant a row is kept.
    kept: TimeDelta,
}

/// Every sweep. A link is kept for a month behind its end, so that whoever opens it learns that it is over.
pub(super) const ALL: &[Sweep] = &[
    Sweep {
        name: "linkTokens",
        table: "link_tokens_rows",
        key: &["tenant_id", "id"],
        condition: "expires_at < ?",
        kept: TimeDelta::days(30),
    },
    Sweep {
        name: "expiredSessions",
        table: "sessions_rows",
        key: &["tenant_id", "id"],
        condition: "expires_at < ?",
        kept: TimeDelta::days(30),
    },
    Sweep {
        name: "endedSessions",
        table: "sessions_rows",
        key: &["tenant_id", "id"],
        condition: "ended_at < ?",
        kept: TimeDelta::days(30),
    },
    // A key carries its own end, a day after it was used.
    Sweep {
        name: "idempotencyKeys",
        table: "idempotency_keys_rows",
        key: &["tenant_id", "id"],
        condition: "expires_at < ?",
        kept: TimeDelta::zero(),
    },
    // Longer than a queue keeps a message, dead letters excepted.
    Sweep {
        name: "inbox",
        table: "inbox_rows",
        key: &["tenant_id", "consumer", "message_id"],
        condition: "created_at < ?",
        kept: TimeDelta::days(14),
    },
    Sweep {
        name: "outbox",
        table: "outbox_rows",
        key: &["tenant_id", "id"],
        condition: "state = 'SENT' AND created_at < ?",
        kept: TimeDelta::days(7),
    },
    // Their files are gone long before.
    Sweep {
        name: "jobs",
        table: "jobs_rows",
        key: &["tenant_id", "id"],
        condition: "state IN ('DONE', 'FAILED', 'CANCELLED') AND updated_at < ?",
        kept: TimeDelta::days(90),
    },
    // By now the list has been corrected, or nobody will; what an import led to stands in its counts.
    Sweep {
        name: "importErrors",
        table: "import_errors_rows",
        // All rows of a job at once: they were written together.
        key: &["tenant_id", "job_id"],
        condition: "created_at < ?",
        kept: TimeDelta::days(30),
    },
    // Longer than the mistakes of its rows, which refer to it.
    Sweep {
        name: "imports",
        table: "imports_rows",
        key: &["tenant_id", "id"],
        condition: "updated_at < ?",
        kept: TimeDelta::days(90),
    },
    Sweep {
        name: "jobRuns",
        table: "job_runs_rows",
        key: &["id"],
        condition: "started_at < ?",
        kept: TimeDelta::days(90),
    },
];

impl Sweep {
    /// Deletes what is over, batch by batch, and says how many rows that were.
    pub(super) async fn run(&self, round: &Round<'_>) -> Result<u32> {
        let mut db = round.app.system()?.connection().await?;
        let mut deleted = 0;
        while !round.is_over() {
            let keys = self.find(&mut db, round).await?;
            if keys.is_empty() {
                break;
            }
            let gone = self.delete(&mut db, round, &keys).await?;
            deleted += gone;
            // Somebody else may have been here; without progress there is nothing to go on for.
            if gone == 0 || keys.len() < BATCH as usize {
                break;
            }
        }
        Ok(deleted)
    }

    /// Reads keys without locking anything.
    async fn find(&self, db: &mut Db, round: &Round<'_>) -> Result<Vec<RowKey>> {
        let keys: Vec<String> = self.key.iter().map(|name| format!("CAST({name} AS BINARY)")).collect();
        let mut sql = QueryBuilder::new(format!("SELECT {} FROM {} WHERE ", keys.join(", "), self.table));
        self.push_condition(&mut sql, round);
        if let Some(tenant) = round.tenant {
            sql.push(" AND tenant_id = ").push_bind(tenant);
        }
        sql.push(" LIMIT ").push_bind(BATCH);
        let rows = sql.build().fetch_all(db).await?;
        let keys = rows.iter().map(|row| (0..self.key.len()).map(|index| row.try_get(index)).collect());
        Ok(keys.collect::<sqlx::Result<_>>()?)
    }

    /// Deletes by primary key, so that only these rows are locked. The condition stands again: a row may have changed.
    async fn delete(&self, db: &mut Db, round: &Round<'_>, keys: &[RowKey]) -> Result<u32> {
        let mut sql = QueryBuilder::new(format!("DELETE FROM {} WHERE ", self.table));
        self.push_condition(&mut sql, round);
        sql.push(" AND (");
        for (index, key) in keys.iter().enumerate() {
            sql.push(if index == 0 { "(" } else { " OR (" });
            for (place, (name, value)) in self.key.iter().zip(key).enumerate() {
                sql.push(if place == 0 { "" } else { " AND " }).push(name).push(" = ");
                if TEXTS.contains(name) {
                    // Compared with bytes a text column could not use its index.
                    sql.push("CONVERT(").push_bind(value.clone()).push(" USING utf8mb4)");
                } else {
                    sql.push_bind(value.clone());
                }
            }
            sql.push(")");
        }
        sql.push(")");
        let done = sql.build().execute(db).await?;
        Ok(u32::try_from(done.rows_affected()).unwrap_or(u32::MAX))
    }

    fn push_condition(&self, sql: &mut QueryBuilder<'_, sqlx::MySql>, round: &Round<'_>) {
        let (before, after) = self.condition.split_once('?').unwrap_or((self.condition, ""));
        sql.push(before).push_bind(round.ago(self.kept).naive_utc()).push(after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sweep_names_one_instant_and_a_key() {
        for sweep in ALL {
            assert_eq!(sweep.condition.matches('?').count(), 1, "{}", sweep.name);
            assert!(!sweep.key.is_empty() && sweep.table.ends_with("_rows"), "{}", sweep.name);
        }
    }
}
