//! Answers in the one envelope: `success`, `data`, `pagination`, `meta`.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::request;
use crate::error::{Error, Result};

/// A record with an address and a version of its own.
pub trait Resource: Serialize {
    /// The version, which becomes the `ETag`.
    fn version(&self) -> i64;
    /// The record's path.
    fn location(&self) -> String;
}

/// Where a list stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", untagged)]
pub enum Pagination {
    /// A list with numbered pages.
    #[serde(rename_all = "camelCase")]
    Pages {
        /// The page, from 1.
        page: u32,
        /// Rows on a page.
        limit: u32,
        /// Rows in the whole list, exact up to 10,000.
        total: u64,
        /// Pages in the whole list.
        total_pages: u64,
        /// False when there are more rows than `total` says.
        total_is_exact: bool,
    },
    /// A list that is read on and on.
    #[serde(rename_all = "camelCase")]
    Cursor {
        /// Rows in one answer.
        limit: u32,
        /// What to send as `cursor` for the next rows; null at the end.
        next_cursor: Option<String>,
    },
}

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    status: u16,
    data: Option<Value>,
    pagination: Option<Pagination>,
    location: Option<String>,
    etag: Option<i64>,
    #[serde(skip)]
    cookies: Vec<String>,
    #[serde(skip)]
    replayed: bool,
}

impl Reply {
    fn of(status: StatusCode, data: Option<Value>) -> Self {
        Self {
            status: status.as_u16(),
            data,
            pagination: None,
            location: None,
            etag: None,
            cookies: Vec::new(),
            replayed: false,
        }
    }

    /// 200 with something that is no versioned record.
    pub fn ok(data: &impl Serialize) -> Result<Self> {
        Ok(Self::of(StatusCode::OK, Some(serde_json::to_value(data)?)))
    }

    /// 200 with a record and its `ETag`.
    pub fn found<R: Resource>(record: &R) -> Result<Self> {
        Ok(Self { etag: Some(record.version()), ..Self::ok(record)? })
    }

    /// 201 with a new record, its `ETag` and its `Location`.
    pub fn created<R: Resource>(record: &R) -> Result<Self> {
        Ok(Self { status: 201, location: Some(record.location()), ..Self::found(record)? })
    }

    /// 202: the work goes on without the caller.
    pub fn accepted(data: &impl Serialize) -> Result<Self> {
        Ok(Self::of(StatusCode::ACCEPTED, Some(serde_json::to_value(data)?)))
    }

    /// Adds a `Location`.
    #[must_use]
    pub fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }

    /// 204: done, nothing to say.
    pub fn no_content() -> Self {
        Self::of(StatusCode::NO_CONTENT, None)
    }

    /// 200 with the rows of a list.
    pub fn list(rows: &[impl Serialize], pagination: Pagination) -> Result<Self> {
        Ok(Self { pagination: Some(pagination), ..Self::ok(&rows)? })
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What is answered.
    pub fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// The id of the record that is answered.
    pub fn id(&self) -> Option<&str> {
        self.data.as_ref()?["id"].as_str()
    }

    /// The `Set-Cookie` headers.
    pub fn cookies(&self) -> &[String] {
        &self.cookies
    }

    /// Adds a `Set-Cookie` header. Cookies are never stored for a replay.
    #[must_use]
    pub fn cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// Marks the answer as one that was given before.
    #[must_use]
    pub(crate) fn replayed(mut self) -> Self {
        self.replayed = true;
        self
    }
}

fn json_response(status: StatusCode, kind: &'static str, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = match self.data {
            None => {
                let mut empty = Response::new(Body::empty());
                *empty.status_mut() = status;
                empty
            }
            Some(data) => {
                let mut body = json!({"success": true, "data": data, "meta": {"requestId": request::current().id}});
                if let Some(pagination) = self.pagination {
                    body["pagination"] = serde_json::to_value(pagination).unwrap_or_default();
                }
                json_response(status, "application/json", &body)
            }
        };
        if let Some(version) = self.etag {
            set(&mut response, header::ETAG, &format!("\"{version}\""));
        }
        if let Some(location) = self.location {
            set(&mut response, header::LOCATION, &location);
        }
        for cookie in self.cookies {
            set(&mut response, header::SET_COOKIE, &cookie);
        }
        if self.replayed {
            set(&mut response, HeaderName::from_static("idempotency-replayed"), "true");
        }
        response
    }
}

/// What the logs and the error reports learn from an answer that failed.
#[derive(Debug, Clone)]
pub struct Failed {
    /// The error's code.
    pub code: &'static str,
    /// The error with its cause, for our own eyes.
    pub cause: String,
    /// The error itself, for a page that shows it.
    pub(crate) error: Arc<Error>,
    /// Whether the database chose its transaction to end a deadlock.
    pub by_deadlock: bool,
}

impl IntoResponse for Error {
    fn into_response(mut self) -> Response {
        if let Some(reply) = self.take_replay() {
            return reply.replayed().into_response();
        }
        let info = request::current();
        let status = self.code().status();
        let details: Vec<_> = self.list().iter().map(|d| d.wire(info.language)).collect();
        let message = self.message(info.language);
        let mut response = if info.problem_json {
            let mut body = json!({
                "type": format!("/docs/errors#{}", self.code().as_str()),
                "title": message,
                "status": status.as_u16(),
                "code": self.code().as_str(),
                "instance": format!("urn:request:{}", info.id),
            });
            if !details.is_empty() {
                body["errors"] = serde_json::to_value(&details).unwrap_or_default();
            }
            json_response(status, "application/problem+json", &body)
        } else {
            let mut body = json!({
                "success": false,
                "error": message,
                "code": self.code().as_str(),
                "meta": {"requestId": info.id},
            });
            if !details.is_empty() {
                body["details"] = serde_json::to_value(&details).unwrap_or_default();
            }
            json_response(status, "application/json", &body)
        };
        if let Some(after) = self.retry() {
            set(&mut response, header::RETRY_AFTER, &after.as_millis().div_ceil(1000).max(1).to_string());
        }
        if let Some(version) = self.current_version() {
            set(&mut response, header::ETAG, &format!("\"{version}\""));
        }
        response.extensions_mut().insert(Failed {
            code: self.code().as_str(),
            cause: self.to_string(),
            by_deadlock: self.lost_deadlock(),
            error: Arc::new(self),
        });
        response
    }
}
