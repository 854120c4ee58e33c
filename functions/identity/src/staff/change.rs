//! Changing staff: roles, names, the profession, who is let in.

use shared::{
    Code, Error, Result,
    auth::{Caller, Role, UserId},
    db::{Action, Audit, Event, Work, search},
    error::Text as Words,
    http::{Patch, input::Field},
    types::{Phone, Text},
};

use super::{CertificateClass, ProfessionalKind, Staff, StaffRole, profession, store};
use crate::record::record;

shared::input! {
    /// What may be changed of staff. The e-mail is its owner's to change.
    pub struct PatchStaff {
        /// The name.
        pub name: Patch<Text<2, 255>>,
        /// The first name.
        pub first_name: Patch<Option<Text<1, 100>>>,
        /// The last name.
        pub last_name: Patch<Option<Text<1, 100>>>,
        /// The telephone number.
        pub phone: Patch<Option<Phone>>,
        /// The title.
        pub title: Patch<Option<Text<1, 100>>>,
        /// The role; a change ends the user's sessions.
        pub role: Patch<StaffRole>,
        /// The kind of professional.
        pub professional_kind: Patch<Option<ProfessionalKind>>,
        /// The class of the certificate.
        pub certificate_class: Patch<Option<CertificateClass>>,
        /// The number of the certificate.
        pub certificate_no: Patch<Option<Text<1, 50>>>,
        /// The day on which the certificate was issued.
        pub certificate_issued_on: Patch<Option<chrono::NaiveDate>>,
        /// The last day of the certificate.
        pub certificate_expires_on: Patch<Option<chrono::NaiveDate>>,
        /// The number of the diploma.
        pub diploma_no: Patch<Option<Text<1, 50>>>,
        /// The number in İSG-KATİP.
        pub katip_id: Patch<Option<Text<1, 50>>>,
        /// Whether employed full time.
        pub full_time: Patch<bool>,
        /// Minutes that can be assigned in a month.
        pub monthly_capacity_min: Patch<u32>,
        /// The province that the professional works from, by its plate code.
        pub home_province_code: Patch<Option<Text<2, 2>>>,
    }
}

/// Puts a text that may be cleared in its place.
pub(crate) fn set_text<const MIN: usize, const MAX: usize>(
    patch: Patch<Option<Text<MIN, MAX>>>,
    to: &mut Option<String>,
) where
    Text<MIN, MAX>: Field,
{
    if let Patch::Set(text) = patch {
        *to = text.map(Text::into_string);
    }
}

fn apply(patch: PatchStaff, staff: &mut Staff) {
    if let Patch::Set(name) = patch.name {
        staff.name = name.into_string();
    }
    set_text(patch.first_name, &mut staff.first_name);
    set_text(patch.last_name, &mut staff.last_name);
    set_text(patch.title, &mut staff.title);
    patch.phone.apply(&mut staff.phone);
    if let Patch::Set(role) = patch.role {
        staff.role = role.into();
    }
    let profession = &mut staff.profession;
    patch.professional_kind.apply(&mut profession.professional_kind);
    patch.certificate_class.apply(&mut profession.certificate_class);
    patch.certificate_no.apply(&mut profession.certificate_no);
    patch.certificate_issued_on.apply(&mut profession.certificate_issued_on);
    patch.certificate_expires_on.apply(&mut profession.certificate_expires_on);
    patch.diploma_no.apply(&mut profession.diploma_no);
    patch.katip_id.apply(&mut profession.katip_id);
    patch.full_time.apply(&mut profession.full_time);
    patch.monthly_capacity_min.apply(&mut profession.monthly_capacity_min);
    patch.home_province_code.apply(&mut profession.home_province_code);
}

/// Whether this leaves the tenant without an active administrator.
fn is_last_admin(admins: &[UserId], id: UserId) -> bool {
    admins == [id]
}

fn last_admin(field: &'static str) -> Error {
    Error::rule(
        field,
        "LAST_ADMIN",
        "Kuruluşun son etkin yöneticisi bu; önce başka birini yönetici yapın.",
        "This is the organisation's last active administrator; make somebody else one first.",
    )
}

/// The rules of a change of role.
fn judge_role(caller: UserId, before: &Staff, role: Role, admins: &[UserId]) -> Result<()> {
    if role == before.role {
        return Ok(());
    }
    if caller == before.id {
        return Err(Error::rule(
            "role",
            "OWN_ROLE",
            "Kimse kendi rolünü değiştiremez; başka bir yöneticiden isteyin.",
            "Nobody can change their own role; ask another administrator.",
        ));
    }
    if is_last_admin(admins, before.id) { Err(last_admin("role")) } else { Ok(()) }
}

