//! What may be sent about a company.

use shared::{
    http::Patch,
    types::{Currency, Email, Mersis, NaceCode, Phone, TaxId, Text},
};

use super::{Company, CompanyKind, CompanyStatus};
use crate::{
    codes::{DistrictCode, NacePrefix, ProvinceCode},
    danger::DangerClass,
};

shared::input! {
    /// A new company.
    pub struct NewCompany {
        /// The name that people use.
        pub name: Text<2, 255>,
        /// What it is to the tenant; EMPLOYER if left out.
        pub kind: Option<CompanyKind>,
        /// The registered title.
        pub trade_title: Option<Text<2, 255>>,
        /// VKN (10 digits), or the TCKN (11) of a sole trader.
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
        /// The currency of its invoices; TRY if left out.
        pub currency: Option<Currency>,
        /// Whether it receives e-invoices.
        pub e_invoice_registered: Option<bool>,
        /// Whether it withholds a part of the VAT.
        pub withholding_buyer: Option<bool>,
        /// Where it was heard of.
        pub source: Option<Text<1, 100>>,
        /// The main activity, which decides the danger class.
        pub nace_code: Option<NaceCode>,
        /// The danger class; counts only without an activity.
        pub danger_class: Option<DangerClass>,
        /// Where it stands; LEAD if left out.
        pub status: Option<CompanyStatus>,
        /// Whether it is worked with; true if left out.
        pub is_active: Option<bool>,
    }
}

shared::input! {
    /// Changes to a company.
    pub struct PatchCompany {
        /// The name that people use.
        pub name: Patch<Text<2, 255>>,
        /// What it is to the tenant.
        pub kind: Patch<CompanyKind>,
        /// The registered title.
        pub trade_title: Patch<Option<Text<2, 255>>>,
        /// VKN (10 digits), or the TCKN (11) of a sole trader.
        pub tax_id: Patch<Option<TaxId>>,
        /// The tax office.
        pub tax_office: Patch<Option<Text<1, 100>>>,
        /// The e-mail.
        pub email: Patch<Option<Email>>,
        /// The registered e-mail (KEP).
        pub kep: Patch<Option<Email>>,
        /// The number in the central register.
        pub mersis: Patch<Option<Mersis>>,
        /// The telephone.
        pub phone: Patch<Option<Phone>>,
        /// Street and number.
        pub address: Patch<Option<Text<1, 1000, true>>>,
        /// The province.
        pub city_code: Patch<Option<ProvinceCode>>,
        /// The district of the province.
        pub district_code: Patch<Option<DistrictCode>>,
        /// The currency of its invoices.
        pub currency: Patch<Currency>,
        /// Whether it receives e-invoices.
        pub e_invoice_registered: Patch<bool>,
        /// Whether it withholds a part of the VAT.
        pub withholding_buyer: Patch<bool>,
        /// Where it was heard of.
        pub source: Patch<Option<Text<1, 100>>>,
        /// The main activity, which decides the danger class.
        pub nace_code: Patch<Option<NaceCode>>,
        /// The danger class; counts only without an activity.
        pub danger_class: Patch<Option<DangerClass>>,
        /// Whether it is worked with.
        pub is_active: Patch<bool>,
    }
}

impl PatchCompany {
    /// Puts the changes into the company.
    pub fn apply(self, to: &mut Company) {
        self.name.apply(&mut to.name);
        self.kind.apply(&mut to.kind);
        self.trade_title.apply(&mut to.trade_title);
        self.tax_id.apply(&mut to.tax_id);
        self.tax_office.apply(&mut to.tax_office);
        self.email.apply(&mut to.email);
        self.kep.apply(&mut to.kep);
        self.mersis.apply(&mut to.mersis);
        self.phone.apply(&mut to.phone);
        self.address.apply(&mut to.address);
        self.city_code.apply(&mut to.city_code);
        self.district_code.apply(&mut to.district_code);
        self.currency.apply(&mut to.currency);
        self.e_invoice_registered.apply(&mut to.e_invoice_registered);
        self.withholding_buyer.apply(&mut to.withholding_buyer);
        self.source.apply(&mut to.source);
        self.nace_code.apply(&mut to.nace_code);
        self.danger_class.apply(&mut to.danger_class);
        self.is_active.apply(&mut to.is_active);
    }
}

shared::input! {
    /// A step of a company to another status.
    pub struct StatusChange {
        /// Where it goes.
        pub to: CompanyStatus,
        /// Why; mandatory for CHURNED.
        pub reason: Option<Text<2, 500>>,
        /// The version that was seen, if it matters.
        pub version: Option<i64>,
    }
}

shared::input! {
    /// Which companies are wanted.
    pub struct CompanyFilter {
        /// Where they stand.
        pub status: Option<CompanyStatus>,
        /// Whether they are worked with.
        pub is_active: Option<bool>,
        /// Their danger class.
        pub danger_class: Option<DangerClass>,
        /// The beginning of their NACE code.
        pub nace: Option<NacePrefix>,
        /// Their province.
        pub city: Option<ProvinceCode>,
        /// Where they were heard of.
        pub source: Option<Text<1, 100>>,
    }
}

impl CompanyFilter {
    /// Any company.
    pub fn any() -> Self {
        Self { status: None, is_active: None, danger_class: None, nace: None, city: None, source: None }
    }
}
