//! Assignments: which professional serves which workplace, from when to when.

pub mod api;
mod changes;
mod input;
pub mod pages;
pub mod store;

pub use changes::{create, delete, restore, update};
pub use input::{AssignmentFilter, NewAssignment, PatchAssignment};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use shared::{
    Code, Detail, Error,
    auth::{CompanyId, Role, UserId},
    db::violated_key,
    error::Text as Message,
    http::Resource,
    types::Text,
};
use utoipa::ToSchema;

use crate::{employees::Period, minutes::ProfessionalKind, workplaces::WorkplaceId};

shared::id! {
    /// An assignment.
    AssignmentId
}

/// An assignment.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The id.
    pub id: AssignmentId,
    /// The professional.
    pub staff_id: UserId,
    /// The professional's name.
    pub staff_name: Text<1, 255>,
    /// The company of the workplace.
    pub company_id: CompanyId,
    /// The workplace that is served.
    pub workplace_id: WorkplaceId,
    /// The workplace's name.
    pub workplace_title: Text<2, 255>,
    /// As what the professional serves it.
    pub kind: ProfessionalKind,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: Option<NaiveDate>,
    /// The minutes a month that were agreed.
    pub monthly_minutes: Option<u32>,
    /// The version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// When it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Assignment {
    /// The days of the assignment.
    pub fn period(&self) -> Period {
        Period { start: self.starts_on, end: self.ends_on }
    }
}

impl Resource for Assignment {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/assignments/{}", self.id)
    }
}

/// Whether somebody of this role, and of this profession where it is known, can serve as that.
pub fn fits(kind: ProfessionalKind, role: Role, profession: Option<ProfessionalKind>) -> bool {
    match (profession, role) {
        (Some(profession), _) => profession == kind,
        (None, Role::Doctor) => matches!(kind, ProfessionalKind::Physician | ProfessionalKind::OtherHealth),
        (None, Role::Expert) => kind == ProfessionalKind::SafetyExpert,
        (None, Role::Admin | Role::Office | Role::Client) => false,
    }
}

/// Why an assignment cannot be had or changed.
#[derive(Debug)]
pub enum AssignmentError {
    /// There is none, or not for this caller.
    NotFound,
    /// The workplace of the body is not there.
    UnknownWorkplace,
    /// The professional of the body is not there, or is no staff.
    UnknownStaff,
    /// The professional was deactivated.
    InactiveStaff,
    /// The professional is something else.
    KindDoesNotFit,
    /// It ends before it starts.
    EndBeforeStart,
    /// The professional already serves the workplace as that in these days.
    Overlap,
    /// It was changed meanwhile.
    Stale(i64),
    /// It is not deleted.
    NotDeleted,
    /// Its workplace is deleted.
    WorkplaceDeleted,
    /// The database, with what it says.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for AssignmentError {
    fn from(error: sqlx::Error) -> Self {
        match violated_key(&error).as_deref() {
            Some("assignments_user_workplace_live_uk") => Self::Overlap,
            _ => Self::Database(error),
        }
    }
}

impl From<AssignmentError> for Error {
    fn from(error: AssignmentError) -> Self {
        let invalid = |field: &str, name: &'static str, tr, en| {
            Self::new(Code::InvalidState).detail(Detail::new(field, name, Message::new(tr, en)))
        };
        match error {
            AssignmentError::NotFound => Self::not_found(),
            AssignmentError::UnknownWorkplace => Self::not_found_in("workplaceId"),
            AssignmentError::UnknownStaff => Self::not_found_in("staffId"),
            AssignmentError::InactiveStaff => Self::rule(
                "staffId",
                "STAFF_INACTIVE",
                "Bu kullanıcı pasif; önce etkinleştirin ya da başka birini seçin.",
                "This user is not active; reactivate the user or choose somebody else.",
            ),
            AssignmentError::KindDoesNotFit => Self::rule(
                "kind",
                "KIND_DOES_NOT_FIT",
                "Seçilen kişi bu görevi yapamaz: iş güvenliği uzmanı EXPERT, hekim ve diğer sağlık personeli DOCTOR rolündedir.",
                "This person cannot serve as that: a safety expert has the role EXPERT, a physician or other health staff DOCTOR.",
            ),
            AssignmentError::EndBeforeStart => Self::rule(
                "endsOn",
                "END_BEFORE_START",
                "Bitiş tarihi başlangıçtan önce olamaz.",
                "The end date must not be before the start date.",
            ),
            AssignmentError::Overlap => Self::new(Code::Duplicate).detail(Detail::new(
                "startsOn",
                "OVERLAPPING_ASSIGNMENT",
                Message::new(
                    "Bu kişi bu tarihlerde bu işyerine zaten görevlendirilmiş.",
                    "This person is already assigned to the workplace in these days.",
                ),
            )),
            AssignmentError::Stale(current) => Self::version_conflict(current),
            AssignmentError::NotDeleted => {
                invalid("id", "NOT_DELETED", "Kayıt silinmiş değil.", "The record is not deleted.")
            }
            AssignmentError::WorkplaceDeleted => invalid(
                "workplaceId",
                "WORKPLACE_DELETED",
                "Önce işyerini geri getirin.",
                "Restore the workplace first.",
            ),
            AssignmentError::Database(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProfessionalKind::{OtherHealth, Physician, SafetyExpert};

    #[test]
    fn a_professional_serves_only_as_what_he_is() {
        for (role, profession, fitting) in [
            (Role::Expert, None, vec![SafetyExpert]),
            (Role::Doctor, None, vec![Physician, OtherHealth]),
            (Role::Doctor, Some(OtherHealth), vec![OtherHealth]),
            (Role::Doctor, Some(Physician), vec![Physician]),
            (Role::Admin, Some(SafetyExpert), vec![SafetyExpert]),
            (Role::Admin, None, vec![]),
            (Role::Office, None, vec![]),
        ] {
            for kind in ProfessionalKind::ALL {
                assert_eq!(fits(*kind, role, profession), fitting.contains(kind), "{role} {profession:?} as {kind}");
            }
        }
    }
}
