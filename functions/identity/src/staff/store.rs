//! The SQL of staff.

use chrono::{DateTime, Utc};
use shared::{
    auth::UserId,
    db::{Db, search},
    http::page::Paging,
};
use sqlx::{MySql, QueryBuilder};

use super::{Profession, Staff, api::StaffFilter};

const SELECT: &str = "SELECT u.id, u.email, u.name, u.first_name, u.last_name, u.phone, u.title, u.role, u.is_active, \
     u.deactivated_at, u.version, u.created_at, u.updated_at, p.professional_kind, p.certificate_class, \
     p.certificate_no, p.certificate_issued_on, p.certificate_expires_on, p.diploma_no, p.katip_id, \
     COALESCE(p.full_time, FALSE) AS full_time, \
     CAST(COALESCE(p.monthly_capacity_min, 11700) AS UNSIGNED INTEGER) AS monthly_capacity_min, p.home_province_code \
     FROM user_directory u LEFT JOIN staff_profiles p ON p.tenant_id = u.tenant_id AND p.user_id = u.id \
     WHERE u.role <> 'CLIENT'";

/// One of the staff.
pub(super) async fn find(db: &mut Db, id: UserId) -> sqlx::Result<Option<Staff>> {
    let mut sql = QueryBuilder::<MySql>::new(SELECT);
    sql.push(" AND u.id = ").push_bind(id);
    sql.build_query_as().fetch_optional(db).await
}

/// A page of the staff, and how many there are.
pub(super) async fn list(
    db: &mut Db,
    paging: &Paging,
    filter: &StaffFilter,
    order: &str,
) -> sqlx::Result<(Vec<Staff>, u64)> {
    let conditions = |sql: &mut QueryBuilder<'_, MySql>| {
        if let Some(role) = filter.role {
            sql.push(" AND u.role = ").push_bind(role);
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
    let mut sql = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM users u WHERE u.role <> 'CLIENT'");
    conditions(&mut sql);
    sql.push(" LIMIT 10001) counted");
    let counted: i64 = sql.build_query_scalar().fetch_one(db).await?;
    Ok((rows, u64::try_from(counted).unwrap_or(0)))
}

/// Holds the rows of all active administrators, in one order, so that two who take each other's
/// place at once come one after the other.
pub(super) async fn lock_active_admins(db: &mut Db) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: UserId" FROM users WHERE role = 'ADMIN' AND is_active ORDER BY id FOR UPDATE"#
    )
    .fetch_all(db)
    .await
}

/// Holds the row of one user.
pub(super) async fn lock(db: &mut Db, id: UserId) -> sqlx::Result<()> {
    sqlx::query!(r#"SELECT id AS "id: UserId" FROM users WHERE id = ? FOR UPDATE"#, id).fetch_optional(db).await?;
    Ok(())
}

/// Writes what can be changed of a user; a change of role ends the user's sessions.
pub(super) async fn update(db: &mut Db, staff: &Staff, ends_sessions: bool) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users SET role = ?, name = ?, first_name = ?, last_name = ?, phone = ?, title = ?, search_key = ?,
         session_version = session_version + ?, version = version + 1 WHERE id = ?",
        staff.role,
        staff.name,
        staff.first_name,
        staff.last_name,
        staff.phone,
        staff.title,
        shared::types::turkish::kept_key(&staff.name),
        i64::from(ends_sessions),
        staff.id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Lets a user in or out. Out ends the user's sessions.
pub(crate) async fn set_active(db: &mut Db, id: UserId, out_since: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users SET is_active = ?, deactivated_at = ?, session_version = session_version + 1,
         version = version + 1 WHERE id = ?",
        out_since.is_none(),
        out_since,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether there is such a province.
pub(super) async fn is_province(db: &mut Db, code: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM provinces WHERE code = ?) AS "is_province!: bool""#, code)
        .fetch_one(db)
        .await
}

/// Writes the profile of a staff user, who may have none yet.
pub(super) async fn save_profession(db: &mut Db, user: UserId, profession: &Profession) -> sqlx::Result<()> {
    let updated = sqlx::query!(
        "UPDATE staff_profiles SET professional_kind = ?, certificate_class = ?, certificate_no = ?,
         certificate_issued_on = ?, certificate_expires_on = ?, diploma_no = ?, katip_id = ?, full_time = ?,
         monthly_capacity_min = ?, home_province_code = ?, version = version + 1 WHERE user_id = ?",
        profession.professional_kind,
        profession.certificate_class,
        profession.certificate_no,
        profession.certificate_issued_on,
        profession.certificate_expires_on,
        profession.diploma_no,
        profession.katip_id,
        profession.full_time,
        profession.monthly_capacity_min,
        profession.home_province_code,
        user
    )
    .execute(&mut *db)
    .await?;
    if updated.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO staff_profiles (tenant_id, user_id, professional_kind, certificate_class, certificate_no,
         certificate_issued_on, certificate_expires_on, diploma_no, katip_id, full_time, monthly_capacity_min,
         home_province_code) VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        user,
        profession.professional_kind,
        profession.certificate_class,
        profession.certificate_no,
        profession.certificate_issued_on,
        profession.certificate_expires_on,
        profession.diploma_no,
        profession.katip_id,
        profession.full_time,
        profession.monthly_capacity_min,
        profession.home_province_code
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The account behind a user.
pub(crate) async fn account_of(db: &mut Db, id: UserId) -> sqlx::Result<Option<shared::auth::AccountId>> {
    sqlx::query_scalar!(r#"SELECT account_id AS "account: shared::auth::AccountId" FROM users WHERE id = ?"#, id)
        .fetch_optional(db)
        .await
}

/// The name of a province.
pub(super) async fn province_name(db: &mut Db, code: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(r#"SELECT name AS "name: String" FROM provinces WHERE code = ?"#, code).fetch_optional(db).await
}

/// Code and name of every province, by name.
pub(super) async fn provinces(db: &mut Db) -> sqlx::Result<Vec<(String, String)>> {
    let rows = sqlx::query!(r#"SELECT code AS "code: String", name AS "name: String" FROM provinces ORDER BY name"#)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.code, row.name)).collect())
}

/// Where somebody serves today.
#[derive(Debug)]
pub(super) struct Serving {
    /// How many workplaces.
    pub(super) workplaces: i64,
    /// The agreed minutes a month.
    pub(super) minutes: i64,
}

/// Where somebody serves today.
pub(super) async fn serving(db: &mut Db, id: UserId) -> sqlx::Result<Serving> {
    sqlx::query_as!(
        Serving,
        r#"SELECT COUNT(DISTINCT workplace_id) AS workplaces,
           CAST(COALESCE(SUM(monthly_minutes), 0) AS SIGNED) AS "minutes!: i64"
           FROM serving_professionals WHERE user_id = ?"#,
        id
    )
    .fetch_one(db)
    .await
}
