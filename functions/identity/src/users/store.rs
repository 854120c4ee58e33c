//! The SQL of customers' users.

use std::collections::{HashMap, HashSet};

use shared::{
    auth::{CompanyId, UserId},
    db::{Db, search},
    http::page::Paging,
};
use sqlx::{MySql, QueryBuilder};

use super::{ClientUser, api::UserFilter};

const SELECT: &str = "SELECT u.id, u.company_id, u.email, u.name, u.phone, u.title, u.role, u.is_company_admin, \
     u.is_active, u.deactivated_at, u.version, u.created_at, u.updated_at FROM user_directory u WHERE u.role = 'CLIENT'";

/// One user.
pub(super) async fn find(db: &mut Db, id: UserId) -> sqlx::Result<Option<ClientUser>> {
    let mut sql = QueryBuilder::<MySql>::new(SELECT);
    sql.push(" AND u.id = ").push_bind(id);
    sql.build_query_as().fetch_optional(db).await
}

/// A page of users, and how many there are.
pub(super) async fn list(
    db: &mut Db,
    paging: &Paging,
    filter: &UserFilter,
    order: &str,
) -> sqlx::Result<(Vec<ClientUser>, u64)> {
    let conditions = |sql: &mut QueryBuilder<'_, MySql>| {
        if let Some(company) = filter.company_id {
            sql.push(" AND u.company_id = ").push_bind(company);
        }
        if let Some(active) = filter.is_active {
            sql.push(" AND u.is_active = ").push_bind(active);
        }
        if let Some(q) = &paging.q {
            search::matching(sql, "u.id", "USER", q);
        }
    };
    let mut sql = QueryBuilder::new(SELECT);
    conditions(&mut sql);
    sql.push(" ORDER BY ").push(order).push(" LIMIT ").push_bind(paging.limit);
    sql.push(" OFFSET ").push_bind(paging.offset());
    let rows = sql.build_query_as().fetch_all(&mut *db).await?;
    let mut sql = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM users u WHERE u.role = 'CLIENT'");
    conditions(&mut sql);
    sql.push(" LIMIT 10001) counted");
    let counted: i64 = sql.build_query_scalar().fetch_one(db).await?;
    Ok((rows, u64::try_from(counted).unwrap_or(0)))
}

/// Holds the row of one user.
pub(super) async fn lock(db: &mut Db, id: UserId) -> sqlx::Result<()> {
    sqlx::query!(r#"SELECT id AS "id: UserId" FROM users WHERE id = ? FOR UPDATE"#, id).fetch_optional(db).await?;
    Ok(())
}

/// Writes what can be changed; a change of rights ends the user's sessions.
pub(super) async fn update(db: &mut Db, user: &ClientUser, ends_sessions: bool) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users SET name = ?, phone = ?, title = ?, is_company_admin = ?, search_key = ?,
         session_version = session_version + ?, version = version + 1 WHERE id = ?",
        user.name,
        user.phone,
        user.title,
        user.is_company_admin,
        shared::types::turkish::kept_key(&user.name),
        i64::from(ends_sessions),
        user.id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether there is such a company; nobody deletes it before this unit of work is over.
pub(crate) async fn hold_company(db: &mut Db, id: CompanyId) -> sqlx::Result<bool> {
    let held =
        sqlx::query_scalar!(r#"SELECT id AS "id: CompanyId" FROM companies WHERE id = ? LOCK IN SHARE MODE"#, id)
            .fetch_optional(db)
            .await?;
    Ok(held.is_some())
}

/// The names of companies, deleted ones too.
pub(crate) async fn company_names(
    db: &mut Db,
    ids: impl Iterator<Item = CompanyId>,
) -> sqlx::Result<HashMap<CompanyId, String>> {
    let ids: HashSet<CompanyId> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = QueryBuilder::<MySql>::new("SELECT id, name FROM companies_all WHERE id IN (");
    let mut list = sql.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    sql.push(")");
    Ok(sql.build_query_as::<(CompanyId, String)>().fetch_all(db).await?.into_iter().collect())
}

/// The first companies whose names have these words.
pub(super) async fn companies_like(db: &mut Db, q: &str) -> sqlx::Result<Vec<(CompanyId, String)>> {
    let mut sql = QueryBuilder::<MySql>::new("SELECT c.id, c.name FROM companies c WHERE TRUE");
    search::matching(&mut sql, "c.id", "COMPANY", q);
    sql.push(" ORDER BY c.name, c.id LIMIT 12");
    sql.build_query_as().fetch_all(db).await
}
