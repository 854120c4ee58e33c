//! Hostile values: every field of every body and every parameter of every query in the OpenAPI document gets what
//! nobody should send. Nothing here is written for one operation: a new one is tested by standing in the document.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use shared::auth::policy::{Access, Operation};
use tests::{
    harness::{Answer, Call, Client, PASSWORD, Tenant, new_id, with_tenant},
    openapi,
};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::strangers::{body, victim::Victim, with_ids};

/// Calls in flight.
const AT_ONCE: usize = 24;
/// A field gets each third value; its neighbours in the document get the others.
const STRIDE: usize = 3;

/// Texts that are no use to anybody, as a body or a query string may carry them.
fn texts() -> Vec<String> {
    let plain = [
        "",
        " \t ",
        "\0",
        "a\0b",
        "\u{1}\u{7f}\u{85}",
        "a\r\nSet-Cookie: a=b",
        "\u{200b}\u{200d}\u{feff}",
        "\u{202e}gizli\u{202c}",
        "\u{200f}\u{061c}abc",
        "e\u{301}\u{327}\u{301}z\u{308}",
        "İIıi İSTANBUL ığdır",
        "ﬁ ß Ǆ ŉ \u{1e9e}",
        "👩\u{200d}👩\u{200d}👧 \u{1f1f9}\u{1f1f7} \u{10ffff}\u{fffe}",
        "' OR '1'='1' -- ",
        "\"; DROP TABLE companies_rows; --",
        "%_\\%' UNION SELECT 1 #",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "=cmd|' /C calc'!A0",
        "../../../etc/passwd",
        "${jndi:ldap://127.0.0.1/x}{{7*7}}",
        "true",
        "null",
        "-1",
        "1e309",
        "NaN",
        "99999999999999999999999",
        "-9223372036854775809",
        "٣٤٥",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "2025-02-30",
        "10000-01-01",
        "2025-01-15T25:61:61Z",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "a@b@c.test",
        "İ@deneme.test",
        "Kaçak <a@deneme.test>, b@deneme.test",
        "+90 532 123 45 67;ext=<b>",
        "10000000146",
        "name;DROP,-name,--name,",
    ];
    let mut texts: Vec<String> = plain.iter().map(|text| (*text).to_owned()).collect();
    // Long ones, and those that grow when they are folded, composed or written in bytes.
    for (letter, count) in [("x", 300), ("İ", 255), ("\u{fdfa}", 255), ("😀", 255), ("e\u{301}", 100), ("9", 400)] {
        texts.push(letter.repeat(count));
    }
    texts
}

/// JSON as it stands in the body: some of it is none.
fn raw_values() -> Vec<String> {
    let mut values: Vec<String> = texts().iter().map(|text| json!(text).to_string()).collect();
    let more = [
        "null",
        "true",
        "0",
        "-1",
        "-0.0",
        "1.5",
        "1e308",
        "1e400",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "123456789012345678901234567890123456789012345678901234567890",
        "[]",
        "{}",
        "[null]",
        "[\"x\", 1, {}]",
        "{\"a\": {\"b\": [1]}}",
        "{\"a\": 1, \"a\": 2}",
        "\"\\ud800\"",
        "\"a\\udc00\\ud800b\"",
        "\"\\u0000\\u0007\"",
        "\"\\x41\"",
        "NaN",
        "'x'",
        "01",
    ];
    values.extend(more.map(str::to_owned));
    values.push(format!("{}{}", "[".repeat(100), "]".repeat(100)));
    values.push(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    values.push(format!("{}1{}", "{\"a\":".repeat(120), "}".repeat(120)));
    values.push(format!("[{}1]", "1,".repeat(5_000)));
    values.push(format!("\"{}\"", "y".repeat(200_000)));
    values
}

/// Where a hostile value goes.
#[derive(Clone)]
enum Place {
    Body { schema: Arc<Value>, field: String },
    Query { required: Vec<String>, name: String },
}

/// One field or parameter of one operation.
#[derive(Clone)]
struct Target {
    method: Method,
    path: String,
    place: Place,
    /// Its number in the document: which values it gets.
    number: usize,
}

impl Target {
    fn name(&self) -> &str {
        match &self.place {
            Place::Body { field, .. } => field,
            Place::Query { name, .. } => name,
        }
    }
}

fn targets(document: &Value) -> Vec<Target> {
    let mut found: Vec<Target> = Vec::new();
    for (method, path, operation) in openapi::operations(document) {
        let method: Method = method.parse().unwrap();
        let mut add = |place: Place| {
            let number = found.len();
            found.push(Target { method: method.clone(), path: path.clone(), place, number });
        };
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if !schema.is_null() {
            let schema = Arc::new(body::resolved(document, schema));
            for field in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
                add(Place::Body { schema: Arc::clone(&schema), field: field.clone() });
            }
        }
        let query = || operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
        let name = |p: &Value| p["name"].as_str().unwrap().to_owned();
        let required: Vec<String> = query().filter(|p| p["required"] == true).map(name).collect();
        for parameter in query() {
            add(Place::Query { required: required.clone(), name: name(parameter) });
        }
    }
    assert!(found.len() > 200, "only {} fields and parameters: the document is not whole", found.len());
    found
}

/// The callers, and the records whose ids stand in paths and bodies.
struct Stage {
    admin: Client,
    victim: Victim,
    tenant: uuid::Uuid,
}

impl Stage {
    fn id_of_field(&self, field: &str) -> Option<String> {
        match field {
            "current" | "currentPassword" => Some(PASSWORD.to_owned()),
            "tenantId" => Some(self.tenant.to_string()),
            "naceCode" => Some("25.11.00".to_owned()),
            field => self.victim.id_of_field(field),
        }
    }

