//! The SQL of workplaces.

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use shared::{
    auth::CompanyId,
    db::{Db, search},
    http::Paging,
};
use sqlx::{MySql, QueryBuilder};

use super::{Workplace, WorkplaceFilter, WorkplaceId};
use crate::{companies, listing, reach::Reach, search::key};

/// The name of workplaces in the index of words.
pub(crate) const WORDS: &str = "WORKPLACE";

const COLUMNS: &str = "w.id, w.company_id, w.title, w.sgk_no, w.nace_code, w.danger_class, w.derived_danger_class, \
     w.danger_class_override, w.danger_class_override_reason, w.danger_class_override_by, w.danger_class_override_at, \
     w.province_code, w.district_code, w.address, w.employer_representative, w.latitude, w.longitude, w.shift_info, \
     w.opened_at, w.closed_at, w.is_active, w.version, w.created_at, w.updated_at, w.deleted_at";

/// One page of the workplaces that the filter lets pass.
pub async fn list(
    db: &mut Db,
    reach: Reach,
    paging: &Paging,
    filter: &WorkplaceFilter,
    order: &str,
) -> sqlx::Result<(Vec<Workplace>, u64)> {
    let from = if paging.include_deleted { "workplaces_all w" } else { "workplaces w" };
    let part = listing::Part { columns: COLUMNS, from, beside: "", order };
    listing::page(db, paging, &part, |sql| conditions(sql, reach, paging, filter)).await
}

/// The ids of all workplaces that the filter lets pass, in their order.
pub async fn keys(
    db: &mut Db,
    reach: Reach,
    paging: &Paging,
    filter: &WorkplaceFilter,
    order: &str,
) -> sqlx::Result<Vec<uuid::Uuid>> {
    let from = if paging.include_deleted { "workplaces_all w" } else { "workplaces w" };
    let part = listing::Part { columns: COLUMNS, from, beside: "", order };
    listing::keys(db, "w.id", &part, |sql| conditions(sql, reach, paging, filter)).await
}

/// The workplaces of these ids, deleted or not.
pub async fn these(db: &mut Db, keys: &[uuid::Uuid]) -> sqlx::Result<Vec<Workplace>> {
    let part = listing::Part { columns: COLUMNS, from: "workplaces_all w", beside: "", order: "" };
    listing::these(db, "w.id", &part, keys).await
}

fn conditions(sql: &mut QueryBuilder<'static, MySql>, reach: Reach, paging: &Paging, filter: &WorkplaceFilter) {
    reach.push_workplace(sql, "w.id");
    if let Some(company) = filter.company_id {
        sql.push(" AND w.company_id = ").push_bind(company);
    }
    if let Some(class) = filter.danger_class {
        sql.push(" AND w.danger_class = ").push_bind(class);
    }
    if let Some(province) = &filter.province {
        sql.push(" AND w.province_code = ").push_bind(province.clone());
    }
    if let Some(active) = filter.is_active {
        sql.push(" AND w.is_active = ").push_bind(active);
    }
    if let Some(q) = &paging.q {
        search::matching(sql, "w.id", WORDS, q);
    }
}

/// Live workplaces, of one company or of all, whose name or whose company's name has the words of `q`: what a
/// combobox offers.
pub async fn offered(
    db: &mut Db,
    reach: Reach,
    company: Option<CompanyId>,
    q: Option<&str>,
    limit: u32,
) -> sqlx::Result<Vec<Workplace>> {
    let mut sql = QueryBuilder::new(format!("SELECT {COLUMNS} FROM workplaces w WHERE TRUE"));
    reach.push_workplace(&mut sql, "w.id");
    if let Some(company) = company {
        sql.push(" AND w.company_id = ").push_bind(company);
    }
    if let Some(q) = q {
        sql.push(" AND ((TRUE");
        search::matching(&mut sql, "w.id", WORDS, q);
        sql.push(") OR (TRUE");
        search::matching(&mut sql, "w.company_id", companies::store::WORDS, q);
        sql.push("))");
    }
    sql.push(" ORDER BY w.title, w.id LIMIT ").push_bind(limit);
    sql.build_query_as().fetch_all(db).await
}

/// A live workplace that the caller reaches.
pub async fn find(db: &mut Db, reach: Reach, id: WorkplaceId) -> sqlx::Result<Option<Workplace>> {
    let mut sql = QueryBuilder::new(format!("SELECT {COLUMNS} FROM workplaces w WHERE w.id = "));
    sql.push_bind(id);
    reach.push_workplace(&mut sql, "w.id");
    sql.build_query_as().fetch_optional(db).await
}

/// A workplace, deleted or not, locked until the end of the unit of work.
pub async fn lock_any(db: &mut Db, id: WorkplaceId) -> sqlx::Result<Option<Workplace>> {
    let mut sql = QueryBuilder::new(format!("SELECT {COLUMNS} FROM workplaces_all w WHERE w.id = "));
    sql.push_bind(id).push(" FOR UPDATE");
    sql.build_query_as().fetch_optional(db).await
}

