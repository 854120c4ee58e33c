//! Employees: a person as one company knows him, and his employments. One employment is one employee of the API.

pub mod api;
mod changes;
mod input;
pub mod pages;
pub(crate) mod persons;
mod rules;
mod siblings;
pub mod store;

pub(crate) use changes::created;
use changes::{ENTITY, announce, is_other_person};
pub use changes::{create, delete, restore, reveal, terminate, update};
pub use input::{EmployeeFilter, NewEmployee, PatchEmployee, Reveal, Termination};
pub use persons::{SealedTckn, sealed, tckns};
pub use rules::Period;
pub(crate) use rules::check as check_rules;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use shared::{
    Code, Detail, Error,
    auth::{CompanyId, Role},
    db::violated_key,
    error::Text as Message,
    http::Resource,
    types::{Email, Phone, Text},
};
use utoipa::ToSchema;

use crate::{warnings::Warning, workplaces::WorkplaceId};

shared::id! {
    /// A person as one company knows him.
    PersonId
    /// An employment.
    EmployeeId
}

shared::text_enum! {
    /// Gender.
    pub enum Gender {
        /// Erkek.
        Male = "MALE",
        /// Kadın.
        Female = "FEMALE",
    }
}

shared::text_enum! {
    /// Blood group.
    pub enum BloodGroup {
        /// A Rh+.
        APlus = "A+",
        /// A Rh−.
        AMinus = "A-",
        /// B Rh+.
        BPlus = "B+",
        /// B Rh−.
        BMinus = "B-",
        /// AB Rh+.
        AbPlus = "AB+",
        /// AB Rh−.
        AbMinus = "AB-",
        /// 0 Rh+.
        ZeroPlus = "0+",
        /// 0 Rh−.
        ZeroMinus = "0-",
    }
}

shared::text_enum! {
    /// How a person is employed.
    pub enum EmploymentType {
        /// Tam süreli.
        FullTime = "FULL_TIME",
        /// Kısmi süreli.
        PartTime = "PART_TIME",
        /// Geçici.
        Temporary = "TEMPORARY",
        /// Çırak.
        Apprentice = "APPRENTICE",
        /// Stajyer.
        Intern = "INTERN",
    }
}

/// An employee.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Employee {
    /// The id of the employment.
    pub id: EmployeeId,
    /// The person.
    pub person_id: PersonId,
    /// The company.
    pub company_id: CompanyId,
    /// The company's name.
    pub company_name: Text<2, 255>,
    /// The workplace.
    pub workplace_id: WorkplaceId,
    /// The workplace's name.
    pub workplace_title: Text<2, 255>,
    /// T.C. kimlik no, masked unless it was asked for.
    pub tckn: Option<Text<11, 11>>,
    /// First name.
    pub first_name: Text<2, 100>,
    /// Last name.
    pub last_name: Text<2, 100>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Gender.
    pub gender: Option<Gender>,
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
    /// The first day.
    pub start_date: NaiveDate,
    /// The last day.
    pub end_date: Option<NaiveDate>,
    /// Why it ended.
    pub end_reason: Option<Text<2, 500>>,
    /// Whether a sub-employer pays the person.
    pub is_subcontractor: bool,
    /// How the person is employed.
    pub employment_type: EmploymentType,
    /// Special group: disabled. ADMIN and DOCTOR only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_disabled: Option<bool>,
    /// Special group: pregnant or nursing. ADMIN and DOCTOR only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_pregnant: Option<bool>,
    /// Special group: works at night. Staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_night_shift: Option<bool>,
    /// Special group: young worker. Staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_young_worker: Option<bool>,
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

impl Employee {
    /// The texts that the person is found by.
    pub fn search_texts(&self) -> [&str; 2] {
        [self.first_name.as_str(), self.last_name.as_str()]
    }

    /// The employment's days.
    pub fn period(&self) -> Period {
        Period { start: self.start_date, end: self.end_date }
    }

    /// The employee as a role may see him (docs/decisions/special-groups.md). Whatever leaves the feature,
    /// as an answer, a page or a file, has come through here.
    #[must_use]
    pub fn seen_by(self, role: Role) -> Self {
        if rules::may_see_health(role) { self } else { Self { is_disabled: None, is_pregnant: None, ..self } }
    }

