//! One batch of rows in one unit of work: few statements for many rows.

use std::collections::HashMap;

use serde_json::json;
use shared::{
    Detail,
    auth::CompanyId,
    db::{Db, Event, Work, search, violated_key},
    error::Text as Message,
    jobs::run::{Run, Stop},
    types::istanbul,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    Counts, Import,
    check::{Tally, sought},
    columns::Sheet,
    known::{self, Sought},
    plan::{Decision, Known},
    rows::Looked,
    store,
};
use crate::{
    employees::{self, EmployeeId, EmploymentType, NewEmployee, PersonId, persons},
    search::key,
};

/// How a batch ended.
pub(super) enum Outcome {
    /// Its rows are in the register; what all rows up to here have led to.
    Done(Counts),
    /// Somebody has added one of its persons at the same moment: it is to be rolled back and begun again.
    Collided,
}

/// What a batch writes.
#[derive(Default)]
struct Writes {
    persons: Vec<(PersonId, NewEmployee)>,
    /// The place of a person that this batch makes.
    made: HashMap<PersonId, usize>,
    employments: Vec<(EmployeeId, PersonId, NewEmployee)>,
    /// What rows say of persons who were known before.
    gaps: Vec<(PersonId, String, NewEmployee)>,
}

/// Writes the rows of a batch, with their audit rows and one event.
pub(super) async fn apply(
    work: &mut Work,
    run: &Run,
    import: &Import,
    sheet: &Sheet,
    rows: &[Looked],
    before: Counts,
) -> Result<Outcome, Stop> {
    let company = import.company_id;
    let mut tally = Tally::new(sheet);
    tally.counts = before;
    let app = work.app().clone();
    let rows = sought(&app, run, rows, &mut tally);
    store::take_turn(work, company).await?;
    let rows = held(work, company, rows, &mut tally).await?;
    let mut known = Known::default();
    known::load(work, &mut known, company, &rows, true).await?;
    let writes = decide(work, &mut known, rows, &mut tally);
    match insert_persons(work, company, &writes.persons).await {
        Ok(()) => {}
        Err(error) if violated_key(&error).is_some() => return Ok(Outcome::Collided),
        Err(error) => return Err(error.into()),
    }
    // Before the new employments are there: these carry what is known of the person from their first version on.
    for (id, name_key, new) in &writes.gaps {
        let person = persons::store::KnownPerson { id: *id, search_key: name_key.clone() };
        persons::fill_gaps(work, company, person, new).await?;
    }
    insert_employments(work, company, &writes.employments).await?;
    tell(work, import, &writes.employments, tally.counts.rows).await?;
    store::insert_notes(work, import, run.id(), &tally.notes).await?;
    Ok(Outcome::Done(tally.counts))
}

/// The rows whose workplaces are there; they stay so until the end of the batch.
async fn held(
    work: &mut Work,
    company: CompanyId,
    rows: Vec<Sought>,
    tally: &mut Tally<'_>,
) -> Result<Vec<Sought>, Stop> {
    let mut places: Vec<_> = rows.iter().map(|row| row.draft.new.workplace_id).collect();
    places.sort_unstable();
    places.dedup();
    let live = store::hold_places(work, company, places.into_iter()).await?;
    let (there, gone): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| live.contains(&row.draft.new.workplace_id));
    for row in gone {
        let text = Message::new(
            "İşyeri denetimden sonra silinmiş; başka bir işyeri yazın.",
            "The workplace was deleted after the check; name another one.",
        );
        tally.refuse(row.draft.number, &[Detail::new("workplace", "UNKNOWN_WORKPLACE", text)]);
    }
    Ok(there)
}

fn decide(work: &Work, known: &mut Known, rows: Vec<Sought>, tally: &mut Tally<'_>) -> Writes {
    let today = istanbul::today(work.now());
    let mut writes = Writes::default();
    for Sought { draft, index } in rows {
        let decision = known.decide(&draft, index.clone(), today);
        tally.add(draft.number, &decision);
        let person = match decision {
            // Whoever is known in a batch has an id: from the register, or from the row above that made him.
            Decision::Existing | Decision::Wrong(_) | Decision::NewEmployment(None, _) => continue,
            Decision::NewPerson => {
                let id = PersonId::new_at(work.now());
                writes.made.insert(id, writes.persons.len());
                writes.persons.push((id, draft.new.clone()));
                if let Some(person) = index.and_then(|index| known.persons.get_mut(&index)) {
                    person.id = Some(id);
                }
                id
            }
            Decision::NewEmployment(Some(id), _) => {
                match writes.made.get(&id) {
                    // Made by a row above: what that row did not say is taken from this one.
                    Some(place) => complete(&mut writes.persons[*place].1, &draft.new),
                    None => writes.gaps.push((id, draft.name_key(), draft.new.clone())),
                }
                id
            }
        };
        writes.employments.push((EmployeeId::new_at(work.now()), person, draft.new));
    }
    writes
}

