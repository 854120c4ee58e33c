//! The layers that every answer passes: request id, access log, headers, limits of size.

use std::{net::IpAddr, sync::Arc, time::Instant};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt as _;
use lambda_http::RequestExt as _;
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;
use tracing::Instrument as _;

use super::{
    compress,
    extract::{Received, TooLarge, is_too_large, no_body},
    limit,
    reply::Failed,
    request::{self, RequestInfo},
};
use crate::{
    app::App,
    error::{Code, Error},
    telemetry,
};

/// The largest JSON body, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// The largest form with a file, in bytes: a file of 4 MiB and the fields around it. In base 64 that is what a function
/// can be handed at once.
const MAX_FILE_FORM: usize = 4 * 1024 * 1024 + 64 * 1024;
/// The longest path and query, in bytes.
pub const MAX_URI: usize = 8 * 1024;
/// All headers together, in bytes.
const MAX_HEADERS: usize = 32 * 1024;

/// Puts the layers around a router.
pub(super) fn wrap(router: Router, app: App) -> Router {
    let app = Arc::new(app);
    router.layer(middleware::from_fn(move |mut request: Request, next: Next| {
        let app = Arc::clone(&app);
        async move {
            let info = Arc::new(info(&app, &request));
            request.extensions_mut().insert(Arc::clone(&app));
            let span = telemetry::request_span(&info.id, &info.correlation_id, info.traceparent.as_deref());
            request::within(Arc::clone(&info), answer(app, info, request, next).instrument(span)).await
        }
    }))
}

async fn answer(app: Arc<App>, info: Arc<RequestInfo>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let is_head = method == Method::HEAD;
    let takes_gzip = compress::accepts(request.headers(), "gzip");
    let (response, route) = match accept(request).await {
        Ok(request) => {
            let route = request.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned());
            // A panic in one request must not cost the others their answer.
            let ran =
                std::panic::AssertUnwindSafe(limit::within(limit::LONGEST, next.run(request))).catch_unwind().await;
            let response = ran.unwrap_or_else(|panic| Error::internal(panic_text(panic.as_ref())).into_response());
            app.settle().await;
            (response, route)
        }
        Err(error) => (error.into_response(), None),
    };
    let response = finish(&app, &info, response);
    let response = if takes_gzip {
        let [.., noise] = app.new_uuid().into_bytes();
        compress::gzip(response, noise).await
    } else {
        response
    };
    report(&method, route.as_deref().unwrap_or("-"), &path, &response, started);
    if is_head { strip_body(response) } else { response }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_default())
}

/// What is known before anything is decided.
fn info(app: &App, request: &Request) -> RequestInfo {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let id = text("x-request-id")
        .filter(|id| request::acceptable_id(id))
        .map_or_else(|| app.new_uuid().to_string(), str::to_owned);
    RequestInfo {
        correlation_id: text("x-correlation-id").filter(|id| request::acceptable_id(id)).unwrap_or(&id).to_owned(),
        id,
        language: if request.uri().path().starts_with("/api/") {
            request::language_of(headers)
        } else {
            request::page_language(headers)
        },
        problem_json: text("accept").is_some_and(|accept| accept.contains("application/problem+json")),
        address: address(app, request),
        user_agent: text("user-agent").map(|agent| agent.chars().filter(|c| !c.is_control()).take(255).collect()),
        traceparent: text("traceparent").map(str::to_owned),
    }
}

/// The caller's address: from the CDN when it proves itself, from the gateway only in development.
/// `X-Forwarded-For` is never read: anybody can write it.
fn address(app: &App, request: &Request) -> Option<IpAddr> {
    let headers = request.headers();
    let config = app.config();
    let given = headers.get("x-origin-secret").map(HeaderValue::as_bytes).unwrap_or_default();
    // Two at the most: the CDN goes on with the one before until it has been told the new one.
    let mut secrets = [&config.origin_secret, &config.origin_secret_previous].into_iter().flatten();
    if secrets.any(|secret| bool::from(given.ct_eq(secret.expose_secret().as_bytes()))) {
        return viewer_address(headers);
    }
    if !config.environment.is_local() {
        return None;
    }
    match request.request_context_ref() {
        Some(lambda_http::request::RequestContext::ApiGatewayV2(context)) => {
            context.http.source_ip.as_deref()?.parse().ok()
        }
        _ => None,
    }
}

/// `CloudFront-Viewer-Address: 198.51.100.10:46532`, IPv6 likewise without brackets.
fn viewer_address(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get("cloudfront-viewer-address")?.to_str().ok()?.rsplit_once(':')?.0.trim_matches(['[', ']']).parse().ok()
}

