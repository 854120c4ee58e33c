//! What is done to workplaces, and the rules of doing it.

use serde_json::json;
use shared::{
    Result,
    db::{Action, Audit, Event, Work, search},
};

use super::{DangerClassOverride, NewWorkplace, PatchWorkplace, Workplace, WorkplaceError, WorkplaceId, store};
use crate::{
    companies,
    danger::{self, DangerClass},
    warnings::Warning,
};

/// The table in the audit trail's words.
const ENTITY: &str = "workplace";

/// Adds a workplace to a live company; says what should be looked at.
pub async fn create(work: &mut Work, new: NewWorkplace) -> Result<(Workplace, Option<Warning>)> {
    let mut workplace = draft(work, new);
    workplace.check()?;
    if !companies::store::hold(work, workplace.company_id).await? {
        return Err(WorkplaceError::UnknownCompany.into());
    }
    let warning = derive_class(work, &mut workplace).await?;
    store::insert(work, &workplace).await.map_err(WorkplaceError::from)?;
    let (id, company) = (workplace.id.as_uuid(), Some(workplace.company_id));
    search::index_new(work, store::WORDS, id, company, &workplace.search_texts()).await?;
    work.audit(Audit::created(ENTITY, workplace.id.as_uuid(), &workplace).of_company(workplace.company_id));
    announce(work, "workplace.created", None, &workplace);
    Ok((workplace, warning))
}

/// Changes a workplace's fields; says what should be looked at.
pub async fn update(
    work: &mut Work,
    id: WorkplaceId,
    version: i64,
    patch: PatchWorkplace,
) -> Result<(Workplace, Option<Warning>)> {
    let before = lock(work, id, Some(version)).await?;
    let activity_changes = patch.nace_code.as_set().is_some_and(|code| *code != before.nace_code);
    let mut after = before.clone();
    patch.apply(&mut after);
    after.check()?;
    // A code that left the list stays with whom it was given; only a new one is looked up.
    let warning = if activity_changes { derive_class(work, &mut after).await? } else { None };
    if Audit::is_same(&before, &after) {
        work.leave_as_is();
        return Ok((before, warning));
    }
    save(work, &before, &mut after).await?;
    if before.search_texts() != after.search_texts() {
        write_words(work, &after).await?;
    }
    work.audit(Audit::updated(ENTITY, id.as_uuid(), &before, &after).of_company(after.company_id));
    announce(work, "workplace.updated", Some(&before), &after);
    Ok((after, warning))
}

/// Decides the danger class otherwise than the activity says, or goes back to it.
pub async fn override_class(work: &mut Work, id: WorkplaceId, change: DangerClassOverride) -> Result<Workplace> {
    let before = lock(work, id, change.version).await?;
    let mut after = before.clone();
    after.danger_class_override = change.danger_class;
    let decided = change.danger_class.is_some();
    after.danger_class_override_reason = decided.then(|| change.reason.clone());
    after.danger_class_override_by = work.actor().user.filter(|_| decided);
    after.danger_class_override_at = decided.then(|| work.now());
    save(work, &before, &mut after).await?;
    let audit = Audit::updated(ENTITY, id.as_uuid(), &before, &after).of_company(after.company_id);
    work.audit(audit.note("reason", change.reason.as_str()));
    announce(work, "workplace.updated", Some(&before), &after);
    Ok(after)
}

/// Deletes a workplace, softly, when nobody works there or serves it any more.
pub async fn delete(work: &mut Work, id: WorkplaceId, version: i64) -> Result<()> {
    let workplace = lock(work, id, Some(version)).await?;
    let (employees, assignments) = store::dependents(work, id).await?;
    if employees + assignments > 0 {
        return Err(WorkplaceError::InUse { employees, assignments }.into());
    }
    let now = work.now();
    store::set_deleted(work, id, Some(now), now).await.map_err(WorkplaceError::from)?;
    work.audit(Audit::new(Action::Delete, ENTITY, id.as_uuid()).of_company(workplace.company_id));
    announce(work, "workplace.deleted", None, &Workplace { version: workplace.version + 1, ..workplace });
    Ok(())
}

