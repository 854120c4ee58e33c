//! The answers of an operation: its own successes in the envelope, and the failures that its shape makes possible.

use serde_json::{Map, Value, json};
use shared::{
    Code,
    auth::policy::{Access, Operation},
};

/// Operations that answer to credentials of their own, so that 401 is possible though they are public.
const CREDENTIALS: [&str; 2] = ["sign_in", "refresh_tokens"];
/// Operations that a link leads to, which may be used up.
const LINKS: [&str; 4] = ["confirm_registration", "reset_password", "accept_invite", "confirm_email"];

/// Operations at which an account's password is tried, which may lock it.
const PASSWORDS: [&str; 5] = ["confirm_registration", "sign_in", "accept_invite", "change_password", "change_email"];

/// What the operation looks like from outside.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked by its name")]
struct Shape {
    is_unsafe: bool,
    has_body: bool,
    has_path: bool,
    has_other_parameters: bool,
    has_page: bool,
    has_cursor: bool,
    has_key: bool,
    needs_version: bool,
}

impl Shape {
    fn of(method: &str, operation: &Value, schemas: &Value) -> Self {
        let parameters = || operation["parameters"].as_array().into_iter().flatten();
        let named = |name: &str| parameters().any(|p| p["name"] == name);
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        Self {
            is_unsafe: method != "get",
            has_body: !operation["requestBody"].is_null(),
            has_path: parameters().any(|p| p["in"] == "path"),
            has_other_parameters: parameters().any(|p| p["in"] != "path"),
            has_page: named("page"),
            has_cursor: named("cursor"),
            has_key: named("Idempotency-Key"),
            needs_version: named("If-Match") || has_property(body, "version", schemas),
        }
    }
}

/// Whether the schema, or the one that it refers to, has a property of this name.
fn has_property(schema: &Value, name: &str, schemas: &Value) -> bool {
    let schema = match schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        Some(referred) => &schemas[referred],
        None => schema,
    };
    let is_choice = |part: &Value| has_property(part, name, schemas);
    !schema["properties"][name].is_null()
        || schema["oneOf"].as_array().is_some_and(|parts| parts.iter().all(is_choice))
        || schema["allOf"].as_array().into_iter().flatten().any(|part| has_property(part, name, schemas))
}

/// Completes the answers of one operation.
pub(super) fn complete(method: &str, operation: &mut Value, policy: &Operation, schemas: &Value) {
    let shape = Shape::of(method, operation, schemas);
    let is_limited = policy.access != Access::Open;
    let mut answers = Map::new();
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        answers.insert(status.clone(), success(status, answer.clone(), &shape, is_limited, schemas));
    }
    for code in failures(policy, &shape) {
        let status = code.status().as_u16().to_string();
        answers.entry(status.clone()).or_insert_with(|| json!({"$ref": format!("#/components/responses/{status}")}));
    }
    operation["responses"] = answers.into();
    if shape.needs_version && shape.has_body {
        add_version_header(operation);
    }
}

/// A success in the envelope, with its headers. What is no JSON of ours stays as it is.
fn success(status: &str, mut answer: Value, shape: &Shape, is_limited: bool, schemas: &Value) -> Value {
    let mut headers = vec!["X-Request-Id"];
    if is_limited {
        headers.extend(["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]);
    }
    if shape.has_key {
        headers.push("Idempotency-Replayed");
    }
    if status == "201" {
        headers.push("Location");
    }
    let schema = answer["content"]["application/json"]["schema"].clone();
    if !schema.is_null() && schema["type"] != "object" {
        if has_property(&schema, "version", schemas) {
            headers.push("ETag");
        }
        answer["content"]["application/json"]["schema"] = envelope(&schema, shape);
    }
    for name in headers {
        if answer["headers"][name].is_null() {
            answer["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
        }
    }
    answer
}

fn envelope(data: &Value, shape: &Shape) -> Value {
    let pagination = match (data["type"] == "array", shape.has_page, shape.has_cursor) {
        (true, true, _) => Some("PagePagination"),
        (true, _, true) => Some("CursorPagination"),
        _ => None,
    };
    let mut schema = json!({
        "type": "object",
        "required": ["success", "data", "meta"],
        "properties": {
            "success": {"type": "boolean", "enum": [true]},
            "data": data,
            "meta": {"$ref": "#/components/schemas/Meta"},
        },
    });
    if let Some(name) = pagination {
        schema["required"] = json!(["success", "data", "pagination", "meta"]);
        schema["properties"]["pagination"] = json!({"$ref": format!("#/components/schemas/{name}")});
    }
    schema
}

/// The failures that this operation can answer with.
fn failures(policy: &Operation, shape: &Shape) -> Vec<Code> {
    let signed_in = !matches!(policy.access, Access::Open | Access::Public);
    let possible = [
        (Code::Validation, shape.has_body || shape.has_other_parameters),
        (Code::Unauthorized, signed_in || CREDENTIALS.contains(&policy.name)),
        // Whoever does not say what it is, and crawlers, are refused whatever they ask for.
        (Code::Forbidden, policy.access != Access::Open),
        (Code::NotFound, shape.has_path || shape.has_body),
        (Code::NotAcceptable, true),
        (Code::VersionConflict, shape.is_unsafe && (signed_in || LINKS.contains(&policy.name))),
        (Code::Gone, LINKS.contains(&policy.name)),
        (Code::PayloadTooLarge, shape.is_unsafe),
        (Code::UriTooLong, true),
        (Code::UnsupportedMediaType, shape.has_body),
        (Code::BusinessRule, shape.is_unsafe && (signed_in || shape.has_body)),
        (Code::AccountLocked, PASSWORDS.contains(&policy.name)),
        (Code::RateLimited, policy.access != Access::Open),
        (Code::HeadersTooLarge, true),
        (Code::Internal, true),
        (Code::Unavailable, true),
    ];
    possible.into_iter().filter(|(_, can)| *can).map(|(code, _)| code).collect()
}

/// A body that carries the version may leave it to the header.
fn add_version_header(operation: &mut Value) {
    if !operation["parameters"].is_array() {
        operation["parameters"] = json!([]);
    }
    let Some(parameters) = operation["parameters"].as_array_mut() else { return };
    if parameters.iter().all(|p| p["name"] != "If-Match") {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": false,
            "description": "The version that was seen, as in the record's ETag; or the field `version`.",
            "schema": {"type": "string", "pattern": "^\"?[0-9]{1,18}\"?$"},
        }));
    }
}
