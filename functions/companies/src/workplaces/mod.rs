//! Workplaces: the SGK registrations of a company, the unit of headcount and danger class.

pub mod api;
mod changes;
mod input;
pub mod pages;
mod service;
pub mod store;
mod view;

pub use changes::{create, delete, override_class, restore, update};
pub use input::{DangerClassOverride, NewWorkplace, PatchWorkplace, WorkplaceFilter};
pub use service::Service;
pub use view::{WorkplaceView, show, show_one};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use shared::{
    Code, Detail, Error,
    auth::{CompanyId, UserId},
    db::{missing_parent, violated_key},
    error::Text as Message,
    types::{NaceCode, SgkNo, Text},
};
use utoipa::ToSchema;

use crate::{
    codes::{DistrictCode, ProvinceCode},
    companies::dependents,
    danger::DangerClass,
    warnings::Warning,
};

shared::id! {
    /// A workplace.
    WorkplaceId
}

/// A workplace.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Workplace {
    /// The id.
    pub id: WorkplaceId,
    /// The company that it belongs to.
    pub company_id: CompanyId,
    /// Its name.
    pub title: Text<2, 255>,
    /// SGK işyeri sicil no.
    pub sgk_no: Option<SgkNo>,
    /// The activity.
    pub nace_code: Option<NaceCode>,
    /// The danger class that counts.
    pub danger_class: DangerClass,
    /// What the activity says.
    pub derived_danger_class: DangerClass,
    /// What was decided otherwise.
    pub danger_class_override: Option<DangerClass>,
    /// Why.
    pub danger_class_override_reason: Option<Text<2, 500>>,
    /// By whom.
    pub danger_class_override_by: Option<UserId>,
    /// When.
    pub danger_class_override_at: Option<DateTime<Utc>>,
    /// The province.
    pub province_code: Option<ProvinceCode>,
    /// The district of the province.
    pub district_code: Option<DistrictCode>,
    /// Street and number.
    pub address: Option<Text<1, 1000, true>>,
    /// Who represents the employer.
    pub employer_representative: Option<Text<2, 255>>,
    /// Degrees north.
    pub latitude: Option<Decimal>,
    /// Degrees east.
    pub longitude: Option<Decimal>,
    /// When people work.
    pub shift_info: Option<Text<1, 500>>,
    /// The day it opened.
    pub opened_at: Option<NaiveDate>,
    /// The day it closed.
    pub closed_at: Option<NaiveDate>,
    /// Whether it is served.
    pub is_active: bool,
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

impl Workplace {
    /// The texts that it is found by.
    pub fn search_texts(&self) -> [&str; 2] {
        [self.title.as_str(), self.sgk_no.as_ref().map_or("", SgkNo::as_str)]
    }

    /// The class that counts, as the database computes it.
    pub fn effective_class(&self) -> DangerClass {
        self.danger_class_override.unwrap_or(self.derived_danger_class)
    }

    /// What is odd about it: the register's number usually names the activity.
    pub fn warnings(&self) -> Vec<Warning> {
        let differs = match (&self.sgk_no, &self.nace_code) {
            (Some(sgk), Some(nace)) => sgk.activity_branch() != nace.activity_branch(),
            _ => false,
        };
        differs
            .then(|| {
                Warning::new(
                    "sgkNo",
                    "SGK_BRANCH_DIFFERS",
                    &Message::new(
                        "SGK sicil numarasının işkolu rakamları (2–5) NACE kodunun ilk dört rakamından farklı; ikisini de kontrol edin.",
                        "The branch digits (2–5) of the SGK number differ from the first four of the NACE code; check both.",
                    ),
                )
            })
            .into_iter()
            .collect()
    }

    /// What no constraint can say in words that help.
    fn check(&self) -> Result<(), Error> {
        if self.district_code.is_some() && self.province_code.is_none() {
            return Err(Error::field(
                "provinceCode",
                "REQUIRED",
                "İlçeyle birlikte ili de seçin.",
                "Choose the province too.",
            ));
        }
        if self.closed_at.zip(self.opened_at).is_some_and(|(closed, opened)| closed < opened) {
            return Err(Error::rule(
                "closedAt",
                "CLOSED_BEFORE_OPENED",
                "Kapanış tarihi açılıştan önce olamaz.",
                "The workplace cannot close before it opens.",
            ));
        }
        check_degrees("latitude", self.latitude, 90)?;
        check_degrees("longitude", self.longitude, 180)
    }
}

/// A place on the globe with six decimals, about ten centimetres.
fn check_degrees(field: &'static str, degrees: Option<Decimal>, limit: i64) -> Result<(), Error> {
    match degrees {
        Some(degrees) if degrees.abs() > Decimal::from(limit) || degrees.normalize().scale() > 6 => Err(Error::field(
            field,
            "OUT_OF_RANGE",
            "Enlem −90 ile 90, boylam −180 ile 180 arasında, en çok altı ondalıkla yazılır.",
            "Latitude lies between −90 and 90, longitude between −180 and 180, with at most six decimals.",
        )),
        _ => Ok(()),
    }
}

