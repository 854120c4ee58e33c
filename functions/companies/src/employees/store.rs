//! The SQL of persons and employments.

use chrono::{DateTime, Utc};
use shared::{
    auth::CompanyId,
    db::{Db, Work, like_prefix, search},
    http::Paging,
};
use sqlx::{MySql, QueryBuilder};

use super::{Employee, EmployeeFilter, EmployeeId, NewEmployee, Period, PersonId, persons::store::WORDS};
use crate::{listing, reach::Reach, workplaces::WorkplaceId};

/// The order of a list by name, which the index of persons has.
pub(super) const BY_NAME: &str = "p.last_name, p.first_name";

// `all_companies()` is true for staff: a client gets no word about special groups, not even "false".
const COLUMNS: &str = "e.id, e.person_id, e.company_id, c.name AS company_name, e.workplace_id, \
     w.title AS workplace_title, p.tckn_mask AS tckn, p.first_name, p.last_name, p.birth_date, p.gender, p.blood_group, \
     p.phone, p.email, e.position, e.department, e.start_date, e.end_date, e.end_reason, e.is_subcontractor, \
     e.employment_type, IF(all_companies(), COALESCE(s.is_disabled, FALSE), NULL) AS is_disabled, \
     IF(all_companies(), COALESCE(s.is_pregnant, FALSE), NULL) AS is_pregnant, \
     IF(all_companies(), COALESCE(s.is_night_shift, FALSE), NULL) AS is_night_shift, \
     IF(all_companies(), COALESCE(s.is_young_worker, FALSE), NULL) AS is_young_worker, \
     e.version, e.created_at, e.updated_at, e.deleted_at";

/// What only the rows need and the total does not. All of it is there; an outer join is read last, so that the
/// order of the persons decides the order of reading.
const BESIDE: &str = " LEFT JOIN workplaces_all w ON w.company_id = e.company_id AND w.id = e.workplace_id \
     LEFT JOIN companies_all c ON c.id = e.company_id LEFT JOIN employment_special_groups s ON s.employment_id = e.id";

/// What a list of employees asks for.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// How far the caller sees.
    pub reach: Reach,
    /// Which part of the list.
    pub paging: &'a Paging,
    /// The list's filters.
    pub filter: &'a EmployeeFilter,
    /// The blind index of `q`, when `q` is a TCKN.
    pub tckn_index: Option<Vec<u8>>,
    /// The order.
    pub order: &'a str,
}

/// One page of the employees that the filter lets pass.
pub async fn list(db: &mut Db, wanted: &Wanted<'_>) -> sqlx::Result<(Vec<Employee>, u64)> {
    let Wanted { reach, paging, filter, order, .. } = wanted;
    // Read in the persons' order, a page by name costs the same at any size (docs/data.md, "Searching").
    let by_name = order.starts_with(BY_NAME) && paging.q.is_none() && filter.workplace_id.is_none() && reach.is_all();
    let join = if by_name { "STRAIGHT_JOIN" } else { "JOIN" };
    // The index of persons ends there; one person's employments come in the order of theirs.
    let order = if by_name { order.trim_end_matches(", e.id") } else { order };
    let all = if paging.include_deleted { "_all" } else { "" };
    let from =
        format!("persons{all} p {join} employments{all} e ON e.company_id = p.company_id AND e.person_id = p.id");
    let part = listing::Part { columns: COLUMNS, from: &from, beside: BESIDE, order };
    listing::page(db, paging, &part, |sql| conditions(sql, wanted)).await
}

/// The ids of all employees that the filter lets pass, in their order.
pub async fn keys(db: &mut Db, wanted: &Wanted<'_>) -> sqlx::Result<Vec<uuid::Uuid>> {
    let all = if wanted.paging.include_deleted { "_all" } else { "" };
    let from = format!("persons{all} p JOIN employments{all} e ON e.company_id = p.company_id AND e.person_id = p.id");
    let part = listing::Part { columns: COLUMNS, from: &from, beside: BESIDE, order: wanted.order };
    listing::keys(db, "e.id", &part, |sql| conditions(sql, wanted)).await
}

