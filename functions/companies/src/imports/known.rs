//! What the register knows of a file's rows, read for many rows at once.

use std::collections::HashMap;

use chrono::NaiveDate;
use shared::{App, auth::CompanyId, auth::TenantId, db::Db};
use sqlx::QueryBuilder;

use super::{
    plan::{Index, Known, KnownPerson},
    rows::Draft,
    store::push_list,
};
use crate::{
    employees::{Period, PersonId, persons},
    workplaces::WorkplaceId,
};

/// A row with what its TCKN is found by.
pub(super) struct Sought {
    pub(super) draft: Draft,
    pub(super) index: Option<Index>,
}

impl Sought {
    /// Computes the index of a row's TCKN.
    pub(super) fn new(app: &App, tenant: TenantId, draft: Draft) -> Self {
        let index = draft.new.tckn.as_ref().map(|tckn| persons::index_of(app, tenant, tckn));
        Self { draft, index }
    }
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: PersonId,
    tckn_index: Index,
    search_key: String,
    birth_date: Option<NaiveDate>,
}

#[derive(sqlx::FromRow)]
struct EmploymentRow {
    person_id: PersonId,
    workplace_id: WorkplaceId,
    start_date: NaiveDate,
    end_date: Option<NaiveDate>,
}

#[derive(sqlx::FromRow)]
struct NamedRow {
    search_key: String,
    birth_date: Option<NaiveDate>,
    workplace_id: WorkplaceId,
    start_date: NaiveDate,
}

/// Adds what the register knows of these rows; `locked`, the persons stay so until the end of the unit of work.
/// What is known already, because a row above has planned it, stays.
pub(super) async fn load(
    db: &mut Db,
    known: &mut Known,
    company: CompanyId,
    rows: &[Sought],
    locked: bool,
) -> sqlx::Result<()> {
    load_persons(&mut *db, known, company, rows, locked).await?;
    load_names(db, known, company, rows).await
}

async fn load_persons(
    db: &mut Db,
    known: &mut Known,
    company: CompanyId,
    rows: &[Sought],
    locked: bool,
) -> sqlx::Result<()> {
    let mut indexes: Vec<&Index> =
        rows.iter().filter_map(|row| row.index.as_ref()).filter(|index| !known.persons.contains_key(*index)).collect();
    indexes.sort_unstable();
    indexes.dedup();
    if indexes.is_empty() {
        return Ok(());
    }
    let mut sql = QueryBuilder::new(
        "SELECT id, tckn_index, CONVERT(search_key USING utf8mb4) AS search_key, birth_date FROM persons \
         WHERE company_id = ",
    );
    sql.push_bind(company).push(" AND tckn_index IN (");
    push_list(&mut sql, indexes.into_iter().cloned());
    sql.push(if locked { " ORDER BY tckn_index FOR UPDATE" } else { "" });
    let persons: Vec<PersonRow> = sql.build_query_as().fetch_all(&mut *db).await?;
    if persons.is_empty() {
        return Ok(());
    }
    let mut employments: HashMap<PersonId, Vec<(WorkplaceId, Period)>> = HashMap::new();
    let mut sql =
        QueryBuilder::new("SELECT person_id, workplace_id, start_date, end_date FROM employments WHERE company_id = ");
    sql.push_bind(company).push(" AND person_id IN (");
    push_list(&mut sql, persons.iter().map(|person| person.id));
    let found: Vec<EmploymentRow> = sql.build_query_as().fetch_all(db).await?;
    for EmploymentRow { person_id, workplace_id, start_date, end_date } in found {
        let period = Period { start: start_date, end: end_date };
        employments.entry(person_id).or_default().push((workplace_id, period));
    }
    for PersonRow { id, tckn_index, search_key, birth_date } in persons {
        let employments = employments.remove(&id).unwrap_or_default();
        let person = KnownPerson { id: Some(id), name_key: search_key, birth_date, employments };
        known.persons.insert(tckn_index, person);
    }
    Ok(())
}

/// Employments of people with the names of the rows without TCKN. The last name finds them by its index.
async fn load_names(db: &mut Db, known: &mut Known, company: CompanyId, rows: &[Sought]) -> sqlx::Result<()> {
    let nameless: Vec<&Draft> = rows.iter().filter(|row| row.index.is_none()).map(|row| &row.draft).collect();
    if nameless.is_empty() {
        return Ok(());
    }
    let mut sql = QueryBuilder::new(
        "SELECT CONVERT(p.search_key USING utf8mb4) AS search_key, p.birth_date, e.workplace_id, e.start_date \
         FROM persons p JOIN employments e ON e.company_id = p.company_id AND e.person_id = p.id WHERE p.company_id = ",
    );
    sql.push_bind(company).push(" AND p.last_name IN (");
    push_list(&mut sql, nameless.iter().map(|draft| draft.new.last_name.clone()));
    sql.push(" AND p.search_key IN (");
    push_list(&mut sql, nameless.iter().map(|draft| draft.name_key()));
    let found: Vec<NamedRow> = sql.build_query_as().fetch_all(db).await?;
    for NamedRow { search_key, birth_date, workplace_id, start_date } in found {
        known.by_name.entry((search_key, workplace_id, start_date)).or_default().push(birth_date);
    }
    Ok(())
}