/// The company of a live workplace; both stay so until the end of the unit of work.
pub async fn hold(db: &mut Db, id: WorkplaceId) -> sqlx::Result<Option<CompanyId>> {
    sqlx::query_scalar!(
        r#"SELECT company_id AS "company_id: CompanyId" FROM workplaces WHERE id = ? LOCK IN SHARE MODE"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// What is counted at a workplace.
#[derive(Debug, sqlx::FromRow)]
pub struct Figure {
    /// The workplace.
    pub workplace_id: WorkplaceId,
    /// Whether it is the headcount; else the full-time physicians who serve.
    pub is_headcount: bool,
    value: Decimal,
}

impl Figure {
    /// How many there are.
    pub fn count(&self) -> u32 {
        self.value.to_u32().unwrap_or_default()
    }
}

/// The figures of these workplaces today, in one statement. They are facts, so that a client, who sees no
/// assignments, is told the same requirement as staff.
pub async fn figures(db: &mut Db, workplaces: &[Workplace]) -> sqlx::Result<Vec<Figure>> {
    let mut sql = QueryBuilder::new(
        "SELECT workplace_id, fact = 'employees' AS is_headcount, value FROM workplace_facts \
         WHERE fact IN ('employees', 'full_time_physicians') AND company_id IN (",
    );
    push_ids(&mut sql, workplaces.iter().map(|w| w.company_id.as_uuid()));
    sql.push(" AND workplace_id IN (");
    push_ids(&mut sql, workplaces.iter().map(|w| w.id.as_uuid()));
    sql.build_query_as().fetch_all(db).await
}

fn push_ids(sql: &mut QueryBuilder<'_, MySql>, ids: impl Iterator<Item = uuid::Uuid>) {
    let mut list = sql.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    sql.push(")");
}

/// Adds a workplace.
pub async fn insert(db: &mut Db, workplace: &Workplace) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO workplaces (tenant_id, id, company_id, title, sgk_no, nace_code, derived_danger_class, \
         province_code, district_code, address, employer_representative, latitude, longitude, shift_info, opened_at, \
         closed_at, is_active, search_key, version, created_at, updated_at) \
         VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        workplace.id,
        workplace.company_id,
        workplace.title,
        workplace.sgk_no,
        workplace.nace_code,
        workplace.derived_danger_class,
        workplace.province_code,
        workplace.district_code,
        workplace.address,
        workplace.employer_representative,
        workplace.latitude,
        workplace.longitude,
        workplace.shift_info,
        workplace.opened_at,
        workplace.closed_at,
        workplace.is_active,
        key(&workplace.search_texts()),
        workplace.version,
        workplace.created_at.naive_utc(),
        workplace.updated_at.naive_utc()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes all that may change of a locked workplace, with its new version.
pub async fn update(db: &mut Db, workplace: &Workplace) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE workplaces SET title = ?, sgk_no = ?, nace_code = ?, derived_danger_class = ?, \
         danger_class_override = ?, danger_class_override_reason = ?, danger_class_override_by = ?, \
         danger_class_override_at = ?, province_code = ?, district_code = ?, address = ?, \
         employer_representative = ?, latitude = ?, longitude = ?, shift_info = ?, opened_at = ?, closed_at = ?, \
         is_active = ?, search_key = ?, version = ?, updated_at = ? WHERE id = ?",
        workplace.title,
        workplace.sgk_no,
        workplace.nace_code,
        workplace.derived_danger_class,
        workplace.danger_class_override,
        workplace.danger_class_override_reason,
        workplace.danger_class_override_by,
        workplace.danger_class_override_at.map(|at| at.naive_utc()),
        workplace.province_code,
        workplace.district_code,
        workplace.address,
        workplace.employer_representative,
        workplace.latitude,
        workplace.longitude,
        workplace.shift_info,
        workplace.opened_at,
        workplace.closed_at,
        workplace.is_active,
        key(&workplace.search_texts()),
        workplace.version,
        workplace.updated_at.naive_utc(),
        workplace.id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes a locked workplace or brings it back.
pub async fn set_deleted(
    db: &mut Db,
    id: WorkplaceId,
    deleted: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE workplaces_all SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
        deleted.map(|at| at.naive_utc()),
        now.naive_utc(),
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How many people work there or will, and how many professionals serve it or will.
pub async fn dependents(db: &mut Db, id: WorkplaceId) -> sqlx::Result<(i64, i64)> {
    let counts = sqlx::query!(
        r#"SELECT (SELECT COUNT(*) FROM employments WHERE workplace_id = ?
            AND (end_date IS NULL OR end_date >= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR))) AS "employees!",
           (SELECT COUNT(*) FROM assignments WHERE workplace_id = ?
            AND (ends_on IS NULL OR ends_on >= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR))) AS "assignments!""#,
        id,
        id
    )
    .fetch_one(db)
    .await?;
    Ok((counts.employees, counts.assignments))
}