/// The employees of these ids, deleted or not.
pub async fn these(db: &mut Db, keys: &[uuid::Uuid]) -> sqlx::Result<Vec<Employee>> {
    let from = "employments_all e JOIN persons_all p ON p.company_id = e.company_id AND p.id = e.person_id";
    let part = listing::Part { columns: COLUMNS, from, beside: BESIDE, order: "" };
    listing::these(db, "e.id", &part, keys).await
}

fn conditions(sql: &mut QueryBuilder<'static, MySql>, wanted: &Wanted<'_>) {
    let Wanted { reach, paging, filter, tckn_index, .. } = wanted;
    reach.push_workplace(sql, "e.workplace_id");
    if let Some(workplace) = filter.workplace_id {
        sql.push(" AND e.workplace_id = ").push_bind(workplace);
    }
    if let Some(company) = filter.company_id {
        sql.push(" AND p.company_id = ").push_bind(company);
    }
    if let Some(active) = filter.is_active {
        let not = if active { "" } else { "NOT " };
        sql.push(format_args!(" AND e.id {not}IN (SELECT id FROM active_employments)"));
    }
    if let Some(gender) = filter.gender {
        sql.push(" AND p.gender = ").push_bind(gender);
    }
    if let Some(position) = &filter.position {
        sql.push(" AND e.position LIKE ").push_bind(like_prefix(position.as_str()));
    }
    match (tckn_index, &paging.q) {
        (Some(index), _) => {
            sql.push(" AND p.tckn_index = ").push_bind(index.clone());
        }
        (None, Some(q)) => search::matching(sql, "p.id", WORDS, q),
        (None, None) => {}
    }
}

/// A live employee whom the caller reaches.
pub async fn find(db: &mut Db, reach: Reach, id: EmployeeId) -> sqlx::Result<Option<Employee>> {
    let mut sql = QueryBuilder::new(format!(
        "SELECT {COLUMNS} FROM employments e JOIN persons_all p ON p.company_id = e.company_id AND p.id = e.person_id\
         {BESIDE} WHERE e.id = "
    ));
    sql.push_bind(id);
    reach.push_workplace(&mut sql, "e.workplace_id");
    sql.build_query_as().fetch_optional(db).await
}

/// An employee, deleted or not.
pub async fn find_any(db: &mut Db, id: EmployeeId) -> sqlx::Result<Option<Employee>> {
    let mut sql = QueryBuilder::new(format!(
        "SELECT {COLUMNS} FROM employments_all e JOIN persons_all p ON p.company_id = e.company_id \
         AND p.id = e.person_id{BESIDE} WHERE e.id = "
    ));
    sql.push_bind(id).build_query_as().fetch_optional(db).await
}

/// These live employees of one company.
pub async fn find_many(db: &mut Db, company: CompanyId, ids: &[EmployeeId]) -> sqlx::Result<Vec<Employee>> {
    let mut sql = QueryBuilder::new(format!(
        "SELECT {COLUMNS} FROM employments e JOIN persons_all p ON p.company_id = e.company_id AND p.id = e.person_id\
         {BESIDE} WHERE e.company_id = "
    ));
    sql.push_bind(company).push(" AND e.id IN (NULL");
    for id in ids {
        sql.push(", ").push_bind(*id);
    }
    sql.push(") ORDER BY e.id").build_query_as().fetch_all(db).await
}

/// The other live employments of a person at one workplace.
pub async fn periods_at(
    db: &mut Db,
    person: PersonId,
    workplace: WorkplaceId,
    but: EmployeeId,
) -> sqlx::Result<Vec<Period>> {
    sqlx::query_as!(
        Period,
        "SELECT start_date AS start, end_date AS end FROM employments \
         WHERE person_id = ? AND workplace_id = ? AND id <> ?",
        person,
        workplace,
        but
    )
    .fetch_all(db)
    .await
}

