//! The public pages, the homes of panel and portal, the assets, and the `$default` route: whatever no other function
//! claims is a 404.

pub mod assets;
pub mod design;
pub mod home;
pub mod pages;
pub mod preferences;

use axum::routing::{get, post};
use shared::{auth::policy, http::Routes, web::Texts};

/// The texts of these pages.
pub static TEXTS: Texts = shared::texts!();

/// The routes of the function `site`.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::PublicPage>("/", get(pages::start))
        .page::<policy::SignedInPage>("/panel", get(home::panel))
        .page::<policy::SignedInPage>("/portal", get(home::portal))
        .page::<policy::PublicPage>("/offline", get(pages::offline))
        .page::<policy::PublicPage>("/preferences", post(preferences::choose))
        .page::<policy::PublicPage>("/design", get(design::show))
        .texts(&TEXTS)
        .file("/assets/{file}", get(assets::asset))
        .file("/worker.js", get(assets::worker))
        .file("/favicon.ico", get(assets::favicon))
        .file("/manifest.webmanifest", get(pages::manifest))
}
