//! What is known about the request that is being answered, wherever one looks for it.

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, header};

use crate::error::Language;

/// The facts of one request that answers, logs and audit rows carry.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// The request's id, ours or a valid one of the caller's.
    pub id: String,
    /// The id that ties several requests of one task together; the request's own without one.
    pub correlation_id: String,
    /// The language of texts for people.
    pub language: Language,
    /// Whether errors are wanted as `application/problem+json`.
    pub problem_json: bool,
    /// The caller's address, as far as it can be trusted.
    pub address: Option<IpAddr>,
    /// The caller's program, cut to 255 characters.
    pub user_agent: Option<String>,
    /// The trace this request belongs to, as W3C `traceparent`.
    pub traceparent: Option<String>,
}

impl RequestInfo {
    /// What a background task knows of itself.
    pub fn of_task(id: &str, correlation_id: Option<&str>, traceparent: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            correlation_id: correlation_id.unwrap_or(id).to_owned(),
            language: Language::Tr,
            problem_json: false,
            address: None,
            user_agent: None,
            traceparent: traceparent.map(str::to_owned),
        }
    }
}

tokio::task_local! {
    static CURRENT: Arc<RequestInfo>;
}

/// Runs `work` as part of this request.
pub async fn within<F: Future>(info: Arc<RequestInfo>, work: F) -> F::Output {
    CURRENT.scope(info, work).await
}

/// The request that is being answered; an empty one outside of any.
pub fn current() -> Arc<RequestInfo> {
    CURRENT.try_with(Arc::clone).unwrap_or_else(|_| Arc::new(RequestInfo::of_task("", None, None)))
}

/// The language that the caller prefers among ours; Turkish without a preference.
pub fn language_of(headers: &HeaderMap) -> Language {
    let Some(accepted) = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()) else {
        return Language::Tr;
    };
    let mut best = (Language::Tr, 0.0_f32);
    for part in accepted.split(',').take(16) {
        let mut pieces = part.trim().split(';');
        let tag = pieces.next().unwrap_or_default().trim();
        let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")).map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
        let language = match tag.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("tr") => Language::Tr,
            Some("en") => Language::En,
            _ => continue,
        };
        if weight > best.1 {
            best = (language, weight);
        }
    }
    best.0
}

/// The language of a page: the one that the reader chose, else the browser's.
pub fn page_language(headers: &HeaderMap) -> Language {
    match crate::auth::cookie::value(headers, "language") {
        Some("tr") => Language::Tr,
        Some("en") => Language::En,
        _ => language_of(headers),
    }
}

/// A caller's request id is echoed when it is short and plain.
pub fn acceptable_id(value: &str) -> bool {
    (8..=128).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferring(value: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, value.parse().unwrap());
        language_of(&headers)
    }

    #[test]
    fn the_preferred_language_of_ours_is_taken_else_turkish() {
        assert_eq!(language_of(&HeaderMap::new()), Language::Tr);
        assert_eq!(preferring("en-GB,en;q=0.9"), Language::En);
        assert_eq!(preferring("en;q=0.4, tr;q=0.8"), Language::Tr);
        assert_eq!(preferring("de, fr;q=0.9"), Language::Tr);
        assert_eq!(preferring("de, en;q=0.1"), Language::En);
        assert_eq!(preferring("en;q=0"), Language::Tr);
    }

    #[test]
    fn only_plain_request_ids_are_echoed() {
        assert!(acceptable_id("0198c7de-1111-7000-8000-000000000000"));
        for bad in ["short", "with space here", "line\nbreak-here", &"x".repeat(129)] {
            assert!(!acceptable_id(bad), "{bad}");
        }
    }
}
