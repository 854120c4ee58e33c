//! What is done to employees, and the rules of doing it.
//!
//! Whoever changes an employment locks its person first: so two employments of one person are never
//! written at the same time, and "no two at one workplace on one day" can be decided by looking.

use chrono::NaiveDate;
use serde_json::json;
use shared::{
    App, Code, Error, Result,
    auth::Role,
    db::{Action, Audit, Event, Work, search},
    types::istanbul,
};

use super::{
    Employee, EmployeeError, EmployeeId, EmployeeView, NewEmployee, PatchEmployee, PersonId, Termination, persons,
    rules, siblings, store,
};
use crate::{
    reach::Reach,
    workplaces::{self, WorkplaceId},
};

/// The API's resource in the audit trail's words.
pub(super) const ENTITY: &str = "employee";

/// Adds an employment of a person, who is found by the TCKN or made.
pub async fn create(work: &mut Work, new: NewEmployee, role: Role) -> Result<EmployeeView> {
    let period = rules::Period { start: new.start_date, end: new.end_date };
    rules::check(period, new.birth_date, today(work))?;
    let special = [new.is_disabled, new.is_pregnant, new.is_night_shift, new.is_young_worker];
    let in_group = special.iter().any(Option::is_some);
    let company = workplaces::store::hold(work, new.workplace_id).await?.ok_or(EmployeeError::UnknownWorkplace)?;
    if in_group && !role.is_staff() {
        return Err(EmployeeError::StaffOnly.into());
    }
    let (person, warnings) = persons::find_or_create(work, company, &new).await?;
    let id = EmployeeId::new_at(work.now());
    check_overlap(work, person, new.workplace_id, id, period).await?;
    store::insert(work, id, company, person, &new).await.map_err(EmployeeError::from)?;
    let mut employee = store::find_any(work, id).await?.ok_or(EmployeeError::NotFound)?;
    // A known person may have brought his birth date along.
    rules::check(period, employee.birth_date, today(work))?;
    let mut audit = created(&employee);
    if in_group {
        [employee.is_disabled, employee.is_pregnant, employee.is_night_shift, employee.is_young_worker] =
            special.map(|flag| Some(flag.unwrap_or(false)));
        store::set_special_group(work, &employee).await?;
        audit = audit.note("specialGroup", "***");
    }
    work.audit(audit);
    announce(work, "employment.created", &employee);
    Ok(employee.shown(role, today(work), warnings))
}

/// What the trail keeps of a new employment.
pub(crate) fn created(employee: &Employee) -> Audit {
    Audit::created(ENTITY, employee.id.as_uuid(), &employee.trail()).of_company(employee.company_id)
}

/// Changes an employment and the person behind it.
pub async fn update(
    work: &mut Work,
    id: EmployeeId,
    version: i64,
    patch: PatchEmployee,
    role: Role,
) -> Result<EmployeeView> {
    let before = lock(work, id, Some(version)).await?;
    let tckn = patch.tckn.clone();
    let mut after = before.clone();
    let in_group = apply(patch, &mut after);
    if in_group && !role.is_staff() {
        return Err(EmployeeError::StaffOnly.into());
    }
    if after.end_date.is_none() {
        after.end_reason = None;
    }
    rules::check(after.period(), after.birth_date, today(work))?;
    if after.workplace_id != before.workplace_id {
        let company = workplaces::store::hold(work, after.workplace_id).await?;
        if company != Some(before.company_id) {
            return Err(EmployeeError::UnknownWorkplace.into());
        }
    }
    if after.workplace_id != before.workplace_id || after.period() != before.period() {
        check_overlap(work, before.person_id, after.workplace_id, id, after.period()).await?;
    }
    let person_changed = is_other_person(&before, &after);
    let shown_elsewhere = person_changed || tckn.as_set().is_some();
    let others = if shown_elsewhere {
        siblings::of(work, before.company_id, before.person_id, Some(id)).await?
    } else {
        Vec::new()
    };
    let tckn_changed = match tckn.as_set() {
        Some(tckn) => persons::change_tckn(work, before.person_id, tckn.as_ref()).await?,
        None => false,
    };
    if !tckn_changed && Audit::is_same(&before, &after) {
        work.leave_as_is();
        return Ok(before.shown(role, today(work), Vec::new()));
    }
    after.version += 1;
    after.updated_at = work.now();
    store::update(work, &after).await?;
    if person_changed {
        persons::store::update_person(work, &after).await?;
        if before.search_texts() != after.search_texts() {
            let company = Some(after.company_id);
            search::index(work, persons::store::WORDS, after.person_id.as_uuid(), company, &after.search_texts())
                .await?;
        }
    }
    if in_group {
        store::set_special_group(work, &after).await?;
    }
    let after = store::find(work, Reach::All, id).await?.ok_or(EmployeeError::NotFound)?;
    if person_changed || tckn_changed {
        siblings::follow(work, &others, &after, tckn_changed).await?;
    }
    let mut audit = siblings::told(&before, &after, tckn_changed);
    if before.special_group() != after.special_group() {
        audit = audit.note("specialGroup", "***");
    }
    work.audit(audit);
    announce(work, "employment.updated", &after);
    Ok(after.shown(role, today(work), Vec::new()))
}

