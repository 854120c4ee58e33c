//! The employments of one person: each of them shows the person's data, so each changes with it.

use shared::{
    Result,
    auth::CompanyId,
    db::{Audit, Work},
};

use super::{ENTITY, Employee, EmployeeId, PersonId, announce, store};

/// The live employments of a locked person, but for one.
pub(super) async fn of(
    work: &mut Work,
    company: CompanyId,
    person: PersonId,
    but: Option<EmployeeId>,
) -> Result<Vec<Employee>> {
    Ok(store::of_person(work, company, person, but).await?)
}

/// Gives the employments a new version, because what they show of the person is now what `changed` shows, and
/// tells of each of them. `hidden_tckn`: the TCKN differs, which the masks may hide.
pub(super) async fn follow(work: &mut Work, before: &[Employee], changed: &Employee, hidden_tckn: bool) -> Result<()> {
    let now = work.now();
    for before in before {
        let after = Employee {
            version: before.version + 1,
            updated_at: now,
            tckn: changed.tckn.clone(),
            first_name: changed.first_name.clone(),
            last_name: changed.last_name.clone(),
            birth_date: changed.birth_date,
            gender: changed.gender,
            blood_group: changed.blood_group,
            phone: changed.phone.clone(),
            email: changed.email.clone(),
            ..before.clone()
        };
        store::touch(work, &after).await?;
        work.audit(told(before, &after, hidden_tckn));
        announce(work, "employment.updated", &after);
    }
    Ok(())
}

/// What the trail keeps of a change; that a TCKN differs is kept even where its mask does not show it.
pub(super) fn told(before: &Employee, after: &Employee, hidden_tckn: bool) -> Audit {
    let audit =
        Audit::updated(ENTITY, after.id.as_uuid(), &before.trail(), &after.trail()).of_company(after.company_id);
    if hidden_tckn && before.tckn.is_some() && after.tckn.is_some() {
        return audit.note("tckn", serde_json::json!({"before": "***", "after": "***"}));
    }
    audit
}