/// The live employments of a person, but for one.
pub async fn of_person(
    db: &mut Db,
    company: CompanyId,
    person: PersonId,
    but: Option<EmployeeId>,
) -> sqlx::Result<Vec<Employee>> {
    let mut sql = QueryBuilder::new(format!(
        "SELECT {COLUMNS} FROM employments e JOIN persons_all p ON p.company_id = e.company_id AND p.id = e.person_id\
         {BESIDE} WHERE e.company_id = "
    ));
    sql.push_bind(company).push(" AND e.person_id = ").push_bind(person);
    if let Some(but) = but {
        sql.push(" AND e.id <> ").push_bind(but);
    }
    sql.build_query_as().fetch_all(db).await
}

/// Whether a person has any live employment.
pub async fn is_employed(db: &mut Db, person: PersonId) -> sqlx::Result<bool> {
    let found = sqlx::query_scalar!(r#"SELECT 1 AS "one!" FROM employments WHERE person_id = ? LIMIT 1"#, person)
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Adds an employment.
pub async fn insert(
    work: &mut Work,
    id: EmployeeId,
    company: CompanyId,
    person: PersonId,
    new: &NewEmployee,
) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!(
        "INSERT INTO employments (tenant_id, id, company_id, person_id, workplace_id, position, department, start_date, \
         end_date, is_subcontractor, employment_type, created_at, updated_at) \
         VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        company,
        person,
        new.workplace_id,
        new.position,
        new.department,
        new.start_date,
        new.end_date,
        new.is_subcontractor.unwrap_or(false),
        new.employment_type.unwrap_or(super::EmploymentType::FullTime),
        now,
        now
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Writes all that may change of an employment, with its new version.
pub async fn update(db: &mut Db, employee: &Employee) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE employments SET workplace_id = ?, position = ?, department = ?, start_date = ?, end_date = ?, \
         end_reason = ?, is_subcontractor = ?, employment_type = ?, version = ?, updated_at = ? WHERE id = ?",
        employee.workplace_id,
        employee.position,
        employee.department,
        employee.start_date,
        employee.end_date,
        employee.end_reason,
        employee.is_subcontractor,
        employee.employment_type,
        employee.version,
        employee.updated_at.naive_utc(),
        employee.id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes an employment's new version, because what it shows of the person has changed.
pub async fn touch(db: &mut Db, employee: &Employee) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE employments SET version = ?, updated_at = ? WHERE id = ?",
        employee.version,
        employee.updated_at.naive_utc(),
        employee.id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes to which special groups an employee belongs; staff only.
pub async fn set_special_group(work: &mut Work, employee: &Employee) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    let [disabled, pregnant, night, young] = employee.special_group().map(|flag| flag.unwrap_or(false));
    let changed = sqlx::query!(
        "UPDATE employment_special_groups SET is_disabled = ?, is_pregnant = ?, is_night_shift = ?, \
         is_young_worker = ?, version = version + 1, updated_at = ? WHERE employment_id = ?",
        disabled,
        pregnant,
        night,
        young,
        now,
        employee.id
    )
    .execute(&mut **work)
    .await?;
    if changed.rows_affected() == 0 {
        sqlx::query!(
            "INSERT INTO employment_special_groups (tenant_id, company_id, employment_id, is_disabled, is_pregnant, \
             is_night_shift, is_young_worker, created_at, updated_at) VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?)",
            employee.company_id,
            employee.id,
            disabled,
            pregnant,
            night,
            young,
            now,
            now
        )
        .execute(&mut **work)
        .await?;
    }
    Ok(())
}

/// Deletes an employment or brings it back.
pub async fn set_deleted(
    db: &mut Db,
    id: EmployeeId,
    deleted: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE employments_all SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
        deleted.map(|at| at.naive_utc()),
        now.naive_utc(),
        id
    )
    .execute(db)
    .await?;
    Ok(())
}