/// Ends an employment; its records stay.
pub async fn terminate(work: &mut Work, id: EmployeeId, end: Termination, role: Role) -> Result<EmployeeView> {
    let before = lock(work, id, end.version).await?;
    let today = today(work);
    if before.end_date.is_some_and(|ended| ended < today) {
        return Err(EmployeeError::Ended.into());
    }
    let after = Employee {
        end_date: Some(end.end_date),
        end_reason: Some(end.reason),
        version: before.version + 1,
        updated_at: work.now(),
        ..before.clone()
    };
    rules::check(after.period(), None, today)?;
    check_overlap(work, before.person_id, before.workplace_id, id, after.period()).await?;
    store::update(work, &after).await?;
    work.audit(Audit::updated(ENTITY, id.as_uuid(), &before.trail(), &after.trail()).of_company(after.company_id));
    announce(work, "employment.terminated", &after);
    Ok(after.shown(role, today, Vec::new()))
}

/// Deletes an employment, softly; with the last one the person goes too, so that the TCKN is free again.
pub async fn delete(work: &mut Work, id: EmployeeId, version: i64) -> Result<()> {
    let employee = lock(work, id, Some(version)).await?;
    let now = work.now();
    store::set_deleted(work, id, Some(now), now).await?;
    if !store::is_employed(work, employee.person_id).await? {
        persons::store::set_person_deleted(work, employee.person_id, Some(now), now).await?;
    }
    work.audit(Audit::new(Action::Delete, ENTITY, id.as_uuid()).of_company(employee.company_id));
    announce(work, "employment.deleted", &Employee { version: employee.version + 1, ..employee });
    Ok(())
}

/// Brings a deleted employment back, and the person with it.
pub async fn restore(work: &mut Work, id: EmployeeId, version: Option<i64>, role: Role) -> Result<EmployeeView> {
    let (person, person_deleted) = persons::store::lock_person_of(work, id).await?.ok_or(EmployeeError::NotFound)?;
    let deleted = store::find_any(work, id).await?.ok_or(EmployeeError::NotFound)?;
    if deleted.deleted_at.is_none() {
        return Err(EmployeeError::NotDeleted.into());
    }
    if version.is_some_and(|version| version != deleted.version) {
        return Err(EmployeeError::Stale(deleted.version).into());
    }
    if workplaces::store::hold(work, deleted.workplace_id).await?.is_none() {
        return Err(EmployeeError::WorkplaceDeleted.into());
    }
    check_overlap(work, person, deleted.workplace_id, id, deleted.period()).await?;
    let now = work.now();
    if person_deleted {
        persons::store::set_person_deleted(work, person, None, now).await.map_err(EmployeeError::from)?;
    }
    store::set_deleted(work, id, None, now).await?;
    let employee = store::find(work, Reach::All, id).await?.ok_or(EmployeeError::NotFound)?;
    work.audit(Audit::new(Action::Restore, ENTITY, id.as_uuid()).of_company(employee.company_id));
    announce(work, "employment.restored", &employee);
    Ok(employee.shown(role, today(work), Vec::new()))
}

