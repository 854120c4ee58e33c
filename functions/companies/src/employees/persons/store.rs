//! The SQL of persons.

use chrono::{DateTime, Utc};
use shared::{
    auth::CompanyId,
    db::{Db, Work},
};

use super::{
    super::{Employee, EmployeeId, NewEmployee, PersonId},
    SealedTckn,
};
use crate::search::key;

/// The name of persons in the index of words.
pub(crate) const WORDS: &str = "PERSON";

/// Locks the person behind an employment, and with him all of his employments; whether he is deleted.
pub(in crate::employees) async fn lock_person_of(
    db: &mut Db,
    id: EmployeeId,
) -> sqlx::Result<Option<(PersonId, bool)>> {
    let row = sqlx::query!(
        r#"SELECT p.id AS "id: PersonId", p.deleted_at IS NOT NULL AS "deleted!: bool" FROM persons_all p
           WHERE p.id = (SELECT person_id FROM employments_all WHERE id = ?) FOR UPDATE"#,
        id
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.id, row.deleted)))
}

/// A person who was there before.
#[derive(Debug)]
pub(crate) struct KnownPerson {
    /// The id.
    pub id: PersonId,
    /// The folded name.
    pub search_key: String,
}

/// The live person with this TCKN in the company, locked.
pub(in crate::employees) async fn lock_person_by_tckn(
    db: &mut Db,
    company: CompanyId,
    index: &[u8],
) -> sqlx::Result<Option<KnownPerson>> {
    sqlx::query_as!(
        KnownPerson,
        r#"SELECT id AS "id: PersonId", search_key AS "search_key: String" FROM persons
           WHERE company_id = ? AND tckn_index = ? FOR UPDATE"#,
        company,
        index
    )
    .fetch_optional(db)
    .await
}

/// The encrypted TCKN of a person.
pub(in crate::employees) async fn tckn_cipher(db: &mut Db, person: PersonId) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar!("SELECT tckn_cipher FROM persons WHERE id = ?", person)
        .fetch_optional(db)
        .await
        .map(Option::flatten)
}

/// What the TCKN of a person is found by.
pub(in crate::employees) async fn tckn_index(db: &mut Db, person: PersonId) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar!(r#"SELECT tckn_index AS "tckn_index: Vec<u8>" FROM persons WHERE id = ?"#, person)
        .fetch_optional(db)
        .await
        .map(Option::flatten)
}

/// Adds a person.
pub(in crate::employees) async fn insert_person(
    work: &mut Work,
    id: PersonId,
    company: CompanyId,
    new: &NewEmployee,
    tckn: Option<SealedTckn>,
) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    let (cipher, index, mask) = parts(tckn);
    sqlx::query!(
        "INSERT INTO persons (tenant_id, id, company_id, tckn_cipher, tckn_index, tckn_mask, first_name, last_name, \
         birth_date, gender, blood_group, phone, email, search_key, created_at, updated_at) \
         VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        company,
        cipher,
        index,
        mask,
        new.first_name,
        new.last_name,
        new.birth_date,
        new.gender,
        new.blood_group,
        new.phone,
        new.email,
        key(&[new.first_name.as_str(), new.last_name.as_str()]),
        now,
        now
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// A sealed TCKN as its three columns.
pub(crate) fn parts(tckn: Option<SealedTckn>) -> (Option<Vec<u8>>, Option<Vec<u8>>, Option<String>) {
    match tckn {
        Some(tckn) => (Some(tckn.cipher), Some(tckn.index), Some(tckn.mask)),
        None => (None, None, None),
    }
}

/// Writes all that may change of a locked person.
pub(in crate::employees) async fn update_person(work: &mut Work, employee: &Employee) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!(
        "UPDATE persons SET first_name = ?, last_name = ?, birth_date = ?, gender = ?, blood_group = ?, phone = ?, \
         email = ?, search_key = ?, version = version + 1, updated_at = ? WHERE id = ?",
        employee.first_name,
        employee.last_name,
        employee.birth_date,
        employee.gender,
        employee.blood_group,
        employee.phone,
        employee.email,
        key(&employee.search_texts()),
        now,
        employee.person_id
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Gives a locked person another TCKN, or none.
pub(in crate::employees) async fn set_tckn(
    work: &mut Work,
    person: PersonId,
    tckn: Option<SealedTckn>,
) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    let (cipher, index, mask) = parts(tckn);
    sqlx::query!(
        "UPDATE persons SET tckn_cipher = ?, tckn_index = ?, tckn_mask = ?, version = version + 1, updated_at = ? \
         WHERE id = ?",
        cipher,
        index,
        mask,
        now,
        person
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Deletes a locked person or brings him back.
pub(in crate::employees) async fn set_person_deleted(
    db: &mut Db,
    person: PersonId,
    deleted: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE persons_all SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
        deleted.map(|at| at.naive_utc()),
        now.naive_utc(),
        person
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The encrypted TCKNs of these persons, deleted or not; without those who have none.
pub(in crate::employees) async fn tckn_ciphers(
    db: &mut Db,
    persons: &[PersonId],
) -> sqlx::Result<Vec<(PersonId, Vec<u8>)>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = sqlx::QueryBuilder::<sqlx::MySql>::new(
        "SELECT id, tckn_cipher FROM persons_all WHERE tckn_cipher IS NOT NULL AND id IN (",
    );
    let mut list = sql.separated(", ");
    for person in persons {
        list.push_bind(*person);
    }
    sql.push(")");
    sql.build_query_as().fetch_all(db).await
}
