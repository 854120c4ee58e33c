//! What may be sent about a workplace.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::{
    auth::CompanyId,
    http::Patch,
    types::{NaceCode, SgkNo, Text},
};

use super::Workplace;
use crate::{
    codes::{DistrictCode, ProvinceCode},
    danger::DangerClass,
};

shared::input! {
    /// A new workplace.
    pub struct NewWorkplace {
        /// The company that it belongs to, for good.
        pub company_id: CompanyId,
        /// Its name.
        pub title: Text<2, 255>,
        /// SGK işyeri sicil no: 26 digits.
        pub sgk_no: Option<SgkNo>,
        /// The activity, which decides the danger class.
        pub nace_code: Option<NaceCode>,
        /// The province.
        pub province_code: Option<ProvinceCode>,
        /// The district of the province.
        pub district_code: Option<DistrictCode>,
        /// Street and number.
        pub address: Option<Text<1, 1000, true>>,
        /// Who represents the employer.
        pub employer_representative: Option<Text<2, 255>>,
        /// Degrees north, as a decimal string.
        pub latitude: Option<Decimal>,
        /// Degrees east, as a decimal string.
        pub longitude: Option<Decimal>,
        /// When people work.
        pub shift_info: Option<Text<1, 500>>,
        /// The day it opened.
        pub opened_at: Option<NaiveDate>,
        /// The day it closed.
        pub closed_at: Option<NaiveDate>,
        /// Whether it is served; true if left out.
        pub is_active: Option<bool>,
    }
}

shared::input! {
    /// Changes to a workplace.
    pub struct PatchWorkplace {
        /// Its name.
        pub title: Patch<Text<2, 255>>,
        /// SGK işyeri sicil no: 26 digits.
        pub sgk_no: Patch<Option<SgkNo>>,
        /// The activity, which decides the danger class.
        pub nace_code: Patch<Option<NaceCode>>,
        /// The province.
        pub province_code: Patch<Option<ProvinceCode>>,
        /// The district of the province.
        pub district_code: Patch<Option<DistrictCode>>,
        /// Street and number.
        pub address: Patch<Option<Text<1, 1000, true>>>,
        /// Who represents the employer.
        pub employer_representative: Patch<Option<Text<2, 255>>>,
        /// Degrees north, as a decimal string.
        pub latitude: Patch<Option<Decimal>>,
        /// Degrees east, as a decimal string.
        pub longitude: Patch<Option<Decimal>>,
        /// When people work.
        pub shift_info: Patch<Option<Text<1, 500>>>,
        /// The day it opened.
        pub opened_at: Patch<Option<NaiveDate>>,
        /// The day it closed.
        pub closed_at: Patch<Option<NaiveDate>>,
        /// Whether it is served.
        pub is_active: Patch<bool>,
    }
}

impl PatchWorkplace {
    /// Puts the changes into the workplace.
    pub fn apply(self, to: &mut Workplace) {
        self.title.apply(&mut to.title);
        self.sgk_no.apply(&mut to.sgk_no);
        self.nace_code.apply(&mut to.nace_code);
        self.province_code.apply(&mut to.province_code);
        self.district_code.apply(&mut to.district_code);
        self.address.apply(&mut to.address);
        self.employer_representative.apply(&mut to.employer_representative);
        self.latitude.apply(&mut to.latitude);
        self.longitude.apply(&mut to.longitude);
        self.shift_info.apply(&mut to.shift_info);
        self.opened_at.apply(&mut to.opened_at);
        self.closed_at.apply(&mut to.closed_at);
        self.is_active.apply(&mut to.is_active);
    }
}

shared::input! {
    /// A danger class that was decided otherwise than the activity says.
    pub struct DangerClassOverride {
        /// The class; null goes back to what the activity says.
        pub danger_class: Option<DangerClass>,
        /// Why, and by which decision.
        pub reason: Text<2, 500>,
        /// The version that was seen, if it matters.
        pub version: Option<i64>,
    }
}

shared::input! {
    /// Which workplaces are wanted.
    pub struct WorkplaceFilter {
        /// The company that they belong to.
        pub company_id: Option<CompanyId>,
        /// Their danger class.
        pub danger_class: Option<DangerClass>,
        /// Their province.
        pub province: Option<ProvinceCode>,
        /// Whether they are served.
        pub is_active: Option<bool>,
    }
}

impl WorkplaceFilter {
    /// Any workplace.
    pub fn any() -> Self {
        Self { company_id: None, danger_class: None, province: None, is_active: None }
    }

    /// Any workplace of a company.
    pub fn of_company(company: CompanyId) -> Self {
        Self { company_id: Some(company), ..Self::any() }
    }
}