    fn path(&self, pattern: &str) -> String {
        let id_of = |segment: &str| Some(self.victim.id_of(segment).unwrap_or_else(|| new_id().to_string()));
        with_ids(pattern, &id_of).unwrap_or_else(|| pattern.to_owned())
    }

    /// The call with this value in its place, all else being valid.
    fn call(&self, client: &Client, target: &Target, value: &str, version: &str) -> Call {
        let path = self.path(&target.path);
        match &target.place {
            Place::Body { schema, field } => {
                let Value::Object(mut valid) = body::example(schema, &|name| self.id_of_field(name)) else {
                    panic!("{path}: the body is no object")
                };
                valid.remove(field);
                let versioned = !schema["properties"]["version"].is_null();
                valid.remove("version");
                let rest: Vec<String> = valid.iter().map(|(name, value)| format!("{}: {value}", json!(name))).collect();
                let text = format!(
                    "{{{}: {value}{}{}}}",
                    json!(field),
                    if rest.is_empty() { "" } else { ", " },
                    rest.join(", ")
                );
                let call = client.call(target.method.clone(), &path).text("application/json", &text);
                if versioned && field != "version" { call.header("if-match", version) } else { call }
            }
            Place::Query { required, name } => {
                let mut pairs = vec![format!("{name}={}", escaped(value))];
                let others = required.iter().filter(|other| *other != name);
                pairs.extend(others.map(|other| format!("{other}={}", self.id_of_field(other).unwrap_or_default())));
                client.call(target.method.clone(), &format!("{path}?{}", pairs.join("&")))
            }
        }
    }
}

/// Every byte percent-encoded.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| out + &format!("%{byte:02X}"))
}

/// The kinds of JSON that a schema takes.
fn takes(schema: &Value, value: &Value) -> bool {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::String(kind) => vec![kind.as_str()],
        _ => return true,
    };
    kinds.iter().any(|kind| match *kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    })
}

/// What is wrong with an answer to a hostile value; the client has held it against the document already.
fn wrong(answer: &Answer, target: &Target, value: &str) -> Option<String> {
    let said = |what: &str| {
        Some(format!(
            "{} {}={:.60}: {what}: {} {:.300}",
            answer.asked,
            target.name(),
            value,
            answer.status,
            answer.text
        ))
    };
    if (200..300).contains(&answer.status) {
        if let Place::Body { schema, field } = &target.place
            && let Ok(value) = serde_json::from_str::<Value>(value)
            && !value.is_null()
            && !takes(&schema["properties"][field], &value)
        {
            return said("a value of another type is accepted");
        }
        return None;
    }
    if !(400..500).contains(&answer.status) {
        return said("neither done nor refused");
    }
    let body = answer.json();
    let is_envelope = body["success"] == false
        && body["code"].is_string()
        && body["error"].as_str().is_some_and(|text| !text.is_empty())
        && body["meta"]["requestId"].is_string();
    if !is_envelope {
        return said("not the envelope");
    }
    if body["code"] == "VALIDATION_ERROR" {
        let fields: Vec<&str> =
            body["details"].as_array().into_iter().flatten().filter_map(|detail| detail["field"].as_str()).collect();
        if fields.is_empty() || fields.contains(&"") {
            return said("no field is named");
        }
    }
    None
}

/// Sends each value of one field or parameter.
async fn attack(stage: &Stage, client: &Client, target: &Target) -> Vec<String> {
    let values = match target.place {
        Place::Body { .. } => raw_values(),
        Place::Query { .. } => texts(),
    };
    let mut found = Vec::new();
    let mut version = "\"1\"".to_owned();
    for value in values.iter().skip(target.number % STRIDE).step_by(STRIDE) {
        for _ in 0..4 {
            let answer = stage.call(client, target, value, &version).await;
            // Others change the same record meanwhile; the answer tells its version.
            let moved = answer.status == 409 && answer.json()["code"] == "VERSION_CONFLICT";
            if let Some(tag) = answer.header("etag") {
                tag.clone_into(&mut version);
            }
            if !moved {
                found.extend(wrong(&answer, target, value));
                break;
            }
        }
    }
    found
}

/// Whether the operation tries a password, which may lock the account or end its sessions.
fn tries_a_password(document: &Value, target: &Target) -> bool {
    let name = document["paths"][&target.path][target.method.as_str().to_lowercase()]["operationId"].as_str();
    let policy = Operation::find(name.unwrap_or_default()).unwrap();
    !matches!(policy.access, Access::Open | Access::Public)
        && matches!(&target.place, Place::Body { schema, .. }
            if schema["properties"].as_object().unwrap().values().any(|field| field["format"] == "password"))
}

async fn attack_all(t: &Tenant, document: &Value) -> Vec<String> {
    let stage = Arc::new(Stage { admin: t.admin().await, victim: Victim::new(t).await, tenant: t.id });
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for target in targets(document) {
        let client = if tries_a_password(document, &target) { t.admin().await } else { stage.admin.clone() };
        let (stage, places) = (Arc::clone(&stage), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            attack(&stage, &client, &target).await
        });
    }
    let mut found = Vec::new();
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(wrong) => found.extend(wrong),
            // The client panics at what the document does not describe.
            Err(error) => {
                let panic = error.into_panic();
                let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                found.push(text.chars().take(600).collect());
            }
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_value_in_any_field_is_answered_otherwise_than_the_document_says() {
    let document = openapi::document();
    with_tenant(async |t| {
        let found = attack_all(t, &document).await;
        assert!(found.is_empty(), "{} answers are wrong:\n{}", found.len(), found.join("\n"));
    })
    .await;
}