/// Refuses what is too large, and keeps the body of an unsafe request beside it: the
/// Idempotency-Key is bound to it.
async fn accept(request: Request) -> Result<Request, Error> {
    if request.uri().path_and_query().is_some_and(|p| p.as_str().len() > MAX_URI) {
        return Err(Error::new(Code::UriTooLong));
    }
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers > MAX_HEADERS {
        return Err(Error::new(Code::HeadersTooLarge));
    }
    if let Some(accept) = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok())
        && !acceptable(accept, request.uri().path())
    {
        return Err(Error::new(Code::NotAcceptable));
    }
    if request.method().is_safe() {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let has_file = has_file(&parts.headers) && !parts.uri.path().starts_with("/api/");
    let bytes = match to_bytes(body, if has_file { MAX_FILE_FORM } else { MAX_BODY }).await {
        Ok(bytes) => bytes,
        Err(error) if has_file && is_too_large(&error) => {
            parts.extensions.insert(TooLarge);
            Bytes::new()
        }
        Err(error) => return Err(no_body(&error)),
    };
    parts.extensions.insert(Received(bytes.clone()));
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Whether a form comes with a file.
fn has_file(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

/// What the API says.
const API_KINDS: &[&str] = &["application/json", "application/problem+json"];
/// What is said elsewhere: pages, and the documents beside them.
const PAGE_KINDS: &[&str] = &["text/html", "text/css", "text/plain", "application/json", "application/problem+json"];

/// Whether the caller accepts one of the kinds that can be had under this path.
fn acceptable(accept: &str, path: &str) -> bool {
    let made = match path {
        // Pictures, fonts and scripts: whoever asks for one by its name wants it.
        path if path.starts_with("/assets/") => return true,
        path if path.starts_with("/api/") => API_KINDS,
        _ => PAGE_KINDS,
    };
    accept.trim().is_empty() || made.iter().any(|kind| is_accepted(accept, kind))
}

/// Whether the range that speaks most precisely of a kind does not refuse it by `q=0`.
fn is_accepted(accept: &str, kind: &str) -> bool {
    let whole_type = kind.split_once('/').map_or(kind, |(main, _)| main);
    let told = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
        let precision = match parts.next()?.as_str() {
            "*/*" => 0,
            range if range.strip_suffix("/*") == Some(whole_type) => 1,
            range if range == kind => 2,
            _ => return None,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=").map(|q| q.trim().parse().unwrap_or(1.0)));
        Some((precision, quality.unwrap_or(1.0_f32) > 0.0))
    });
    told.max_by_key(|(precision, _)| *precision).is_some_and(|(_, wanted)| wanted)
}

/// Headers of every answer.
fn finish(app: &App, info: &RequestInfo, mut response: Response) -> Response {
    let https = app.config().is_https();
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let (name, Ok(value)) = (HeaderName::from_static(name), HeaderValue::from_str(value)) {
            headers.entry(name).or_insert(value);
        }
    };
    set("x-request-id", &info.id);
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "strict-origin-when-cross-origin");
    set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    set("cache-control", "private, no-store");
    set("content-language", info.language.tag());
    if https {
        set("strict-transport-security", "max-age=31536000; includeSubDomains");
    }
    // A file says itself what it depends on.
    let vary = HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Cookie, Authorization");
    response.headers_mut().entry(header::VARY).or_insert(vary);
    response
}

/// One access line a request; and for a fault of ours one error line with its cause.
fn report(method: &Method, route: &str, path: &str, response: &Response, started: Instant) {
    let status = response.status();
    let duration_ms = started.elapsed().as_secs_f64() * 1000.0;
    let failed = response.extensions().get::<Failed>();
    if let Some(failed) = failed
        && status.is_server_error()
    {
        tracing::error!(category = "error", code = failed.code, cause = failed.cause, route, "request.failed");
        telemetry::report_fault(failed.code, &failed.cause, route);
    }
    // A path may carry a token; the route's pattern says as much without it.
    let shown = if route == "-" { path.chars().take(64).collect() } else { String::new() };
    tracing::info!(
        category = "access",
        method = method.as_str(),
        route,
        path = shown,
        status = status.as_u16(),
        code = failed.map_or("", |f| f.code),
        duration_ms,
        "request.answered"
    );
    telemetry::record_request(route, method.as_str(), status.as_u16(), started.elapsed());
}

/// What a HEAD is answered: all but the body, whose length is said as GET would have it.
fn strip_body(response: Response) -> Response {
    let length = axum::body::HttpBody::size_hint(response.body()).exact();
    let (mut parts, _) = response.into_parts();
    if let Some(length) = length.filter(|_| parts.status != StatusCode::NO_CONTENT) {
        parts.headers.entry(header::CONTENT_LENGTH).or_insert(length.into());
    }
    Response::from_parts(parts, Body::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_viewer_address_is_read_in_both_families() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("cloudfront-viewer-address", value.parse().unwrap());
            viewer_address(&headers).map(|a| a.to_string())
        };
        assert_eq!(read("198.51.100.10:46532").as_deref(), Some("198.51.100.10"));
        assert_eq!(read("2001:db8::1:46532").as_deref(), Some("2001:db8::1"));
        assert_eq!(read("nonsense"), None);
    }

    #[test]
    fn json_and_pages_are_acceptable_and_pictures_are_not() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let good = ["*/*", "application/json", "application/*;q=0.1", "application/problem+json", "", browser];
        for good in good {
            assert!(acceptable(good, "/api/v1/companies"), "{good}");
            assert!(acceptable(good, "/login"), "{good}");
        }
        let bad = ["image/png", "application/xml", "application/json;q=0", "*/*;q=0.0", "application/json;q=0,*/*;q=0"];
        for bad in bad {
            assert!(!acceptable(bad, "/api/v1/companies"), "{bad}");
            assert!(!acceptable(bad, "/login"), "{bad}");
        }
        // Each kind is had where it is made, and one that is refused by its name is not had by an asterisk.
        for kind in ["text/html", "text/csv", "application/json;q=0,application/problem+json;q=0,*/*"] {
            assert!(!acceptable(kind, "/api/v1/companies"), "{kind}");
        }
        assert!(acceptable("text/html", "/login") && acceptable("image/avif", "/assets/logo.svg"));
    }
}
