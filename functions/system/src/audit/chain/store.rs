//! The SQL of the chain; of the system user, which sees every tenant.

use chrono::{NaiveDate, NaiveDateTime};
use shared::{
    auth::TenantId,
    db::{Db, violated_key},
    types::istanbul,
};
use sqlx::{QueryBuilder, Row as _, mysql::MySqlRow};
use uuid::Uuid;

use super::link::{Entry, Hash, NOTHING};

/// Entries that are read at once.
const PART: usize = 1_000;
/// Links that are written at once.
const AT_ONCE: usize = 200;
/// What an entry says, besides who it belongs to, its id and its instant. The order is part of the hash.
pub(in crate::audit) const SAID: [&str; 12] = [
    "company_id",
    "action",
    "entity",
    "entity_id",
    "actor_user_id",
    "actor_name",
    "actor_email",
    "acting_company_id",
    "request_id",
    "ip",
    "user_agent",
    "changes",
];

/// A day whose chain is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) struct Day {
    pub(in crate::audit) date: NaiveDate,
    pub(in crate::audit) rows: u32,
    pub(in crate::audit) last: Hash,
}

/// The tenants, or the one of them.
pub(in crate::audit) async fn tenants(db: &mut Db, only: Option<TenantId>) -> sqlx::Result<Vec<TenantId>> {
    let only = only.map(TenantId::as_uuid);
    sqlx::query_scalar("SELECT id FROM tenants_rows WHERE ? IS NULL OR id = ? ORDER BY id")
        .bind(only)
        .bind(only)
        .fetch_all(db)
        .await
}

/// The closed days of a tenant from this one on, and the last one before it.
pub(in crate::audit) async fn days(
    db: &mut Db,
    tenant: TenantId,
    from: NaiveDate,
) -> sqlx::Result<(Vec<Day>, Option<Day>)> {
    let days = sqlx::query(
        "SELECT day, row_count, last_hash FROM audit_days_rows WHERE tenant_id = ? AND day >= ? ORDER BY day",
    )
    .bind(tenant)
    .bind(from)
    .try_map(|row| day(&row))
    .fetch_all(&mut *db)
    .await?;
    let before = sqlx::query(
        "SELECT day, row_count, last_hash FROM audit_days_rows WHERE tenant_id = ? AND day < ? ORDER BY day DESC LIMIT 1",
    )
    .bind(tenant)
    .bind(from)
    .try_map(|row| day(&row))
    .fetch_optional(db)
    .await?;
    Ok((days, before))
}

fn day(row: &MySqlRow) -> sqlx::Result<Day> {
    let last: Vec<u8> = row.try_get("last_hash")?;
    Ok(Day { date: row.try_get("day")?, rows: row.try_get("row_count")?, last: last.try_into().unwrap_or(NOTHING) })
}

/// The days on which something was done, after `after` and before `before`.
pub(in crate::audit) async fn busy_days(
    db: &mut Db,
    tenant: TenantId,
    after: Option<NaiveDate>,
    before: NaiveDate,
) -> sqlx::Result<Vec<NaiveDate>> {
    let from = after.and_then(|day| day.succ_opt()).unwrap_or_default();
    sqlx::query_scalar(
        "SELECT DISTINCT DATE(created_at + INTERVAL 3 HOUR) AS day FROM audit_log_rows \
         WHERE tenant_id = ? AND created_at >= ? AND created_at < ? ORDER BY day",
    )
    .bind(tenant)
    .bind(istanbul::start_of(from).naive_utc())
    .bind(istanbul::start_of(before).naive_utc())
    .fetch_all(db)
    .await
}

/// The next entries of a day behind this one, in the order of the chain.
pub(in crate::audit) async fn entries(
    db: &mut Db,
    tenant: TenantId,
    day: NaiveDate,
    behind: Option<&Entry>,
) -> sqlx::Result<Vec<Entry>> {
    let start = istanbul::start_of(day).naive_utc();
    let end = istanbul::start_of(day.succ_opt().unwrap_or(day)).naive_utc();
    let (at, id): (NaiveDateTime, Uuid) = behind.map_or((start, Uuid::nil()), |entry| (entry.created_at, entry.id));
    sqlx::query(&format!(
        "SELECT id, created_at, previous_hash, row_hash, {} FROM audit_log_rows WHERE tenant_id = ? \
         AND created_at >= ? AND created_at < ? AND (created_at > ? OR id > ?) ORDER BY created_at, id LIMIT {PART}",
        SAID.join(", ")
    ))
    .bind(tenant)
    .bind(at)
    .bind(end)
    .bind(at)
    .bind(id)
    .try_map(|row: MySqlRow| {
        // As bytes, whatever the column's type: what is hashed is what is stored.
        let said = (4..4 + SAID.len()).map(|column| row.try_get_unchecked(column)).collect::<sqlx::Result<_>>()?;
        Ok(Entry {
            id: row.try_get("id")?,
            created_at: row.try_get("created_at")?,
            said,
            written: (row.try_get("previous_hash")?, row.try_get("row_hash")?),
        })
    })
    .fetch_all(db)
    .await
}

/// Whether there may be more behind these.
pub(in crate::audit) fn is_full(entries: &[Entry]) -> bool {
    entries.len() == PART
}

/// Writes the links of a day and that it is closed. False when another run was first.
pub(in crate::audit) async fn close(
    db: &mut Db,
    tenant: TenantId,
    day: Day,
    links: &[(Uuid, Hash, Hash)],
) -> sqlx::Result<bool> {
    let inserted =
        sqlx::query("INSERT INTO audit_days_rows (tenant_id, day, row_count, last_hash) VALUES (?, ?, ?, ?)")
            .bind(tenant)
            .bind(day.date)
            .bind(day.rows)
            .bind(day.last.as_slice())
            .execute(&mut *db)
            .await;
    match inserted {
        Ok(_) => {}
        Err(error) if violated_key(&error).is_some() => return Ok(false),
        Err(error) => return Err(error),
    }
    for links in links.chunks(AT_ONCE) {
        let mut sql = QueryBuilder::new("UPDATE audit_log_rows a JOIN (");
        for (number, (id, previous, own)) in links.iter().enumerate() {
            sql.push(if number == 0 { "SELECT " } else { " UNION ALL SELECT " });
            sql.push_bind(*id).push(" AS id, ").push_bind(previous.as_slice()).push(" AS previous_hash, ");
            sql.push_bind(own.as_slice()).push(" AS row_hash");
        }
        sql.push(") l ON a.tenant_id = ").push_bind(tenant);
        sql.push(" AND a.id = l.id SET a.previous_hash = l.previous_hash, a.row_hash = l.row_hash");
        sql.build().execute(&mut *db).await?;
    }
    Ok(true)
}
