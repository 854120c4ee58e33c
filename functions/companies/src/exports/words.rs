//! The words of the register as people say them.

use shared::{error::Text, types::Currency};

use crate::{
    companies::{CompanyKind, CompanyStatus},
    danger::DangerClass,
    employees::{EmploymentType, Gender},
};

pub(super) const fn danger(class: DangerClass) -> Text {
    match class {
        DangerClass::LessDangerous => Text::new("Az tehlikeli", "Less dangerous"),
        DangerClass::Dangerous => Text::new("Tehlikeli", "Dangerous"),
        DangerClass::VeryDangerous => Text::new("Çok tehlikeli", "Very dangerous"),
    }
}

pub(super) const fn gender(gender: Gender) -> Text {
    match gender {
        Gender::Male => Text::new("Erkek", "Male"),
        Gender::Female => Text::new("Kadın", "Female"),
    }
}

pub(super) const fn employment(kind: EmploymentType) -> Text {
    match kind {
        EmploymentType::FullTime => Text::new("Tam süreli", "Full time"),
        EmploymentType::PartTime => Text::new("Kısmi süreli", "Part time"),
        EmploymentType::Temporary => Text::new("Geçici", "Temporary"),
        EmploymentType::Apprentice => Text::new("Çırak", "Apprentice"),
        EmploymentType::Intern => Text::new("Stajyer", "Intern"),
    }
}

pub(super) const fn status(status: CompanyStatus) -> Text {
    match status {
        CompanyStatus::Lead => Text::new("Aday", "Lead"),
        CompanyStatus::Prospect => Text::new("İlgili", "Prospect"),
        CompanyStatus::Negotiation => Text::new("Görüşülüyor", "Negotiation"),
        CompanyStatus::Customer => Text::new("Müşteri", "Customer"),
        CompanyStatus::Churned => Text::new("Ayrıldı", "Churned"),
    }
}

pub(super) const fn kind(kind: CompanyKind) -> Text {
    match kind {
        CompanyKind::Employer => Text::new("İşveren", "Employer"),
        CompanyKind::Osgb => Text::new("OSGB", "OSGB"),
        CompanyKind::Other => Text::new("Diğer", "Other"),
    }
}

pub(super) const fn currency(currency: Currency) -> &'static str {
    currency.as_str()
}
