//! The pages that belong to no feature.

use askama::Template;
use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use shared::{
    Result,
    web::{Page, assets},
};

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    page: &'a Page,
}

#[derive(Template)]
#[template(path = "offline.html")]
struct Offline<'a> {
    page: &'a Page,
}

/// What the product is; whoever is signed in goes home.
pub async fn start(page: Page) -> Result<Response> {
    if page.caller().is_some() {
        return Ok(page.redirect(page.home()));
    }
    page.show(&Start { page: &page })
}

/// What the browser shows without a network.
pub async fn offline(page: Page) -> Result<Response> {
    page.show(&Offline { page: &page })
}

/// What a telephone asks before it puts the application on its screen.
pub async fn manifest() -> Response {
    let icon = |name: &str, size: &str, purpose: &str| json!({"src": assets::address(name), "sizes": size, "type": "image/png", "purpose": purpose});
    let manifest = json!({
        "id": "/",
        "name": "ProSektor",
        "short_name": "ProSektor",
        "description": "OSGB yönetimi",
        "lang": "tr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f7f8",
        "theme_color": "#0e6675",
        "icons": [
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("icon-maskable.png", "512x512", "maskable"),
        ],
    });
    let headers = [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "public, no-cache")];
    (headers, manifest.to_string()).into_response()
}
