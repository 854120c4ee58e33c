//! Companies, workplaces, employees, assignments and reference data.

pub mod assignments;
pub mod codes;
pub mod companies;
pub mod danger;
pub mod employees;
pub mod exports;
pub mod finder;
pub mod imports;
pub mod listing;
pub mod minutes;
mod names;
pub mod overview;
mod pages;
pub mod reach;
pub mod reference;
pub mod search;
pub mod warnings;
pub mod workplaces;

use shared::{http::Routes, web::Texts};

/// The texts of this feature's pages.
pub static TEXTS: Texts = shared::texts!();

/// Every route of this feature.
pub fn routes() -> Routes {
    Routes::new()
        .merge(companies::api::routes())
        .merge(workplaces::api::routes())
        .merge(employees::api::routes())
        .merge(assignments::api::routes())
        .merge(imports::api::routes())
        .merge(exports::api::routes())
        .merge(reference::api::routes())
        .merge(pages())
}

/// The pages of this feature.
fn pages() -> Routes {
    Routes::new()
        .merge(companies::pages::routes())
        .merge(workplaces::pages::routes())
        .merge(assignments::pages::routes())
        .merge(employees::pages::routes())
        .merge(exports::pages::routes())
        .merge(imports::pages::routes())
        .merge(reference::pages::routes())
        .merge(finder::pages::routes())
        .texts(&TEXTS)
}