/// Brings a deleted workplace of a live company back.
pub async fn restore(work: &mut Work, id: WorkplaceId, version: Option<i64>) -> Result<Workplace> {
    let deleted = store::lock_any(work, id).await?.ok_or(WorkplaceError::NotFound)?;
    if deleted.deleted_at.is_none() {
        return Err(WorkplaceError::NotDeleted.into());
    }
    if version.is_some_and(|version| version != deleted.version) {
        return Err(WorkplaceError::Stale(deleted.version).into());
    }
    if !companies::store::hold(work, deleted.company_id).await? {
        return Err(WorkplaceError::CompanyDeleted.into());
    }
    let now = work.now();
    store::set_deleted(work, id, None, now).await.map_err(WorkplaceError::from)?;
    let workplace = Workplace { deleted_at: None, version: deleted.version + 1, updated_at: now, ..deleted };
    work.audit(Audit::new(Action::Restore, ENTITY, id.as_uuid()).of_company(workplace.company_id));
    announce(work, "workplace.restored", None, &workplace);
    Ok(workplace)
}

fn draft(work: &Work, new: NewWorkplace) -> Workplace {
    Workplace {
        id: WorkplaceId::new_at(work.now()),
        company_id: new.company_id,
        title: new.title,
        sgk_no: new.sgk_no,
        nace_code: new.nace_code,
        danger_class: DangerClass::LessDangerous,
        derived_danger_class: DangerClass::LessDangerous,
        danger_class_override: None,
        danger_class_override_reason: None,
        danger_class_override_by: None,
        danger_class_override_at: None,
        province_code: new.province_code,
        district_code: new.district_code,
        address: new.address,
        employer_representative: new.employer_representative,
        latitude: new.latitude,
        longitude: new.longitude,
        shift_info: new.shift_info,
        opened_at: new.opened_at,
        closed_at: new.closed_at,
        is_active: new.is_active.unwrap_or(true),
        version: 1,
        created_at: work.now(),
        updated_at: work.now(),
        deleted_at: None,
    }
}

/// The activity decides the class; without one a workplace counts as less dangerous.
async fn derive_class(work: &mut Work, workplace: &mut Workplace) -> Result<Option<Warning>> {
    let (class, warning) = match &workplace.nace_code {
        Some(code) => danger::of_nace(work, code).await?,
        None => (DangerClass::LessDangerous, None),
    };
    workplace.derived_danger_class = class;
    workplace.danger_class = workplace.effective_class();
    Ok(warning)
}

async fn save(work: &mut Work, before: &Workplace, after: &mut Workplace) -> Result<(), WorkplaceError> {
    after.danger_class = after.effective_class();
    after.version = before.version + 1;
    after.updated_at = work.now();
    Ok(store::update(work, after).await?)
}

/// Locks a live workplace and checks that the caller saw its present version.
async fn lock(work: &mut Work, id: WorkplaceId, version: Option<i64>) -> Result<Workplace, WorkplaceError> {
    let found = store::lock_any(work, id).await?.filter(|workplace| workplace.deleted_at.is_none());
    let workplace = found.ok_or(WorkplaceError::NotFound)?;
    match version {
        Some(version) if version != workplace.version => Err(WorkplaceError::Stale(workplace.version)),
        _ => Ok(workplace),
    }
}

async fn write_words(work: &mut Work, workplace: &Workplace) -> Result<()> {
    let (id, company) = (workplace.id.as_uuid(), Some(workplace.company_id));
    Ok(search::index(work, store::WORDS, id, company, &workplace.search_texts()).await?)
}

/// The event names a change of class, because deadlines depend on it.
fn announce(work: &mut Work, topic: &'static str, before: Option<&Workplace>, after: &Workplace) {
    let mut event = Event::new(topic, after.id.as_uuid(), after.version).of_company(after.company_id);
    if let Some(from) = before.map(|before| before.danger_class).filter(|from| *from != after.danger_class) {
        event = event.with(json!({"dangerClass": {"from": from, "to": after.danger_class}}));
    }
    work.emit(event);
    work.invalidate(format!("company:{}", after.company_id));
    work.invalidate("dashboard:stats");
}
