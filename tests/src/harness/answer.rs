//! An answer, and what a test says of it.
#![expect(clippy::panic, clippy::missing_panics_doc, reason = "an assertion that does not hold panics")]

use reqwest::header::HeaderMap;
use serde_json::Value;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null when there is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    #[track_caller]
    fn success(&self, status: u16) -> Value {
        assert!(self.status == status, "{}: expected {status}, got {} {}", self.asked, self.status, self.text);
        let body = self.json();
        assert!(body["success"] == true, "{}: not the envelope of a success: {}", self.asked, self.text);
        assert!(self.header("x-request-id").is_some(), "{}: no X-Request-Id", self.asked);
        body
    }

    /// The data of a 200.
    #[track_caller]
    pub fn ok(&self) -> Value {
        self.success(200)["data"].clone()
    }

    /// The data of a 201.
    #[track_caller]
    pub fn created(&self) -> Value {
        self.success(201)["data"].clone()
    }

    /// The data of a 202.
    #[track_caller]
    pub fn accepted(&self) -> Value {
        self.success(202)["data"].clone()
    }

    /// Nothing but a 204.
    #[track_caller]
    pub fn no_content(&self) {
        assert!(
            self.status == 204 && self.text.is_empty(),
            "{}: expected 204, got {} {}",
            self.asked,
            self.status,
            self.text
        );
    }

    /// The rows of a list.
    #[track_caller]
    pub fn rows(&self) -> Vec<Value> {
        match self.ok() {
            Value::Array(rows) => rows,
            other => panic!("{}: no list: {other}", self.asked),
        }
    }

    /// The total of a list.
    #[track_caller]
    pub fn total(&self) -> u64 {
        self.json()["pagination"]["total"].as_u64().unwrap_or_else(|| panic!("{}: no total: {}", self.asked, self.text))
    }

    /// A failure with this status and code.
    #[track_caller]
    pub fn fails(&self, status: u16, code: &str) -> &Self {
        let body = self.json();
        assert!(
            self.status == status && body["code"] == code && body["success"] == false,
            "{}: expected {status} {code}, got {} {}",
            self.asked,
            self.status,
            self.text
        );
        assert!(
            body["meta"]["requestId"].is_string() && body["error"].is_string(),
            "{}: not the envelope: {}",
            self.asked,
            self.text
        );
        self
    }

    /// One of the failure's details is about this field.
    #[track_caller]
    pub fn on_field(&self, field: &str) -> &Self {
        let body = self.json();
        let named = body["details"].as_array().is_some_and(|details| details.iter().any(|d| d["field"] == field));
        assert!(named, "{}: no detail on {field}: {}", self.asked, self.text);
        self
    }

    /// One of the failure's details has this code.
    #[track_caller]
    pub fn with_code(&self, code: &str) -> &Self {
        let body = self.json();
        let named = body["details"].as_array().is_some_and(|details| details.iter().any(|d| d["code"] == code));
        assert!(named, "{}: no detail {code}: {}", self.asked, self.text);
        self
    }

    /// A page with this status.
    #[track_caller]
    pub fn page(&self, status: u16) -> &str {
        let kind = self.header("content-type").unwrap_or_default();
        assert!(
            self.status == status && kind.starts_with("text/html"),
            "{}: expected a page with {status}, got {} {kind} {}",
            self.asked,
            self.status,
            self.text
        );
        &self.text
    }

    /// Where a 303 leads.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert!(self.status == 303, "{}: expected 303, got {} {}", self.asked, self.status, self.text);
        self.header("location").unwrap_or_default()
    }

    /// The value of an input of a page's form, as it is in the page.
    #[track_caller]
    pub fn input(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\"");
        let tag = self.text.split('<').find(|tag| tag.starts_with("input") && tag.contains(&mark));
        let value = tag.and_then(|tag| tag.split_once("value=\"")).and_then(|(_, rest)| rest.split('"').next());
        let value = value.unwrap_or_else(|| panic!("{}: no input {name} in {}", self.asked, self.text));
        value
            .replace("&#38;", "&")
            .replace("&#34;", "\"")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#39;", "'")
    }
}
