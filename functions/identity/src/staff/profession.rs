//! What the law asks of a professional: kind, certificate, capacity.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared::{
    Error, Result,
    auth::UserId,
    db::{Db, missing_parent},
    types::Text,
};
use utoipa::ToSchema;

use super::store;

shared::text_enum! {
    /// The kind of professional.
    pub enum ProfessionalKind {
        /// Occupational safety expert.
        SafetyExpert = "SAFETY_EXPERT",
        /// Workplace physician.
        Physician = "PHYSICIAN",
        /// Other health staff: nurses and the like.
        OtherHealth = "OTHER_HEALTH",
    }
}

shared::text_enum! {
    /// The class of a safety expert's certificate.
    pub enum CertificateClass {
        /// For all workplaces.
        A = "A",
        /// Up to dangerous ones.
        B = "B",
        /// For less dangerous ones.
        C = "C",
    }
}

/// Minutes in a month of full-time work: 195 hours.
pub(super) const CAPACITY: u32 = 11_700;
/// No month has more minutes.
const MOST: u32 = 31 * 24 * 60;

/// What the law asks of a professional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Profession {
    /// The kind of professional.
    pub professional_kind: Option<ProfessionalKind>,
    /// The class of the certificate.
    pub certificate_class: Option<CertificateClass>,
    /// The number of the certificate.
    pub certificate_no: Option<Text<1, 50>>,
    /// The day on which the certificate was issued.
    pub certificate_issued_on: Option<NaiveDate>,
    /// The last day of the certificate.
    pub certificate_expires_on: Option<NaiveDate>,
    /// The number of the diploma.
    pub diploma_no: Option<Text<1, 50>>,
    /// The number in İSG-KATİP.
    pub katip_id: Option<Text<1, 50>>,
    /// Whether employed full time.
    pub full_time: bool,
    /// Minutes that can be assigned in a month.
    pub monthly_capacity_min: u32,
    /// The province that the professional works from, by its plate code.
    pub home_province_code: Option<Text<2, 2>>,
}

/// The rules that need no table.
fn judge(profession: &Profession) -> Result<()> {
    if let (Some(issued), Some(expires)) = (profession.certificate_issued_on, profession.certificate_expires_on)
        && expires < issued
    {
        return Err(Error::field(
            "certificateExpiresOn",
            "BEFORE_ISSUE",
            "Belgenin bitiş günü veriliş gününden önce olamaz.",
            "The certificate's last day must not be before its day of issue.",
        ));
    }
    if profession.monthly_capacity_min > MOST {
        return Err(Error::field(
            "monthlyCapacityMin",
            "OUT_OF_RANGE",
            "Bir ayda en çok 44.640 dakika vardır.",
            "A month has at most 44,640 minutes.",
        ));
    }
    Ok(())
}

/// Refuses what cannot be stored.
pub(super) async fn check(db: &mut Db, profession: &Profession) -> Result<()> {
    judge(profession)?;
    match &profession.home_province_code {
        Some(code) if !store::is_province(db, code.as_str()).await? => Err(Error::not_found_in("homeProvinceCode")),
        _ => Ok(()),
    }
}

/// Writes the profile of a staff user.
pub(crate) async fn save(db: &mut Db, user: UserId, profession: &Profession) -> Result<()> {
    store::save_profession(db, user, profession).await.map_err(|error| match missing_parent(&error).as_deref() {
        Some("staff_profiles_home_province_fk") => Error::not_found_in("homeProvinceCode"),
        _ => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_does_not_end_before_it_begins() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let mut profession = Profession {
            professional_kind: Some(ProfessionalKind::SafetyExpert),
            certificate_class: Some(CertificateClass::B),
            certificate_no: None,
            certificate_issued_on: day("2024-05-02"),
            certificate_expires_on: day("2024-05-02"),
            diploma_no: None,
            katip_id: None,
            full_time: true,
            monthly_capacity_min: CAPACITY,
            home_province_code: None,
        };
        assert!(judge(&profession).is_ok());
        profession.certificate_expires_on = day("2024-05-01");
        assert_eq!(judge(&profession).unwrap_err().list()[0].code, "BEFORE_ISSUE");
        profession.certificate_expires_on = None;
        profession.monthly_capacity_min = MOST + 1;
        assert_eq!(judge(&profession).unwrap_err().list()[0].code, "OUT_OF_RANGE");
    }
}
