//! The SQL of registrations.

use chrono::{DateTime, Utc};
use shared::{
    auth::{AccountId, TenantId, UserId},
    db::Db,
    types::turkish,
};

/// A tenant that waits for its first ADMIN to confirm.
pub(super) async fn insert_tenant(db: &mut Db, id: TenantId, name: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("INSERT INTO tenants (id, name, status, created_at) VALUES (?, ?, 'PENDING', ?)", id, name, now)
        .execute(db)
        .await?;
    Ok(())
}

/// The first ADMIN.
pub(super) async fn insert_admin(
    db: &mut Db,
    id: UserId,
    account: AccountId,
    name: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO users (id, tenant_id, account_id, role, name, search_key, created_at)
         VALUES (?, current_tenant(), ?, 'ADMIN', ?, ?, ?)",
        id,
        account,
        name,
        turkish::kept_key(name),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Another name for a tenant that still waits; false when it waits no longer.
pub(super) async fn rename(db: &mut Db, id: TenantId, name: &str) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE tenants SET name = ?, version = version + 1 WHERE id = ? AND status = 'PENDING'",
        name,
        id
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The version of the tenant.
pub(super) async fn version(db: &mut Db, id: TenantId) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT version FROM tenants WHERE id = ?", id).fetch_one(db).await
}

/// Another name for its first ADMIN.
pub(super) async fn rename_user(db: &mut Db, id: UserId, name: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users SET name = ?, search_key = ?, version = version + 1 WHERE id = ?",
        name,
        turkish::kept_key(name),
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Opens a tenant that waits; false when it does not wait.
pub(super) async fn activate(db: &mut Db, id: TenantId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE tenants SET status = 'ACTIVE', version = version + 1 WHERE id = ? AND status = 'PENDING'",
        id
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
