//! The SQL of assignments.

use chrono::{DateTime, NaiveDate, Utc};
use shared::{
    auth::{CompanyId, Role, UserId},
    db::{Db, Work},
    http::Paging,
    types::Text,
};
use sqlx::{MySql, QueryBuilder};

use super::{Assignment, AssignmentFilter, AssignmentId, NewAssignment};
use crate::{employees::Period, listing, minutes::ProfessionalKind, workplaces::WorkplaceId};

const COLUMNS: &str = "a.id, a.user_id AS staff_id, u.name AS staff_name, a.company_id, a.workplace_id, \
     w.title AS workplace_title, a.kind, a.starts_on, a.ends_on, a.monthly_minutes, a.version, \
     a.created_at, a.updated_at, a.deleted_at";

const BESIDE: &str =
    " JOIN users u ON u.id = a.user_id JOIN workplaces_all w ON w.company_id = a.company_id AND w.id = a.workplace_id";

/// One page of the assignments that the filter lets pass.
pub async fn list(
    db: &mut Db,
    paging: &Paging,
    filter: &AssignmentFilter,
    order: &str,
    today: NaiveDate,
) -> sqlx::Result<(Vec<Assignment>, u64)> {
    let from = if paging.include_deleted { "assignments_all a" } else { "assignments a" };
    let part = listing::Part { columns: COLUMNS, from, beside: BESIDE, order };
    listing::page(db, paging, &part, |sql| conditions(sql, paging, filter, today)).await
}

fn conditions(sql: &mut QueryBuilder<'static, MySql>, paging: &Paging, filter: &AssignmentFilter, today: NaiveDate) {
    if let Some(staff) = filter.staff_id {
        sql.push(" AND a.user_id = ").push_bind(staff);
    }
    if let Some(workplace) = filter.workplace_id {
        sql.push(" AND a.workplace_id = ").push_bind(workplace);
    }
    if let Some(company) = filter.company_id {
        sql.push(" AND a.company_id = ").push_bind(company);
    }
    if let Some(kind) = filter.kind {
        sql.push(" AND a.kind = ").push_bind(kind);
    }
    if let Some(active) = filter.is_active {
        sql.push(if active { " AND (" } else { " AND NOT (" }).push("a.starts_on <= ").push_bind(today);
        sql.push(" AND (a.ends_on IS NULL OR a.ends_on >= ").push_bind(today).push("))");
    }
    if let Some(q) = &paging.q {
        shared::db::search::matching(sql, "a.workplace_id", "WORKPLACE", q);
    }
}

/// A live assignment.
pub async fn find(db: &mut Db, id: AssignmentId) -> sqlx::Result<Option<Assignment>> {
    Ok(find_any(db, id).await?.filter(|assignment| assignment.deleted_at.is_none()))
}

/// An assignment, deleted or not.
pub async fn find_any(db: &mut Db, id: AssignmentId) -> sqlx::Result<Option<Assignment>> {
    sqlx::query_as!(
        Assignment,
        r#"SELECT a.id AS "id: _", a.user_id AS "staff_id: _", u.name AS "staff_name: _", a.company_id AS "company_id: _",
           a.workplace_id AS "workplace_id: _", w.title AS "workplace_title: _", a.kind AS "kind: _",
           a.starts_on, a.ends_on, a.monthly_minutes, a.version,
           a.created_at AS "created_at: _", a.updated_at AS "updated_at: _", a.deleted_at AS "deleted_at: _"
           FROM assignments_all a JOIN users u ON u.id = a.user_id
           JOIN workplaces_all w ON w.company_id = a.company_id AND w.id = a.workplace_id
           WHERE a.id = ?"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// What decides whether somebody can be assigned.
#[derive(Debug)]
pub struct Staff {
    /// The role.
    pub role: Role,
    /// Whether he may sign in.
    pub is_active: bool,
    /// The profession, where it is known.
    pub profession: Option<ProfessionalKind>,
}

/// Somebody who may be assigned.
#[derive(Debug, sqlx::FromRow)]
pub struct Professional {
    /// The id.
    pub id: UserId,
    /// The name.
    pub name: Text<1, 255>,
    /// The role.
    pub role: Role,
    /// The profession, where it is known.
    pub profession: Option<ProfessionalKind>,
}

/// The staff who may sign in, by name, with their professions.
pub async fn professionals(db: &mut Db) -> sqlx::Result<Vec<Professional>> {
    let mut sql = QueryBuilder::<MySql>::new(
        "SELECT u.id, u.name, u.role, s.professional_kind AS profession \
         FROM users u LEFT JOIN staff_profiles s ON s.user_id = u.id \
         WHERE u.company_id IS NULL AND u.is_active ORDER BY u.name, u.id",
    );
    sql.build_query_as().fetch_all(db).await
}

/// A staff user, locked.
pub async fn lock_staff(db: &mut Db, id: UserId) -> sqlx::Result<Option<Staff>> {
    sqlx::query_as!(
        Staff,
        r#"SELECT u.role AS "role: _", u.is_active AS "is_active: _",
           (SELECT professional_kind FROM staff_profiles s WHERE s.user_id = u.id) AS "profession: _"
           FROM users u WHERE u.id = ? AND u.company_id IS NULL FOR UPDATE"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// Which other assignments a period is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Others {
    /// The professional.
    pub staff: UserId,
    /// The workplace.
    pub workplace: WorkplaceId,
    /// The kind.
    pub kind: ProfessionalKind,
    /// The one that is not another.
    pub but: AssignmentId,
}

/// The days of the other live assignments.
pub async fn periods(db: &mut Db, others: Others) -> sqlx::Result<Vec<Period>> {
    sqlx::query_as!(
        Period,
        "SELECT starts_on AS start, ends_on AS end FROM assignments \
         WHERE user_id = ? AND workplace_id = ? AND kind = ? AND id <> ?",
        others.staff,
        others.workplace,
        others.kind,
        others.but
    )
    .fetch_all(db)
    .await
}

/// Adds an assignment.
pub async fn insert(work: &mut Work, id: AssignmentId, company: CompanyId, new: &NewAssignment) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!(
        "INSERT INTO assignments (tenant_id, id, company_id, workplace_id, user_id, kind, starts_on, ends_on, \
         monthly_minutes, created_at, updated_at) VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        company,
        new.workplace_id,
        new.staff_id,
        new.kind,
        new.starts_on,
        new.ends_on,
        new.monthly_minutes,
        now,
        now
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Writes all that may change of an assignment, with its new version.
pub async fn update(db: &mut Db, assignment: &Assignment) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE assignments SET kind = ?, starts_on = ?, ends_on = ?, monthly_minutes = ?, version = ?, updated_at = ? \
         WHERE id = ?",
        assignment.kind,
        assignment.starts_on,
        assignment.ends_on,
        assignment.monthly_minutes,
        assignment.version,
        assignment.updated_at.naive_utc(),
        assignment.id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes an assignment or brings it back.
pub async fn set_deleted(
    db: &mut Db,
    id: AssignmentId,
    deleted: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE assignments_all SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
        deleted.map(|at| at.naive_utc()),
        now.naive_utc(),
        id
    )
    .execute(db)
    .await?;
    Ok(())
}
