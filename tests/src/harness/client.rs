//! A client of the API: somebody who is signed in, or nobody.

use std::{future::IntoFuture, pin::Pin, sync::LazyLock, time::Duration};

use reqwest::{Method, redirect::Policy};
use serde_json::Value;

use super::{Answer, STACK};
use crate::openapi::contract;

/// How long an answer may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(40);

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .user_agent("prosektor-tests")
        .timeout(PATIENCE)
        .pool_max_idle_per_host(0)
        .build()
        .unwrap_or_default()
});

/// Somebody who calls the API.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The user's id; empty for a stranger.
    pub user: String,
    /// The e-mail; empty for a stranger.
    pub email: String,
    headers: Vec<(String, String)>,
}

impl Client {
    /// Nobody.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// The same client, with a header on every call.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Somebody with this access token.
    pub fn bearer(token: &str) -> Self {
        Self::anonymous().with("authorization", &format!("Bearer {token}"))
    }

    /// What it signs its calls with, for a call that does not go through the gateway.
    pub fn credentials(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value.as_str())
    }

    /// Any call.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call { method, path: path.to_owned(), headers: self.headers.clone(), body: None }
    }

    /// `GET`
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// `POST` with a JSON body.
    pub fn post(&self, path: &str, body: Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    /// `PATCH` with a JSON body, which may carry the version.
    pub fn patch(&self, path: &str, body: Value) -> Call {
        self.call(Method::PATCH, path).json(body)
    }

    /// `DELETE` of a version.
    pub fn delete(&self, path: &str, version: i64) -> Call {
        self.call(Method::DELETE, path).header("if-match", &format!("\"{version}\""))
    }
}

/// A call that is sent when it is awaited.
#[derive(Debug, Clone)]
pub struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Call {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an Idempotency-Key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends this JSON.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a test writes json!({…}) at the call")]
    pub fn json(self, body: Value) -> Self {
        self.text("application/json", &body.to_string())
    }

    /// Sends these fields as a page's form does.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        self.text("application/x-www-form-urlencoded", &body.join("&"))
    }

    /// Sends this text as it is.
    #[must_use]
    pub fn text(mut self, kind: &str, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("content-type", kind)
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    /// # Panics
    /// When no answer comes, or one that the OpenAPI document does not describe.
    #[expect(clippy::expect_used, clippy::panic, reason = "a test without an answer, or with a wrong one, has failed")]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let asked = format!("{} {}", self.method, self.path);
            let mut request = HTTP.request(self.method.clone(), format!("{}{}", STACK.url, self.path));
            for (name, value) in self.headers {
                request = request.header(name, value);
            }
            if let Some(body) = self.body {
                request = request.body(body);
            }
            let response = request.send().await.expect(&asked);
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = response.text().await.expect(&asked);
            let kind = headers.get("content-type").and_then(|value| value.to_str().ok());
            // Whatever a test asks for, the answer is what the document promises.
            if let Err(wrong) = contract::check(self.method.as_str(), &self.path, status, kind, &text) {
                panic!("{asked} {status}: not as the OpenAPI document says: {wrong}: {text}");
            }
            Answer { asked, status, headers, text }
        })
    }
}

/// A text in a form.
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ =
            if byte.is_ascii_alphanumeric() { write!(out, "{}", char::from(byte)) } else { write!(out, "%{byte:02X}") };
        out
    })
}
