//! The person behind the employments of one company: found again by the TCKN, which is stored encrypted.

pub(crate) mod store;

use std::collections::HashMap;

use shared::{
    App, Result,
    auth::{CompanyId, TenantId},
    crypto::Aad,
    db::{Db, Work, search},
    error::Text as Message,
    types::{Tckn, Text},
};

use super::{Employee, EmployeeError, NewEmployee, PersonId, is_other_person, siblings};
use crate::{search::key, warnings::Warning};

/// What the blind index of the TCKN is keyed by beside the tenant.
const INDEX: &str = "persons.tckn";

/// A TCKN as it stands in the table.
#[derive(Debug)]
pub struct SealedTckn {
    /// Encrypted, bound to the person's row.
    pub cipher: Vec<u8>,
    /// The same for the same number within a tenant.
    pub index: Vec<u8>,
    /// `123******01`.
    pub mask: String,
}

/// Seals a TCKN for the row of this person.
pub fn sealed(app: &App, tenant: TenantId, person: PersonId, tckn: &Tckn) -> SealedTckn {
    SealedTckn {
        cipher: app.cipher().encrypt(tckn.expose().as_bytes(), place(person)),
        index: index_of(app, tenant, tckn),
        mask: tckn.masked().to_string(),
    }
}

/// What a TCKN is found by.
pub(crate) fn index_of(app: &App, tenant: TenantId, tckn: &Tckn) -> Vec<u8> {
    app.blind_index().index(tenant.as_uuid(), INDEX, tckn.expose()).to_vec()
}

/// The TCKN of a person in clear, for a reader who may see it and whose reading is recorded.
pub(super) async fn open(app: &App, db: &mut Db, person: PersonId) -> Result<Option<Text<11, 11>>> {
    let Some(cipher) = store::tckn_cipher(db, person).await? else { return Ok(None) };
    let plain = app.cipher().decrypt(&cipher, place(person)).map_err(shared::Error::internal)?;
    let digits = std::str::from_utf8(&plain).map_err(shared::Error::internal)?;
    Text::parse(digits).map(Some).map_err(shared::Error::internal)
}

/// The TCKNs of many persons in clear, for a reader who may see them and whose reading is recorded.
pub async fn tckns(app: &App, db: &mut Db, persons: &[PersonId]) -> Result<HashMap<PersonId, Text<11, 11>>> {
    let mut clear = HashMap::with_capacity(persons.len());
    for (person, cipher) in store::tckn_ciphers(db, persons).await? {
        let plain = app.cipher().decrypt(&cipher, place(person)).map_err(shared::Error::internal)?;
        let digits = std::str::from_utf8(&plain).map_err(shared::Error::internal)?;
        clear.insert(person, Text::parse(digits).map_err(shared::Error::internal)?);
    }
    Ok(clear)
}

const fn place(person: PersonId) -> Aad {
    Aad::new("persons", person.as_uuid(), "tckn_cipher")
}

/// The person that a new employee is, locked: one with the same TCKN in the company, or a new one.
pub(super) async fn find_or_create(
    work: &mut Work,
    company: CompanyId,
    new: &NewEmployee,
) -> Result<(PersonId, Vec<Warning>)> {
    let index = new.tckn.as_ref().map(|tckn| index_of(work.app(), work.context().tenant(), tckn));
    if let Some(index) = &index
        && let Some(known) = store::lock_person_by_tckn(work, company, index).await?
    {
        return fill_gaps(work, company, known, new).await;
    }
    let id = PersonId::new_at(work.now());
    let sealed = new.tckn.as_ref().map(|tckn| sealed(work.app(), work.context().tenant(), id, tckn));
    let texts = [new.first_name.as_str(), new.last_name.as_str()];
    match store::insert_person(work, id, company, new, sealed).await.map_err(EmployeeError::from) {
        Ok(()) => {
            search::index_new(work, store::WORDS, id.as_uuid(), Some(company), &texts).await?;
            Ok((id, Vec::new()))
        }
        // Somebody added the same person a moment ago.
        Err(EmployeeError::TcknTaken) => {
            let index = index.ok_or(EmployeeError::TcknTaken)?;
            let known = store::lock_person_by_tckn(work, company, &index).await?.ok_or(EmployeeError::TcknTaken)?;
            fill_gaps(work, company, known, new).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives a locked person another TCKN, or none; says whether it is another.
pub(super) async fn change_tckn(work: &mut Work, person: PersonId, tckn: Option<&Tckn>) -> Result<bool> {
    let sealed = tckn.map(|tckn| sealed(work.app(), work.context().tenant(), person, tckn));
    if store::tckn_index(work, person).await? == sealed.as_ref().map(|sealed| sealed.index.clone()) {
        return Ok(false);
    }
    store::set_tckn(work, person, sealed).await.map_err(EmployeeError::from)?;
    Ok(true)
}

/// The person with what was not known of him.
fn filled(known: &Employee, new: &NewEmployee) -> Employee {
    let mut filled = known.clone();
    filled.birth_date = filled.birth_date.or(new.birth_date);
    filled.gender = filled.gender.or(new.gender);
    filled.blood_group = filled.blood_group.or(new.blood_group);
    filled.phone = filled.phone.or_else(|| new.phone.clone());
    filled.email = filled.email.or_else(|| new.email.clone());
    filled
}

/// A person who is known keeps what is known of him; only what was missing is taken over.
pub(crate) async fn fill_gaps(
    work: &mut Work,
    company: CompanyId,
    known: store::KnownPerson,
    new: &NewEmployee,
) -> Result<(PersonId, Vec<Warning>)> {
    let employments = siblings::of(work, company, known.id, None).await?;
    // A live person has a live employment; the first shows him as well as any other.
    if let Some(before) = employments.first() {
        let after = filled(before, new);
        if is_other_person(before, &after) {
            store::update_person(work, &after).await?;
            siblings::follow(work, &employments, &after, false).await?;
        }
    }
    let given = key(&[new.first_name.as_str(), new.last_name.as_str()]);
    let differs = known.search_key != given;
    let warning = differs.then(|| {
        Warning::new(
            "firstName",
            "PERSON_KNOWN_BY_OTHER_NAME",
            &Message::new(
                "Bu T.C. kimlik numarasıyla kayıtlı kişinin adı farklı; kayıtlı ad korundu. Gerekirse çalışanı düzenleyin.",
                "The person with this TR identity number has another name, which was kept. Change the employee if needed.",
            ),
        )
    });
    Ok((known.id, warning.into_iter().collect()))
}
