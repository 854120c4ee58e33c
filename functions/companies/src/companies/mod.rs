//! Companies: the customers of a tenant.

pub mod api;
mod changes;
mod input;
pub mod pages;
mod status;
pub mod store;

pub use changes::{change_status, create, delete, restore, update};
pub use input::{CompanyFilter, NewCompany, PatchCompany, StatusChange};
pub use status::CompanyStatus;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Serialize;
use shared::{
    Code, Detail, Error,
    auth::{CompanyId, UserId},
    db::{missing_parent, violated_key},
    error::Text as Message,
    http::Resource,
    types::{Amount, Currency, Email, Mersis, NaceCode, Phone, TaxId, Text},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    codes::{DistrictCode, ProvinceCode},
    danger::DangerClass,
    warnings::Warning,
};

shared::text_enum! {
    /// What a company is to the tenant.
    pub enum CompanyKind {
        /// An employer that is served.
        Employer = "EMPLOYER",
        /// An OSGB, as the customer of a web agency.
        Osgb = "OSGB",
        /// Anything else.
        Other = "OTHER",
    }
}

/// A company.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    /// The id.
    pub id: CompanyId,
    /// What it is to the tenant.
    pub kind: CompanyKind,
    /// The name that people use.
    pub name: Text<2, 255>,
    /// The registered title.
    pub trade_title: Option<Text<2, 255>>,
    /// VKN, or the TCKN of a sole trader, which is masked.
    pub tax_id: Option<TaxId>,
    /// The tax office.
    pub tax_office: Option<Text<1, 100>>,
    /// The e-mail.
    pub email: Option<Email>,
    /// The registered e-mail (KEP).
    pub kep: Option<Email>,
    /// The number in the central register.
    pub mersis: Option<Mersis>,
    /// The telephone.
    pub phone: Option<Phone>,
    /// Street and number.
    pub address: Option<Text<1, 1000, true>>,
    /// The province.
    pub city_code: Option<ProvinceCode>,
    /// The district of the province.
    pub district_code: Option<DistrictCode>,
    /// The currency of its invoices.
    pub currency: Currency,
    /// Whether it receives e-invoices.
    pub e_invoice_registered: bool,
    /// Whether it withholds a part of the VAT.
    pub withholding_buyer: bool,
    /// Where it was heard of.
    pub source: Option<Text<1, 100>>,
    /// The main activity.
    pub nace_code: Option<NaceCode>,
    /// The danger class, by the activity where there is one.
    pub danger_class: Option<DangerClass>,
    /// Where it stands.
    pub status: CompanyStatus,
    /// Whether it is worked with.
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

impl Company {
    /// The texts that it is found by. A sole trader's TCKN is not among them: whoever may look for the
    /// beginning of a word would read it digit by digit.
    pub fn search_texts(&self) -> [&str; 4] {
        let vkn = match &self.tax_id {
            Some(TaxId::Vkn(vkn)) => vkn.as_str(),
            Some(TaxId::Tckn(_)) | None => "",
        };
        [
            self.name.as_str(),
            vkn,
            self.email.as_ref().map_or("", Email::as_str),
            self.trade_title.as_ref().map_or("", Text::as_str),
        ]
    }

    /// The mask of a tax number that changed without it, which the comparison of two records cannot see.
    fn unseen_tax_id(&self, after: &Self) -> Option<String> {
        let (Some(old), Some(new)) = (&self.tax_id, &after.tax_id) else { return None };
        let mask = new.to_string();
        (old != new && old.to_string() == mask).then_some(mask)
    }

    /// What is odd about it.
    fn warnings(&self, asked: Option<DangerClass>) -> Vec<Warning> {
        let contradicts = self.nace_code.is_some() && asked.is_some() && asked != self.danger_class;
        contradicts
            .then(|| {
                Warning::new(
                    "dangerClass",
                    "DERIVED_FROM_NACE",
                    &Message::new(
                        "Tehlike sınıfı NACE kodundan belirlendi; gönderilen değer kullanılmadı.",
                        "The danger class was taken from the NACE code; the value that was sent was not used.",
                    ),
                )
            })
            .into_iter()
            .collect()
    }
}

/// A company as an answer shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyView {
    /// The company.
    #[serde(flatten)]
    pub company: Company,
    /// What the features count for it: workplaces, employees and whatever is known beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<BTreeMap<String, i64>>,
    /// Sums by name and currency, as decimal strings.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub amounts: BTreeMap<String, BTreeMap<String, String>>,
    /// What should be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl CompanyView {
    pub(crate) fn new(company: Company, facts: Vec<Fact>, warnings: Vec<Warning>) -> Self {
        let mut counts = BTreeMap::from([("workplaces".to_owned(), 0), ("employees".to_owned(), 0)]);
        let mut amounts: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for fact in facts {
            match fact.currency {
                Some(currency) => {
                    let amount = Amount::rounded(fact.value).map_or_else(|_| fact.value.to_string(), |a| a.to_string());
                    amounts.entry(fact.fact).or_default().insert(currency, amount);
                }
                None => {
                    counts.insert(fact.fact, fact.value.to_i64().unwrap_or_default());
                }
            }
        }
        Self { company, counts: Some(counts), amounts, warnings }
    }
}

