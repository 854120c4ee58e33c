//! `/openapi.json` and `/docs`

use axum::{
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};
use shared::Result;

use super::{OPENAPI, STYLE, errors, reference};

/// Public, the same for everybody, and new only with a release.
const CACHED: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");
/// Our own style sheet, and nothing else.
const POLICY: (HeaderName, &str) = (
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

fn page(html: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), CACHED, POLICY], html).into_response()
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "system",
    responses((status = 200, description = "An OpenAPI 3.1 document", body = Object, content_type = "application/json")))]
pub async fn get_openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), CACHED], OPENAPI).into_response()
}

/// This document as a page for people.
#[utoipa::path(get, path = "/docs", tag = "system",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")))]
pub async fn get_docs() -> Result<Response> {
    reference().map(page)
}

/// Every error code, what it says, and its status.
#[utoipa::path(get, path = "/docs/errors", tag = "system",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")))]
pub async fn get_docs_errors() -> Result<Response> {
    errors().map(page)
}

/// The style sheet of these pages.
#[utoipa::path(get, path = "/docs/style.css", tag = "system",
    responses((status = 200, description = "A style sheet", body = String, content_type = "text/css")))]
pub async fn get_docs_style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), CACHED], STYLE).into_response()
}
