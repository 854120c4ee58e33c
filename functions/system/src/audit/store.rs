//! The SQL of the audit trail.

use chrono::{DateTime, Utc};
use serde_json::Value;
use shared::{Error, Result, db::Db, error::Text, types::istanbul};
use sqlx::{MySql, QueryBuilder, Row as _, mysql::MySqlRow, types::Json};
use uuid::Uuid;

use super::{AuditEntry, Filter, Position};

/// A search that finds nothing reads the whole trail of the tenant: it may take this long.
const SEARCH_SECONDS: u32 = 5;
/// MariaDB's number for a statement that took longer.
const TOOK_TOO_LONG: u16 = 1969;

const SELECT: &str = "SELECT id, company_id, action, entity, entity_id, actor_user_id, actor_name, actor_email, \
     request_id, ip, user_agent, changes, created_at FROM audit_log";

/// One entry.
pub(super) async fn find(db: &mut Db, id: Uuid) -> sqlx::Result<Option<AuditEntry>> {
    let mut sql = QueryBuilder::new(SELECT);
    let row = sql.push(" WHERE id = ").push_bind(id).build().fetch_optional(db).await?;
    row.as_ref().map(entry).transpose()
}

/// The entries behind `after`, the latest first.
pub(super) async fn list(db: &mut Db, filter: &Filter, after: Option<Position>, limit: u32) -> Result<Vec<AuditEntry>> {
    let mut sql =
        QueryBuilder::new(format!("SET STATEMENT max_statement_time = {SEARCH_SECONDS} FOR {SELECT} WHERE 1 = 1"));
    conditions(&mut sql, filter);
    if let Some(Position { created_at, id }) = after {
        sql.push(" AND created_at <= ").push_bind(created_at.naive_utc());
        sql.push(" AND (created_at < ").push_bind(created_at.naive_utc()).push(" OR id < ").push_bind(id).push(")");
    }
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").push_bind(limit);
    let rows = sql.build().fetch_all(db).await.map_err(too_long)?;
    Ok(rows.iter().map(entry).collect::<sqlx::Result<_>>()?)
}

fn conditions(sql: &mut QueryBuilder<'_, MySql>, filter: &Filter) {
    if let Some(action) = filter.action {
        sql.push(" AND action = ").push_bind(action.as_str());
    }
    if let Some(entity) = &filter.entity {
        sql.push(" AND entity = ").push_bind(entity.as_str().to_owned());
    }
    if let Some(id) = filter.entity_id {
        sql.push(" AND entity_id = ").push_bind(id);
    }
    if let Some(user) = filter.user_id {
        sql.push(" AND actor_user_id = ").push_bind(user);
    }
    if let Some(company) = filter.company_id {
        sql.push(" AND company_id = ").push_bind(company);
    }
    if let Some(from) = filter.from {
        sql.push(" AND created_at >= ").push_bind(istanbul::start_of(from).naive_utc());
    }
    if let Some(to) = filter.to {
        sql.push(" AND created_at < ").push_bind(istanbul::end_of(to).naive_utc());
    }
    if let Some(q) = &filter.q {
        // This collation takes ı, İ and i for one letter, and ş for s, as the search everywhere else does.
        let pattern = format!("%{}", shared::db::like_prefix(q.as_str()));
        sql.push(" AND (");
        let mut columns = sql.separated(" OR ");
        for column in ["actor_name", "actor_email", "entity", "changes"] {
            columns
                .push(format_args!("{column} COLLATE utf8mb4_general_ci LIKE "))
                .push_bind_unseparated(pattern.clone());
        }
        sql.push(")");
    }
}

/// The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
fn entry(row: &MySqlRow) -> sqlx::Result<AuditEntry> {
    let Json(changes): Json<Value> = row.try_get_unchecked("changes")?;
    let created_at: DateTime<Utc> = row.try_get("created_at")?;
    Ok(AuditEntry {
        id: row.try_get("id")?,
        action: row.try_get_unchecked("action")?,
        entity: row.try_get_unchecked("entity")?,
        entity_id: row.try_get("entity_id")?,
        company_id: row.try_get("company_id")?,
        user_id: row.try_get("actor_user_id")?,
        user_name: row.try_get("actor_name")?,
        user_email: row.try_get_unchecked("actor_email")?,
        request_id: row.try_get_unchecked("request_id")?,
        ip: row.try_get_unchecked("ip")?,
        user_agent: row.try_get_unchecked("user_agent")?,
        changes,
        created_at,
    })
}

/// A search that took too long asks for a shorter period, and is no fault of ours.
fn too_long(error: sqlx::Error) -> Error {
    let number = error
        .as_database_error()
        .and_then(|e| e.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>())
        .map(sqlx::mysql::MySqlDatabaseError::number);
    if number != Some(TOOK_TOO_LONG) {
        return error.into();
    }
    Error::field(
        "from",
        "TOO_LONG_A_PERIOD",
        "Arama çok uzun sürdü; from ve to ile daha kısa bir dönem seçin.",
        "The search took too long; choose a shorter period by from and to.",
    )
    .text(Text::new("Arama çok uzun sürdü.", "The search took too long."))
}