    /// The employee as an answer shows him to a role on a day.
    pub fn shown(self, role: Role, today: NaiveDate, warnings: Vec<Warning>) -> EmployeeView {
        let is_active = self.deleted_at.is_none() && self.period().covers(today);
        EmployeeView { employee: self.seen_by(role), is_active, warnings }
    }

    fn special_group(&self) -> [Option<bool>; 4] {
        [self.is_disabled, self.is_pregnant, self.is_night_shift, self.is_young_worker]
    }

    /// What the audit trail may keep: a customer's users read it, so the special groups are left out.
    fn trail(&self) -> Self {
        Self { is_disabled: None, is_pregnant: None, is_night_shift: None, is_young_worker: None, ..self.clone() }
    }
}

/// An employee as an answer shows him.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmployeeView {
    /// The employee.
    #[serde(flatten)]
    pub employee: Employee,
    /// Whether he works there today.
    pub is_active: bool,
    /// What should be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl Resource for EmployeeView {
    fn version(&self) -> i64 {
        self.employee.version
    }

    fn location(&self) -> String {
        format!("/api/v1/employees/{}", self.employee.id)
    }
}

/// Why an employee cannot be had or changed.
#[derive(Debug)]
pub enum EmployeeError {
    /// There is none, or not for this caller.
    NotFound,
    /// The workplace of the body is not there for this caller, or belongs to another company.
    UnknownWorkplace,
    /// The TCKN belongs to another person of the company.
    TcknTaken,
    /// The person already works at this workplace in these days.
    Overlap,
    /// It was changed meanwhile.
    Stale(i64),
    /// It is not deleted.
    NotDeleted,
    /// Its workplace is deleted.
    WorkplaceDeleted,
    /// The employment ended before today.
    Ended,
    /// Only staff may say to which special group a person belongs.
    StaffOnly,
    /// The database, with what it says.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for EmployeeError {
    fn from(error: sqlx::Error) -> Self {
        match violated_key(&error).as_deref() {
            Some("persons_company_tckn_live_uk") => Self::TcknTaken,
            _ => Self::Database(error),
        }
    }
}

impl From<EmployeeError> for Error {
    fn from(error: EmployeeError) -> Self {
        let with = |code, field: &str, name: &'static str, tr, en| {
            Self::new(code).detail(Detail::new(field, name, Message::new(tr, en)))
        };
        match error {
            EmployeeError::NotFound => Self::not_found(),
            EmployeeError::UnknownWorkplace => Self::not_found_in("workplaceId"),
            EmployeeError::TcknTaken => with(
                Code::Duplicate,
                "tckn",
                "TCKN_TAKEN",
                "Bu şirkette aynı T.C. kimlik numarasıyla kayıtlı bir kişi var.",
                "A person with this TR identity number exists in the company.",
            ),
            EmployeeError::Overlap => with(
                Code::Duplicate,
                "startDate",
                "OVERLAPPING_EMPLOYMENT",
                "Kişi bu tarihlerde bu işyerinde zaten çalışıyor; önce eski kaydı sonlandırın ya da tarihleri düzeltin.",
                "The person already works at this workplace in these days; end the other employment or correct the dates.",
            ),
            EmployeeError::Stale(current) => Self::version_conflict(current),
            EmployeeError::NotDeleted => {
                with(Code::InvalidState, "id", "NOT_DELETED", "Kayıt silinmiş değil.", "The record is not deleted.")
            }
            EmployeeError::WorkplaceDeleted => with(
                Code::InvalidState,
                "workplaceId",
                "WORKPLACE_DELETED",
                "Önce işyerini geri getirin.",
                "Restore the workplace first.",
            ),
            EmployeeError::Ended => with(
                Code::InvalidState,
                "endDate",
                "ALREADY_ENDED",
                "Çalışma zaten sona ermiş; tarihi düzeltmek için kaydı değiştirin.",
                "The employment has ended already; change the record to correct the date.",
            ),
            EmployeeError::StaffOnly => with(
                Code::Forbidden,
                "isPregnant",
                "STAFF_ONLY",
                "Özel grup bilgilerini yalnız OSGB çalışanları girebilir.",
                "Only the OSGB's staff can say to which special group a person belongs.",
            ),
            EmployeeError::Database(error) => error.into(),
        }
    }
}
