//! Reference data: provinces, districts and the NACE codes with their danger classes. The same for all
//! tenants, and changed only by a release, so it is kept in the cache.

pub mod api;
pub mod kept;
pub mod pages;
pub mod store;

use serde::{Deserialize, Serialize};
use shared::types::Text;
use utoipa::ToSchema;

use crate::{codes::NacePrefix, danger::DangerClass};

/// A province.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
pub struct Province {
    /// The vehicle plate code.
    pub code: Text<2, 2>,
    /// The name.
    pub name: Text<1, 60>,
}

/// A district.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct District {
    /// The code in the national address database.
    pub code: Text<1, 5>,
    /// The province.
    pub province_code: Text<2, 2>,
    /// The name.
    pub name: Text<1, 80>,
}

/// An activity.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Nace {
    /// Six digits.
    pub code: Text<6, 6>,
    /// What is done.
    pub title: Text<1, 1000>,
    /// The danger class.
    pub danger_class: DangerClass,
    /// False when the list has dropped the code; old registers still find their class.
    pub is_current: bool,
    /// The gazette.
    pub source: Text<1, 100>,
}

shared::input! {
    /// Which activities are wanted.
    pub struct NaceFilter {
        /// Their danger class.
        pub danger_class: Option<DangerClass>,
        /// The beginning of their code.
        pub code: Option<NacePrefix>,
        /// Whether they are on the current list; true if left out.
        pub is_current: Option<bool>,
    }
}

impl NaceFilter {
    /// Any activity of the current list.
    pub fn any() -> Self {
        Self { danger_class: None, code: None, is_current: None }
    }
}