/// Changes staff.
pub(super) async fn update(
    work: &mut Work,
    caller: &Caller,
    id: UserId,
    version: i64,
    patch: PatchStaff,
) -> Result<Staff> {
    let admins = if patch.role.as_set().is_some() { store::lock_active_admins(work).await? } else { Vec::new() };
    let before = held(work, id).await?;
    if before.version != version {
        return Err(Error::version_conflict(before.version));
    }
    let mut after = before.clone();
    apply(patch, &mut after);
    judge_role(caller.user, &before, after.role, &admins)?;
    if Audit::is_same(&before, &after) {
        work.leave_as_is();
        return Ok(before);
    }
    if after.profession != before.profession {
        profession::check(work, &after.profession).await?;
        profession::save(work, id, &after.profession).await?;
    }
    let role_changed = after.role != before.role;
    store::update(work, &after, role_changed).await?;
    search::index(work, "USER", id.as_uuid(), None, &[&after.name, after.email.as_str()]).await?;
    let after = store::find(work, id).await?.ok_or_else(Error::not_found)?;
    let audit = Audit::updated("user", id.as_uuid(), &before, &after);
    let (audit, topic) =
        if role_changed { (audit.action(Action::RoleChange), "user.role-changed") } else { (audit, "user.updated") };
    record(work, None, audit, Event::new(topic, id.as_uuid(), after.version));
    work.invalidate(format!("user:{id}"));
    Ok(after)
}

async fn held(work: &mut Work, id: UserId) -> Result<Staff> {
    store::lock(work, id).await?;
    store::find(work, id).await?.ok_or_else(Error::not_found)
}

/// Says that a user is let in or out already.
pub(crate) fn no_change(active: bool) -> Error {
    Error::new(Code::InvalidState).text(if active {
        Words::new("Kullanıcı zaten etkin.", "The user is active already.")
    } else {
        Words::new("Kullanıcı zaten devre dışı.", "The user is deactivated already.")
    })
}

shared::input! {
    /// Why somebody is let out.
    pub struct Deactivation {
        /// The reason, for the audit trail.
        pub reason: Option<Text<2, 500>>,
        /// The version that was seen; `If-Match` counts as much. One that is old is refused.
        pub version: Option<i64>,
    }
}

impl Deactivation {
    /// No reason, and whichever version.
    pub(crate) const UNSAID: Self = Self { reason: None, version: None };

    /// Refuses a user who was changed since.
    pub(crate) fn expects(&self, current: i64) -> Result<()> {
        if self.version.is_some_and(|seen| seen != current) { Err(Error::version_conflict(current)) } else { Ok(()) }
    }

    /// The audit row with the reason, if one was given.
    pub(crate) fn noted(self, audit: Audit) -> Audit {
        match self.reason {
            Some(reason) => audit.note("reason", reason.as_str()),
            None => audit,
        }
    }
}

/// Lets a user out. "Deleting" is letting out, and everything the user did keeps its name.
pub(super) async fn deactivate(work: &mut Work, id: UserId, input: Deactivation) -> Result<Staff> {
    let admins = store::lock_active_admins(work).await?;
    if is_last_admin(&admins, id) {
        return Err(last_admin("id"));
    }
    set_active(work, id, false, input).await
}

/// Lets a user in again.
pub(super) async fn reactivate(work: &mut Work, id: UserId) -> Result<Staff> {
    set_active(work, id, true, Deactivation::UNSAID).await
}

async fn set_active(work: &mut Work, id: UserId, active: bool, input: Deactivation) -> Result<Staff> {
    let before = held(work, id).await?;
    input.expects(before.version)?;
    if before.is_active == active {
        return Err(no_change(active));
    }
    let now = work.now();
    store::set_active(work, id, (!active).then_some(now)).await?;
    let after = store::find(work, id).await?.ok_or_else(Error::not_found)?;
    let topic = if active { "user.reactivated" } else { "user.deactivated" };
    let audit = input.noted(Audit::updated("user", id.as_uuid(), &before, &after));
    record(work, None, audit, Event::new(topic, id.as_uuid(), after.version));
    work.invalidate(format!("user:{id}"));
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> UserId {
        UserId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn only_the_very_last_admin_is_protected() {
        assert!(is_last_admin(&[id(1)], id(1)));
        assert!(!is_last_admin(&[id(1), id(2)], id(1)));
        assert!(!is_last_admin(&[id(2)], id(1)));
        assert!(!is_last_admin(&[], id(1)));
    }
}
