//! Sign-in, sessions, users, invitations and the own tenant.

pub mod accounts;
pub mod invitations;
pub mod links;
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

use shared::http::Routes;

/// The feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .merge(registration::api::routes())
        .merge(sessions::api::routes())
        .merge(passwords::api::routes())
        .merge(invitations::api::routes())
        .merge(profile::api::routes())
        .merge(staff::api::routes())
        .merge(users::api::routes())
        .merge(tenants::api::routes())
}
