//! What all operations share: envelope parts, headers, failures, ways to sign in.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::Code;

/// Adds the shared parts to the document's components.
pub(super) fn add(components: &mut Value) {
    for (name, schema) in schemas() {
        components["schemas"][name] = schema;
    }
    components["headers"] = headers();
    components["responses"] = responses();
    components["securitySchemes"] = json!({
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": "__Host-session",
            "description": "What a browser is given by POST /api/v1/auth/login; plain `session` in development. \
                Unsafe requests must come from the same origin.",
        },
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access token that an app is given by POST /api/v1/auth/login with `client: \"mobile\"`.",
        },
    });
}

/// A flattened optional structure comes out of utoipa as "all of: it or null", which no object can be.
/// It means that its fields may be there or not.
pub(super) fn mend_optional_parts(schemas: &mut Value) {
    let known = schemas.clone();
    for schema in schemas.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
        for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
            let choices = part["oneOf"].as_array().cloned().unwrap_or_default();
            let referred = choices.iter().find_map(|choice| choice["$ref"].as_str()?.rsplit('/').next());
            if let Some(name) = referred.filter(|_| choices.iter().any(|choice| choice["type"] == "null")) {
                *part = json!({"type": "object", "properties": known[name]["properties"]});
            }
        }
    }
}

fn schemas() -> [(&'static str, Value); 6] {
    let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    codes.sort_unstable();
    let count = |text: &str| json!({"type": "integer", "format": "int64", "minimum": 0, "description": text});
    [
        (
            "Meta",
            json!({
                "type": "object", "required": ["requestId"],
                "properties": {"requestId": {"type": "string", "description": "Tell it to support."}},
            }),
        ),
        (
            "PagePagination",
            json!({
                "type": "object", "description": "Where a list with numbered pages stands.",
                "required": ["page", "limit", "total", "totalPages", "totalIsExact"],
                "properties": {
                    "page": count("The page, from 1."), "limit": count("Rows on a page."),
                    "total": count("Rows in the whole list, counted up to 10,000."),
                    "totalPages": count("Pages in the whole list."),
                    "totalIsExact": {"type": "boolean", "description": "False when there are more rows than `total` says."},
                },
            }),
        ),
        (
            "CursorPagination",
            json!({
                "type": "object", "description": "Where a list that is read on and on stands.",
                "required": ["limit", "nextCursor"],
                "properties": {
                    "limit": count("Rows in one answer."),
                    "nextCursor": {"type": ["string", "null"], "description": "What to send as `cursor` for the next rows; null at the end."},
                },
            }),
        ),
        (
            "FailureDetail",
            json!({
                "type": "object", "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "description": "The field, with a path for nested ones: `lines[2].quantity`."},
                    "code": {"type": "string", "description": "A code for machines, such as REQUIRED or INVALID_TCKN."},
                    "message": {"type": "string", "description": "What is wrong and what to do."},
                },
            }),
        ),
        (
            "Failure",
            json!({
                "type": "object", "description": "Every failure.", "required": ["success", "error", "code", "meta"],
                "properties": {
                    "success": {"type": "boolean", "enum": [false]},
                    "error": {"type": "string", "description": "What happened, for a person."},
                    "code": {"type": "string", "enum": codes},
                    "details": {"type": "array", "items": {"$ref": "#/components/schemas/FailureDetail"}},
                    "meta": {"$ref": "#/components/schemas/Meta"},
                },
            }),
        ),
        (
            "Problem",
            json!({
                "type": "object", "description": "Every failure, when `Accept: application/problem+json` asks for it.",
                "required": ["type", "title", "status", "code", "instance"],
                "properties": {
                    "type": {"type": "string", "description": "Where the code is explained."},
                    "title": {"type": "string"}, "status": {"type": "integer"},
                    "code": {"type": "string", "enum": codes}, "instance": {"type": "string"},
                    "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FailureDetail"}},
                },
            }),
        ),
    ]
}

fn headers() -> Value {
    let header = |kind: &str, text: &str| json!({"description": text, "schema": {"type": kind}});
    json!({
        "X-Request-Id": header("string", "The request's id: the caller's own if it sent a valid one."),
        "X-RateLimit-Limit": header("integer", "Requests in the window of the tightest limit."),
        "X-RateLimit-Remaining": header("integer", "Requests that are left in it."),
        "X-RateLimit-Reset": header("integer", "Seconds until there is room again."),
        "Retry-After": header("integer", "Seconds to wait before the next try."),
        "ETag": header("string", "The record's version in quotes: what If-Match sends back."),
        "Location": header("string", "The new record's path."),
        "Idempotency-Replayed": header("string", "`true` when this answer was given to the same key before."),
    })
}

/// One answer for each status that a failure can have; its description lists the codes.
fn responses() -> Value {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL {
        by_status.entry(code.status().as_u16()).or_default().push(*code);
    }
    let mut responses = json!({});
    for (status, codes) in by_status {
        let lines: Vec<String> = codes.iter().map(|c| format!("{}: {}", c.as_str(), c.text().en)).collect();
        let mut headers = json!({"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}});
        if matches!(status, 423 | 429 | 503) {
            headers["Retry-After"] = json!({"$ref": "#/components/headers/Retry-After"});
        }
        responses[status.to_string()] = json!({
            "description": lines.join(" · "),
            "headers": headers,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Failure"}},
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
            },
        });
    }
    responses
}
