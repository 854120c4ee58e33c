//! What an API gateway hands to a function.

use bytes::Bytes;
use serde_json::{Value, json};

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum As<'a> {
    /// Nobody who is known.
    Nobody,
    /// An app with this token.
    App(&'a str),
}

/// A request as an event.
pub(crate) fn request(by: As<'_>, method: &str, path: &str, body: Option<&Value>) -> Bytes {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut headers = json!({
        "host": "localhost", "user-agent": "prosektor-bench", "content-type": "application/json",
        "accept": "*/*", "accept-language": "tr",
    });
    if let As::App(token) = by {
        headers["authorization"] = json!(format!("Bearer {token}"));
    }
    let mut event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers,
        "requestContext": {
            "accountId": "000000000000", "apiId": "bench", "domainName": "localhost", "domainPrefix": "localhost",
            "requestId": "bench", "routeKey": "$default", "stage": "$default", "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                "userAgent": "prosektor-bench"},
        },
        "isBase64Encoded": false,
    });
    if let Some(body) = body {
        event["body"] = json!(body.to_string());
    }
    Bytes::from(event.to_string())
}

/// The JSON that an answer carries.
pub(crate) fn data(answer: &Value) -> Value {
    let body: Value = answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
    body["data"].clone()
}
