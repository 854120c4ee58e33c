//! What may be sent about an assignment.

use chrono::NaiveDate;
use shared::{
    auth::{CompanyId, UserId},
    http::Patch,
};

use crate::{minutes::ProfessionalKind, workplaces::WorkplaceId};

shared::input! {
    /// A new assignment.
    pub struct NewAssignment {
        /// The professional: a staff user.
        pub staff_id: UserId,
        /// The workplace that is served.
        pub workplace_id: WorkplaceId,
        /// As what the professional serves it.
        pub kind: ProfessionalKind,
        /// The first day.
        pub starts_on: NaiveDate,
        /// The last day, if it is agreed.
        pub ends_on: Option<NaiveDate>,
        /// The minutes a month that were agreed.
        pub monthly_minutes: Option<u32>,
    }
}

shared::input! {
    /// Changes to an assignment; who serves which workplace stays.
    pub struct PatchAssignment {
        /// As what the professional serves it.
        pub kind: Patch<ProfessionalKind>,
        /// The first day.
        pub starts_on: Patch<NaiveDate>,
        /// The last day; null opens it again.
        pub ends_on: Patch<Option<NaiveDate>>,
        /// The minutes a month that were agreed.
        pub monthly_minutes: Patch<Option<u32>>,
    }
}

shared::input! {
    /// Which assignments are wanted.
    pub struct AssignmentFilter {
        /// The professional.
        pub staff_id: Option<UserId>,
        /// The workplace.
        pub workplace_id: Option<WorkplaceId>,
        /// The company.
        pub company_id: Option<CompanyId>,
        /// As what the professional serves.
        pub kind: Option<ProfessionalKind>,
        /// Whether it holds today.
        pub is_active: Option<bool>,
    }
}

impl AssignmentFilter {
    /// All assignments to a workplace.
    pub fn of_workplace(workplace: WorkplaceId) -> Self {
        Self { staff_id: None, workplace_id: Some(workplace), company_id: None, kind: None, is_active: None }
    }
}
