//! What is done to assignments, and the rules of doing it.
//!
//! Whoever changes one locks the professional's user first, so that two assignments of one person are
//! never written at the same time.

use shared::{
    Result,
    auth::UserId,
    db::{Action, Audit, Event, Work},
};

use super::{Assignment, AssignmentError, AssignmentId, NewAssignment, PatchAssignment, fits, store};
use crate::{employees::Period, minutes::ProfessionalKind, workplaces};

/// The table in the audit trail's words.
const ENTITY: &str = "assignment";

/// Assigns a professional to a workplace.
pub async fn create(work: &mut Work, new: NewAssignment) -> Result<Assignment> {
    check_staff(work, new.staff_id, new.kind).await?;
    let company = workplaces::store::hold(work, new.workplace_id).await?.ok_or(AssignmentError::UnknownWorkplace)?;
    let id = AssignmentId::new_at(work.now());
    let others = store::Others { staff: new.staff_id, workplace: new.workplace_id, kind: new.kind, but: id };
    check_days(work, others, Period { start: new.starts_on, end: new.ends_on }).await?;
    store::insert(work, id, company, &new).await.map_err(AssignmentError::from)?;
    let assignment = store::find_any(work, id).await?.ok_or(AssignmentError::NotFound)?;
    work.audit(Audit::created(ENTITY, id.as_uuid(), &assignment).of_company(company));
    announce(work, "assignment.created", &assignment);
    Ok(assignment)
}

/// Changes an assignment's kind, days or minutes.
pub async fn update(work: &mut Work, id: AssignmentId, version: i64, patch: PatchAssignment) -> Result<Assignment> {
    let before = lock(work, id, version).await?;
    let mut after = before.clone();
    patch.kind.apply(&mut after.kind);
    patch.starts_on.apply(&mut after.starts_on);
    patch.ends_on.apply(&mut after.ends_on);
    patch.monthly_minutes.apply(&mut after.monthly_minutes);
    if Audit::is_same(&before, &after) {
        work.leave_as_is();
        return Ok(before);
    }
    // Who was deactivated since may still have his assignment ended.
    if after.kind != before.kind {
        check_staff(work, after.staff_id, after.kind).await?;
    }
    check_days(work, others(&after), after.period()).await?;
    after.version += 1;
    after.updated_at = work.now();
    store::update(work, &after).await.map_err(AssignmentError::from)?;
    work.audit(Audit::updated(ENTITY, id.as_uuid(), &before, &after).of_company(after.company_id));
    announce(work, "assignment.updated", &after);
    Ok(after)
}

/// Deletes an assignment that should never have been; to end one, set its last day.
pub async fn delete(work: &mut Work, id: AssignmentId, version: i64) -> Result<()> {
    let assignment = lock(work, id, version).await?;
    let now = work.now();
    store::set_deleted(work, id, Some(now), now).await.map_err(AssignmentError::from)?;
    work.audit(Audit::new(Action::Delete, ENTITY, id.as_uuid()).of_company(assignment.company_id));
    announce(work, "assignment.deleted", &Assignment { version: assignment.version + 1, ..assignment });
    Ok(())
}

/// Brings a deleted assignment to a live workplace back.
pub async fn restore(work: &mut Work, id: AssignmentId, version: Option<i64>) -> Result<Assignment> {
    let deleted = locked(work, id).await?;
    if deleted.deleted_at.is_none() {
        return Err(AssignmentError::NotDeleted.into());
    }
    if version.is_some_and(|version| version != deleted.version) {
        return Err(AssignmentError::Stale(deleted.version).into());
    }
    if workplaces::store::hold(work, deleted.workplace_id).await?.is_none() {
        return Err(AssignmentError::WorkplaceDeleted.into());
    }
    check_days(work, others(&deleted), deleted.period()).await?;
    let now = work.now();
    store::set_deleted(work, id, None, now).await.map_err(AssignmentError::from)?;
    let assignment = Assignment { deleted_at: None, version: deleted.version + 1, updated_at: now, ..deleted };
    work.audit(Audit::new(Action::Restore, ENTITY, id.as_uuid()).of_company(assignment.company_id));
    announce(work, "assignment.restored", &assignment);
    Ok(assignment)
}

async fn check_staff(work: &mut Work, staff: UserId, kind: ProfessionalKind) -> Result<(), AssignmentError> {
    let staff = store::lock_staff(work, staff).await?.ok_or(AssignmentError::UnknownStaff)?;
    if !staff.is_active {
        return Err(AssignmentError::InactiveStaff);
    }
    if fits(kind, staff.role, staff.profession) { Ok(()) } else { Err(AssignmentError::KindDoesNotFit) }
}

async fn check_days(work: &mut Work, others: store::Others, period: Period) -> Result<(), AssignmentError> {
    if period.end.is_some_and(|end| end < period.start) {
        return Err(AssignmentError::EndBeforeStart);
    }
    let taken = store::periods(work, others).await?.into_iter().any(|other| other.overlaps(period));
    if taken { Err(AssignmentError::Overlap) } else { Ok(()) }
}

fn others(assignment: &Assignment) -> store::Others {
    store::Others {
        staff: assignment.staff_id,
        workplace: assignment.workplace_id,
        kind: assignment.kind,
        but: assignment.id,
    }
}

/// The assignment, deleted or not, with its professional locked.
async fn locked(work: &mut Work, id: AssignmentId) -> Result<Assignment, AssignmentError> {
    let staff = store::find_any(work, id).await?.ok_or(AssignmentError::NotFound)?.staff_id;
    store::lock_staff(work, staff).await?;
    store::find_any(work, id).await?.ok_or(AssignmentError::NotFound)
}

async fn lock(work: &mut Work, id: AssignmentId, version: i64) -> Result<Assignment, AssignmentError> {
    let found = Some(locked(work, id).await?).filter(|assignment| assignment.deleted_at.is_none());
    let assignment = found.ok_or(AssignmentError::NotFound)?;
    if assignment.version == version { Ok(assignment) } else { Err(AssignmentError::Stale(assignment.version)) }
}

fn announce(work: &mut Work, topic: &'static str, assignment: &Assignment) {
    let event = Event::new(topic, assignment.id.as_uuid(), assignment.version).of_company(assignment.company_id);
    work.emit(event);
    work.invalidate(format!("company:{}", assignment.company_id));
    // What the professional sees changes with it.
    work.invalidate(format!("user:{}", assignment.staff_id));
    work.invalidate("dashboard:stats");
}
