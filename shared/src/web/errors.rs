//! Errors as pages: what happened, what to do, and the request's number for the support.

use askama::Template;
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    response::Response,
};

use super::{Page, recover, sent::encoded, texts::Texts};
use crate::{
    app::App,
    error::{Code, Error, Result},
    http::reply::Failed,
};

/// What is kept of a request to a page, for the case that it fails.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    pub(crate) texts: Option<&'static Texts>,
}

/// What is said of an error.
struct Told {
    title: &'static str,
    /// What happened, where the title does not say it already.
    text: Option<String>,
    what_to_do: &'static str,
    details: Vec<String>,
    retry: bool,
}

#[derive(Template)]
#[template(path = "error.html")]
struct Alone<'a> {
    page: &'a Page,
    error: &'a Told,
}

/// In the frame of whoever reads it, so that the ways stay.
#[derive(Template)]
#[template(path = "error_framed.html")]
struct Framed<'a> {
    page: &'a Page,
    error: &'a Told,
}

/// An answer of a page: one that failed becomes a page itself, or the way to the sign-in.
pub(crate) fn present(app: &App, visit: &Visit, response: Response) -> Response {
    let Some(failed) = response.extensions().get::<Failed>().cloned() else { return response };
    let page = Page::new(app, &visit.headers, &visit.uri, visit.texts, response.extensions().get().cloned());
    let shown = match failed.error.code() {
        Code::Unauthorized | Code::SessionRevoked | Code::TokenExpired => sign_in(&page, visit, &failed.error),
        Code::MethodNotAllowed if visit.method.is_safe() => Ok(page.redirect(&above(&page))),
        _ => show(&page, visit, &failed.error),
    };
    let Ok(mut shown) = shown else { return response };
    // What the envelope says in its head holds for the page as well.
    for name in [header::RETRY_AFTER, header::ETAG, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            shown.headers_mut().insert(name, value.clone());
        }
    }
    for (name, value) in response.headers() {
        if name.as_str().starts_with("x-ratelimit") {
            shown.headers_mut().insert(name.clone(), value.clone());
        }
    }
    shown.extensions_mut().insert(failed);
    shown
}

/// The page over a step that only a form reaches: where its address leads whoever loads it again.
fn above(page: &Page) -> String {
    let above = page.path().rsplit_once('/').map(|(above, _)| above).filter(|above| !above.is_empty()).unwrap_or("/");
    if page.query().is_empty() { above.to_owned() } else { format!("{above}?{}", page.query()) }
}

/// An error as a page of its own.
fn show(page: &Page, visit: &Visit, error: &Error) -> Result<Response> {
    let (title, what_to_do) = match error.code() {
        Code::NotFound => ("error.not_found", "error.not_found_do"),
        Code::Gone => ("error.gone", "error.gone_do"),
        Code::Forbidden => ("error.forbidden", "error.forbidden_do"),
        Code::InvalidOrigin => ("error.origin", "error.origin_do"),
        Code::RateLimited => ("error.too_many", "error.too_many_do"),
        Code::Unavailable | Code::UpstreamTimeout | Code::Upstream => ("error.unavailable", "error.unavailable_do"),
        code if code.status().is_server_error() => ("error.internal", "error.internal_do"),
        _ => ("error.other", "error.other_do"),
    };
    let details = error.list().iter().map(|d| d.text.in_language(page.language()).to_owned()).collect();
    let message = error.message(page.language());
    let text = match error.code() {
        Code::NotFound => Some(page.t("error.not_found_text").to_owned()),
        Code::Forbidden => Some(message).filter(|text| *text != Error::new(Code::Forbidden).message(page.language())),
        _ => Some(message),
    };
    let retry = visit.method.is_safe() && error.is_transient();
    let status = error.code().status();
    let error = &Told { title: page.t(title), text, what_to_do: page.t(what_to_do), details, retry };
    if page.caller().is_some() {
        page.show_as(status, &Framed { page, error })
    } else {
        page.show_as(status, &Alone { page, error })
    }
}

/// Nobody is signed in: to the sign-in and back again. What was typed goes along.
fn sign_in(page: &Page, visit: &Visit, error: &Error) -> Result<Response> {
    if visit.headers.contains_key("hx-request") {
        // A part of a page cannot be a sign-in: the browser goes there as a whole.
        let back = visit
            .headers
            .get("hx-current-url")
            .and_then(|url| url.to_str().ok())
            .and_then(|url| url.parse::<Uri>().ok());
        let back = back.and_then(|uri| uri.path_and_query().map(ToString::to_string)).unwrap_or_default();
        let mut response = page.redirect("/login");
        *response.status_mut() = axum::http::StatusCode::UNAUTHORIZED;
        response.headers_mut().remove(header::LOCATION);
        if let Ok(to) = HeaderValue::from_str(&format!("/login?next={}", encoded(&back))) {
            response.headers_mut().insert(HeaderName::from_static("hx-redirect"), to);
        }
        return Ok(response);
    }
    if visit.method.is_safe() {
        return Ok(page.redirect(&format!("/login?next={}", encoded(&page.here()))));
    }
    recover::sign_in(page, visit, error)
}