/// Shows an employee with the whole TCKN, and records who saw it.
pub async fn reveal(work: &mut Work, reach: Reach, role: Role, id: EmployeeId) -> Result<EmployeeView> {
    if !rules::may_reveal(role) {
        return Err(Error::new(Code::Forbidden));
    }
    let mut employee = store::find(work, reach, id).await?.ok_or(EmployeeError::NotFound)?;
    let app: App = work.app().clone();
    employee.tckn = persons::open(&app, work, employee.person_id).await?;
    let audit = Audit::new(Action::ViewSensitive, ENTITY, id.as_uuid()).of_company(employee.company_id);
    work.audit(audit.note("fields", json!(["tckn"])));
    Ok(employee.shown(role, today(work), Vec::new()))
}

/// Puts the changes into the employee; says whether a special group is among them.
fn apply(patch: PatchEmployee, to: &mut Employee) -> bool {
    patch.workplace_id.apply(&mut to.workplace_id);
    patch.first_name.apply(&mut to.first_name);
    patch.last_name.apply(&mut to.last_name);
    patch.gender.apply(&mut to.gender);
    patch.birth_date.apply(&mut to.birth_date);
    patch.blood_group.apply(&mut to.blood_group);
    patch.phone.apply(&mut to.phone);
    patch.email.apply(&mut to.email);
    patch.position.apply(&mut to.position);
    patch.department.apply(&mut to.department);
    patch.start_date.apply(&mut to.start_date);
    patch.end_date.apply(&mut to.end_date);
    patch.is_subcontractor.apply(&mut to.is_subcontractor);
    patch.employment_type.apply(&mut to.employment_type);
    let flags = [
        (patch.is_disabled, &mut to.is_disabled),
        (patch.is_pregnant, &mut to.is_pregnant),
        (patch.is_night_shift, &mut to.is_night_shift),
        (patch.is_young_worker, &mut to.is_young_worker),
    ];
    let mut any = false;
    for (flag, place) in flags {
        if let Some(flag) = flag.as_set() {
            *place = Some(*flag);
            any = true;
        }
    }
    any
}

/// Whether what belongs to the person differs.
pub(super) fn is_other_person(before: &Employee, after: &Employee) -> bool {
    let of = |e: &Employee| (e.birth_date, e.gender, e.blood_group, e.phone.clone(), e.email.clone());
    before.search_texts() != after.search_texts() || of(before) != of(after)
}

async fn check_overlap(
    work: &mut Work,
    person: PersonId,
    workplace: WorkplaceId,
    but: EmployeeId,
    period: rules::Period,
) -> Result<(), EmployeeError> {
    let others = store::periods_at(work, person, workplace, but).await?;
    if others.into_iter().any(|other| other.overlaps(period)) { Err(EmployeeError::Overlap) } else { Ok(()) }
}

/// Locks the person of a live employment and checks that the caller saw its present version.
async fn lock(work: &mut Work, id: EmployeeId, version: Option<i64>) -> Result<Employee, EmployeeError> {
    persons::store::lock_person_of(work, id).await?.ok_or(EmployeeError::NotFound)?;
    let employee = store::find(work, Reach::All, id).await?.ok_or(EmployeeError::NotFound)?;
    match version {
        Some(version) if version != employee.version => Err(EmployeeError::Stale(employee.version)),
        _ => Ok(employee),
    }
}

fn today(work: &Work) -> NaiveDate {
    istanbul::today(work.now())
}

/// Tells of a change of an employment.
pub(super) fn announce(work: &mut Work, topic: &'static str, employee: &Employee) {
    let event = Event::new(topic, employee.id.as_uuid(), employee.version).of_company(employee.company_id);
    work.emit(event.with(json!({"personId": employee.person_id, "workplaceId": employee.workplace_id})));
    work.invalidate(format!("company:{}", employee.company_id));
    work.invalidate("dashboard:stats");
}