/// Takes over what is not said yet of a person.
fn complete(of: &mut NewEmployee, from: &NewEmployee) {
    of.birth_date = of.birth_date.or(from.birth_date);
    of.gender = of.gender.or(from.gender);
    of.blood_group = of.blood_group.or(from.blood_group);
    of.phone = of.phone.take().or_else(|| from.phone.clone());
    of.email = of.email.take().or_else(|| from.email.clone());
}

async fn insert_persons(work: &mut Work, company: CompanyId, all: &[(PersonId, NewEmployee)]) -> sqlx::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let (app, tenant, now) = (work.app().clone(), work.context().tenant(), work.now().naive_utc());
    let mut sql = QueryBuilder::new(
        "INSERT INTO persons (tenant_id, id, company_id, tckn_cipher, tckn_index, tckn_mask, first_name, last_name, \
         birth_date, gender, blood_group, phone, email, search_key, created_at, updated_at) ",
    );
    sql.push_values(all, |mut row, (id, new)| {
        let sealed = new.tckn.as_ref().map(|tckn| persons::sealed(&app, tenant, *id, tckn));
        let (cipher, index, mask) = persons::store::parts(sealed);
        row.push("current_tenant()")
            .push_bind(*id)
            .push_bind(company)
            .push_bind(cipher)
            .push_bind(index)
            .push_bind(mask)
            .push_bind(new.first_name.clone())
            .push_bind(new.last_name.clone())
            .push_bind(new.birth_date)
            .push_bind(new.gender)
            .push_bind(new.blood_group)
            .push_bind(new.phone.clone())
            .push_bind(new.email.clone())
            .push_bind(key(&[new.first_name.as_str(), new.last_name.as_str()]))
            .push_bind(now)
            .push_bind(now);
    });
    sql.build().execute(&mut **work).await?;
    let name = |new: &NewEmployee| format!("{} {}", new.first_name.as_str(), new.last_name.as_str());
    let texts: Vec<(Uuid, String)> = all.iter().map(|(id, new)| (id.as_uuid(), name(new))).collect();
    search::index_all_new(work, persons::store::WORDS, Some(company), &texts).await
}

async fn insert_employments(
    work: &mut Work,
    company: CompanyId,
    all: &[(EmployeeId, PersonId, NewEmployee)],
) -> sqlx::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let now = work.now().naive_utc();
    let mut sql = QueryBuilder::new(
        "INSERT INTO employments (tenant_id, id, company_id, person_id, workplace_id, position, department, start_date, \
         end_date, is_subcontractor, employment_type, created_at, updated_at) ",
    );
    sql.push_values(all, |mut row, (id, person, new)| {
        row.push("current_tenant()")
            .push_bind(*id)
            .push_bind(company)
            .push_bind(*person)
            .push_bind(new.workplace_id)
            .push_bind(new.position.clone())
            .push_bind(new.department.clone())
            .push_bind(new.start_date)
            .push_bind(new.end_date)
            .push_bind(new.is_subcontractor.unwrap_or(false))
            .push_bind(new.employment_type.unwrap_or(EmploymentType::FullTime))
            .push_bind(now)
            .push_bind(now);
    });
    sql.build().execute(&mut **work).await?;
    Ok(())
}

/// An audit row for each employee, as the API writes them, and one event for all; its version is the number of rows
/// that are done.
async fn tell(
    work: &mut Work,
    import: &Import,
    added: &[(EmployeeId, PersonId, NewEmployee)],
    rows: u32,
) -> Result<(), Stop> {
    if added.is_empty() {
        return Ok(());
    }
    let ids: Vec<EmployeeId> = added.iter().map(|(id, ..)| *id).collect();
    let db: &mut Db = work;
    for employee in employees::store::find_many(db, import.company_id, &ids).await? {
        let audit = employees::created(&employee);
        work.audit(audit.note("importId", import.id.to_string()));
    }
    let event = Event::new("employments.imported", import.id.as_uuid(), rows.into()).of_company(import.company_id);
    work.emit(event.with(json!({"employmentIds": ids})));
    work.invalidate(format!("company:{}", import.company_id));
    work.invalidate("dashboard:stats");
    Ok(())
}
