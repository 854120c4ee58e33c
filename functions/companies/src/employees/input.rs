//! What may be sent about an employee.

use chrono::NaiveDate;
use shared::{
    auth::CompanyId,
    http::Patch,
    types::{Email, Phone, Tckn, Text},
};

use super::{BloodGroup, EmploymentType, Gender};
use crate::workplaces::WorkplaceId;

shared::input! {
    /// A new employee: a person, found again by the TCKN within the company, and an employment.
    pub struct NewEmployee {
        /// Where the person works.
        pub workplace_id: WorkplaceId,
        /// T.C. kimlik no.
        pub tckn: Option<Tckn>,
        /// First name.
        pub first_name: Text<2, 100>,
        /// Last name.
        pub last_name: Text<2, 100>,
        /// Gender.
        pub gender: Option<Gender>,
        /// Date of birth; at least 15 years before the start.
        pub birth_date: Option<NaiveDate>,
        /// Blood group.
        pub blood_group: Option<BloodGroup>,
        /// The telephone.
        pub phone: Option<Phone>,
        /// The e-mail.
        pub email: Option<Email>,
        /// What the person does.
        pub position: Option<Text<1, 150>>,
        /// The part of the workplace.
        pub department: Option<Text<1, 150>>,
        /// The first day, at most 60 days ahead.
        pub start_date: NaiveDate,
        /// The last day, if it is agreed.
        pub end_date: Option<NaiveDate>,
        /// Whether a sub-employer pays the person; false if left out.
        pub is_subcontractor: Option<bool>,
        /// How the person is employed; FULL_TIME if left out.
        pub employment_type: Option<EmploymentType>,
        /// Special group: disabled. Staff may say so; only ADMIN and DOCTOR are shown it.
        pub is_disabled: Option<bool>,
        /// Special group: pregnant or nursing. Staff may say so; only ADMIN and DOCTOR are shown it.
        pub is_pregnant: Option<bool>,
        /// Special group: works at night. Staff only.
        pub is_night_shift: Option<bool>,
        /// Special group: young worker. Staff only.
        pub is_young_worker: Option<bool>,
    }
}

shared::input! {
    /// Changes to an employee; what belongs to the person changes for each of the person's employments.
    pub struct PatchEmployee {
        /// Another workplace of the same company.
        pub workplace_id: Patch<WorkplaceId>,
        /// T.C. kimlik no.
        pub tckn: Patch<Option<Tckn>>,
        /// First name.
        pub first_name: Patch<Text<2, 100>>,
        /// Last name.
        pub last_name: Patch<Text<2, 100>>,
        /// Gender.
        pub gender: Patch<Option<Gender>>,
        /// Date of birth.
        pub birth_date: Patch<Option<NaiveDate>>,
        /// Blood group.
        pub blood_group: Patch<Option<BloodGroup>>,
        /// The telephone.
        pub phone: Patch<Option<Phone>>,
        /// The e-mail.
        pub email: Patch<Option<Email>>,
        /// What the person does.
        pub position: Patch<Option<Text<1, 150>>>,
        /// The part of the workplace.
        pub department: Patch<Option<Text<1, 150>>>,
        /// The first day.
        pub start_date: Patch<NaiveDate>,
        /// The last day; null opens the employment again.
        pub end_date: Patch<Option<NaiveDate>>,
        /// Whether a sub-employer pays the person.
        pub is_subcontractor: Patch<bool>,
        /// How the person is employed.
        pub employment_type: Patch<EmploymentType>,
        /// Special group: disabled. Staff may say so; only ADMIN and DOCTOR are shown it.
        pub is_disabled: Patch<bool>,
        /// Special group: pregnant or nursing. Staff may say so; only ADMIN and DOCTOR are shown it.
        pub is_pregnant: Patch<bool>,
        /// Special group: works at night. Staff only.
        pub is_night_shift: Patch<bool>,
        /// Special group: young worker. Staff only.
        pub is_young_worker: Patch<bool>,
    }
}

shared::input! {
    /// The end of an employment.
    pub struct Termination {
        /// The last day.
        pub end_date: NaiveDate,
        /// Why.
        pub reason: Text<2, 500>,
        /// The version that was seen, if it matters.
        pub version: Option<i64>,
    }
}

shared::input! {
    /// Which employees are wanted.
    pub struct EmployeeFilter {
        /// Where they work.
        pub workplace_id: Option<WorkplaceId>,
        /// For which company they work.
        pub company_id: Option<CompanyId>,
        /// Whether they work there today.
        pub is_active: Option<bool>,
        /// Their gender.
        pub gender: Option<Gender>,
        /// The beginning of what they do.
        pub position: Option<Text<1, 150>>,
    }
}

impl EmployeeFilter {
    /// Everybody who works today.
    pub fn at_work() -> Self {
        Self { workplace_id: None, company_id: None, is_active: Some(true), gender: None, position: None }
    }
}

shared::input! {
    /// How an employee is shown.
    pub struct Reveal {
        /// Whether the TCKN is shown in full, which is recorded; ADMIN and DOCTOR only.
        pub reveal: Option<bool>,
    }
}
