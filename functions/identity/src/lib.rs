//! Sign-in, sessions, users, invitations and the own tenant.

pub mod accounts;
pub mod invitations;
pub mod links;
pub mod pages;
pub mod passwords;
pub mod profile;
pub mod registration;
pub mod sessions;
pub mod staff;
pub mod tenants;
pub mod users;

mod mail;
mod pace;
mod record;

use shared::{http::Routes, web::Texts};

/// The texts of this feature's pages.
pub static TEXTS: Texts = shared::texts!();

/// The routes of the function `sign-in`, which stands beside `identity`.
pub fn sign_in_routes() -> Routes {
    sessions::api::sign_in_routes().merge(pages::sign_in_routes())
}

/// The feature's routes, those of signing in among them.
pub fn routes() -> Routes {
    Routes::new()
        .merge(sign_in_routes())
        .merge(registration::api::routes())
        .merge(sessions::api::routes())
        .merge(passwords::api::routes())
        .merge(invitations::api::routes())
        .merge(profile::api::routes())
        .merge(staff::api::routes())
        .merge(users::api::routes())
        .merge(tenants::api::routes())
        .merge(pages::routes())
        .merge(panel())
}

/// The pages of whoever is signed in.
fn panel() -> Routes {
    Routes::new()
        .merge(profile::pages::routes())
        .merge(staff::pages::routes())
        .merge(users::pages::routes())
        .merge(invitations::pages::routes())
        .texts(&TEXTS)
}