impl Resource for CompanyView {
    fn version(&self) -> i64 {
        self.company.version
    }

    fn location(&self) -> String {
        format!("/api/v1/companies/{}", self.company.id)
    }
}

/// One count or amount that a feature knows of a company.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its name.
    pub fact: String,
    /// The currency of an amount; none for a count.
    pub currency: Option<String>,
    /// The figure.
    pub value: Decimal,
}

/// One step on a company's way.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct StatusStep {
    /// The id.
    pub id: Uuid,
    /// Where it stood; null at its creation.
    pub from: Option<CompanyStatus>,
    /// Where it went.
    pub to: CompanyStatus,
    /// Why.
    pub reason: Option<String>,
    /// Who did it; null when a rule did.
    pub changed_by: Option<UserId>,
    /// The name of who did it.
    pub changed_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What stands in the way of a company's deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dependents {
    /// Live workplaces.
    pub workplaces: i64,
    /// People who work there or will.
    pub employees: i64,
    /// Its users who may sign in.
    pub users: i64,
    /// Invitations that can still be accepted.
    pub invitations: i64,
}

impl Dependents {
    /// Nothing at all.
    pub const NONE: Self = Self { workplaces: 0, employees: 0, users: 0, invitations: 0 };
}

/// Why a company cannot be had or changed.
#[derive(Debug)]
pub enum CompanyError {
    /// There is none, or not for this caller.
    NotFound,
    /// Its tax number belongs to another live company.
    TaxIdTaken(Option<CompanyId>),
    /// The province does not exist.
    UnknownCity,
    /// The district does not exist or lies in another province.
    UnknownDistrict,
    /// It was changed meanwhile.
    Stale(i64),
    /// It is not deleted.
    NotDeleted,
    /// Something still depends on it.
    InUse(Dependents),
    /// The database, with what it says.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for CompanyError {
    fn from(error: sqlx::Error) -> Self {
        match (violated_key(&error).as_deref(), missing_parent(&error).as_deref()) {
            (Some("companies_tenant_tax_id_live_uk"), _) => Self::TaxIdTaken(None),
            (_, Some("companies_city_code_fk")) => Self::UnknownCity,
            (_, Some("companies_district_code_fk")) => Self::UnknownDistrict,
            _ => Self::Database(error),
        }
    }
}

impl From<CompanyError> for Error {
    fn from(error: CompanyError) -> Self {
        match error {
            CompanyError::NotFound => Self::not_found(),
            CompanyError::TaxIdTaken(existing) => {
                let taken = Detail::new(
                    "taxId",
                    "TAX_ID_TAKEN",
                    Message::new(
                        "Bu vergi numarasıyla kayıtlı bir şirket var; yenisini eklemek yerine onu açın.",
                        "A company with this tax number exists; open it instead of adding another.",
                    ),
                );
                let existing = existing.map(|id| {
                    let id = id.to_string();
                    Detail::new("existingId", "EXISTING_RECORD", Message { tr: id.clone().into(), en: id.into() })
                });
                Self::new(Code::Duplicate).detail(taken).details(existing)
            }
            CompanyError::UnknownCity => {
                Self::field("cityCode", "UNKNOWN_PROVINCE", "Böyle bir il kodu yok.", "There is no such province code.")
            }
            CompanyError::UnknownDistrict => Self::field(
                "districtCode",
                "UNKNOWN_DISTRICT",
                "Seçilen ilde böyle bir ilçe yok.",
                "There is no such district in the province.",
            ),
            CompanyError::Stale(current) => Self::version_conflict(current),
            CompanyError::NotDeleted => Self::new(Code::InvalidState).detail(Detail::new(
                "id",
                "NOT_DELETED",
                Message::new("Kayıt silinmiş değil.", "The record is not deleted."),
            )),
            CompanyError::InUse(Dependents { workplaces, employees, users, invitations }) => {
                Self::new(Code::DependencyExists).details(dependents(&[
                    ("workplaces", workplaces, "işyeri", "workplaces"),
                    ("employees", employees, "çalışan", "employees"),
                    ("users", users, "kullanıcı", "users"),
                    ("invitations", invitations, "bekleyen davet", "pending invitations"),
                ]))
            }
            CompanyError::Database(error) => error.into(),
        }
    }
}

/// A detail for each kind of record that stands in the way of a deletion.
pub(crate) fn dependents(counts: &[(&'static str, i64, &'static str, &'static str)]) -> Vec<Detail> {
    counts
        .iter()
        .filter(|(_, count, ..)| *count > 0)
        .map(|(field, count, tr, en)| {
            Detail::new(
                *field,
                "DEPENDENCY_EXISTS",
                Message {
                    tr: format!("Önce bağlı kayıtları kaldırın: {count} {tr}.").into(),
                    en: format!("Remove what depends on it first: {count} {en}.").into(),
                },
            )
        })
        .collect()
}

#[cfg(test)]
mod tests;
