//! The SQL of the own tenant.

use shared::db::Db;

use super::Tenant;

/// The own tenant, as staff see it.
pub(super) async fn find(db: &mut Db) -> sqlx::Result<Option<Tenant>> {
    sqlx::query_as!(
        Tenant,
        r#"SELECT id AS "id: _", name AS "name: String", slug AS "slug: String", kind AS "kind: _",
           status AS "status: _", require_mfa AS "require_mfa: bool", version AS "version?: i64",
           created_at AS "created_at?: _", updated_at AS "updated_at?: _" FROM tenants"#
    )
    .fetch_optional(db)
    .await
}

/// The tenant that serves a customer, as the customer's users see it.
pub(super) async fn find_for_client(db: &mut Db) -> sqlx::Result<Option<Tenant>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: shared::auth::TenantId", name AS "name: String", slug AS "slug: String",
           kind AS "kind: super::TenantKind", status AS "status: super::TenantStatus", require_mfa AS "require_mfa: bool"
           FROM tenant_profile"#
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Tenant {
        id: row.id,
        name: row.name,
        slug: row.slug,
        kind: row.kind,
        status: row.status,
        require_mfa: row.require_mfa,
        version: None,
        created_at: None,
        updated_at: None,
    }))
}

/// Writes what can be changed; false when it is not in this version any more.
pub(super) async fn update(db: &mut Db, tenant: &Tenant, version: i64) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE tenants SET name = ?, slug = ?, version = version + 1 WHERE id = ? AND version = ?",
        tenant.name,
        tenant.slug,
        tenant.id,
        version
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
