//! The SQL of the export; of the system user, which sees every tenant.

use chrono::NaiveDate;
use shared::{auth::TenantId, db::Db};
use sqlx::Row as _;

use crate::audit::chain::link::{Hash, NOTHING};

/// A closed day, with what became of it.
#[derive(Debug, Clone)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    pub(super) entries: u32,
    pub(super) previous: Hash,
    pub(super) last: Hash,
    /// SHA-256 of the object, once it is there.
    pub(super) digest: Option<Vec<u8>>,
}

/// A tenant's closed days from this one on, the oldest first.
pub(super) async fn days(db: &mut Db, tenant: TenantId, from: NaiveDate) -> sqlx::Result<Vec<Day>> {
    let hash = |bytes: Vec<u8>| bytes.try_into().unwrap_or(NOTHING);
    sqlx::query(
        "SELECT day, row_count, last_hash, object_digest, \
         (SELECT b.last_hash FROM audit_days_rows b WHERE b.tenant_id = d.tenant_id AND b.day < d.day \
          ORDER BY b.day DESC LIMIT 1) AS previous_hash \
         FROM audit_days_rows d WHERE tenant_id = ? AND day >= ? ORDER BY day",
    )
    .bind(tenant)
    .bind(from)
    .try_map(|row: sqlx::mysql::MySqlRow| {
        Ok(Day {
            date: row.try_get("day")?,
            entries: row.try_get("row_count")?,
            previous: row.try_get::<Option<Vec<u8>>, _>("previous_hash")?.map_or(NOTHING, hash),
            last: hash(row.try_get("last_hash")?),
            digest: row.try_get("object_digest")?,
        })
    })
    .fetch_all(db)
    .await
}

/// Notes that a day is exported.
pub(super) async fn mark(db: &mut Db, tenant: TenantId, day: NaiveDate, digest: &[u8; 32]) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE audit_days_rows SET exported_at = UTC_TIMESTAMP(6), object_digest = ? WHERE tenant_id = ? AND day = ?",
    )
    .bind(digest.as_slice())
    .bind(tenant)
    .bind(day)
    .execute(db)
    .await?;
    Ok(())
}