/// Why a workplace cannot be had or changed.
#[derive(Debug)]
pub enum WorkplaceError {
    /// There is none, or not for this caller.
    NotFound,
    /// The company of the body is not there for this caller.
    UnknownCompany,
    /// Its SGK number belongs to another live workplace.
    SgkNoTaken,
    /// The province does not exist.
    UnknownProvince,
    /// The district does not exist or lies in another province.
    UnknownDistrict,
    /// It was changed meanwhile.
    Stale(i64),
    /// It is not deleted.
    NotDeleted,
    /// Its company is deleted.
    CompanyDeleted,
    /// Something still depends on it.
    InUse {
        /// People who work there or will.
        employees: i64,
        /// Professionals who serve it or will.
        assignments: i64,
    },
    /// The database, with what it says.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for WorkplaceError {
    fn from(error: sqlx::Error) -> Self {
        match (violated_key(&error).as_deref(), missing_parent(&error).as_deref()) {
            (Some("workplaces_tenant_sgk_no_live_uk"), _) => Self::SgkNoTaken,
            (_, Some("workplaces_province_code_fk")) => Self::UnknownProvince,
            (_, Some("workplaces_district_code_fk")) => Self::UnknownDistrict,
            (_, Some("workplaces_company_fk")) => Self::UnknownCompany,
            _ => Self::Database(error),
        }
    }
}

impl From<WorkplaceError> for Error {
    fn from(error: WorkplaceError) -> Self {
        match error {
            WorkplaceError::NotFound => Self::not_found(),
            WorkplaceError::UnknownCompany => Self::not_found_in("companyId"),
            WorkplaceError::SgkNoTaken => Self::new(Code::Duplicate).detail(Detail::new(
                "sgkNo",
                "SGK_NO_TAKEN",
                Message::new(
                    "Bu SGK sicil numarasıyla kayıtlı bir işyeri var.",
                    "A workplace with this SGK number exists.",
                ),
            )),
            WorkplaceError::UnknownProvince => Self::field(
                "provinceCode",
                "UNKNOWN_PROVINCE",
                "Böyle bir il kodu yok.",
                "There is no such province code.",
            ),
            WorkplaceError::UnknownDistrict => Self::field(
                "districtCode",
                "UNKNOWN_DISTRICT",
                "Seçilen ilde böyle bir ilçe yok.",
                "There is no such district in the province.",
            ),
            WorkplaceError::Stale(current) => Self::version_conflict(current),
            WorkplaceError::NotDeleted => Self::new(Code::InvalidState).detail(Detail::new(
                "id",
                "NOT_DELETED",
                Message::new("Kayıt silinmiş değil.", "The record is not deleted."),
            )),
            WorkplaceError::CompanyDeleted => Self::new(Code::InvalidState).detail(Detail::new(
                "companyId",
                "COMPANY_DELETED",
                Message::new("Önce şirketi geri getirin.", "Restore the company first."),
            )),
            WorkplaceError::InUse { employees, assignments } => {
                Self::new(Code::DependencyExists).details(dependents(&[
                    ("employees", employees, "çalışan", "employees"),
                    ("assignments", assignments, "görevlendirme", "assignments"),
                ]))
            }
            WorkplaceError::Database(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workplace() -> Workplace {
        let now = DateTime::from_timestamp(1_795_370_400, 0).unwrap();
        Workplace {
            id: WorkplaceId::new_at(now),
            company_id: CompanyId::new_at(now),
            title: Text::parse("Gebze Fabrika").unwrap(),
            sgk_no: Some(SgkNo::parse("2 2511 01 01 1234567 041 12 34 000").unwrap()),
            nace_code: Some(NaceCode::parse("25.11.08").unwrap()),
            danger_class: DangerClass::LessDangerous,
            derived_danger_class: DangerClass::LessDangerous,
            danger_class_override: None,
            danger_class_override_reason: None,
            danger_class_override_by: None,
            danger_class_override_at: None,
            province_code: None,
            district_code: None,
            address: None,
            employer_representative: None,
            latitude: None,
            longitude: None,
            shift_info: None,
            opened_at: None,
            closed_at: None,
            is_active: true,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }

    #[test]
    fn an_sgk_number_of_another_branch_is_pointed_out() {
        assert!(workplace().warnings().is_empty());
        let other = Workplace { nace_code: Some(NaceCode::parse("620101").unwrap()), ..workplace() };
        assert_eq!(other.warnings()[0].code, "SGK_BRANCH_DIFFERS");
        let unknown = Workplace { nace_code: None, ..workplace() };
        assert!(unknown.warnings().is_empty());
    }

    #[test]
    fn an_override_counts_before_the_activity() {
        let decided = Workplace { danger_class_override: Some(DangerClass::VeryDangerous), ..workplace() };
        assert_eq!(decided.effective_class(), DangerClass::VeryDangerous);
        assert_eq!(workplace().effective_class(), DangerClass::LessDangerous);
    }

    #[test]
    fn dates_and_places_are_checked() {
        let day = |text: &str| Some(text.parse().unwrap());
        let wrong = Workplace { opened_at: day("2026-02-01"), closed_at: day("2026-01-31"), ..workplace() };
        assert_eq!(wrong.check().unwrap_err().list()[0].code, "CLOSED_BEFORE_OPENED");
        let same = Workplace { opened_at: day("2026-02-01"), closed_at: day("2026-02-01"), ..workplace() };
        assert!(same.check().is_ok());
        for (degrees, fits) in [("40.802345", true), ("90", true), ("90.000001", false), ("1.1234567", false)] {
            let placed = Workplace { latitude: Some(degrees.parse().unwrap()), ..workplace() };
            assert_eq!(placed.check().is_ok(), fits, "{degrees}");
        }
    }
}
