//! Hostile values: every field of every body, every parameter of every query and path, and every header in the OpenAPI
//! document gets what nobody should send. Nothing here is written for one operation: a new one is tested by standing in the document.

use std::{collections::BTreeMap, sync::Arc};

use reqwest::Method;
use serde_json::{Map, Value, json};
use shared::{
    auth::policy::{Access, Operation},
    http::MAX_BODY,
};
use tests::{
    harness::{Answer, Call, Client, PASSWORD, Tenant, new_id, with_tenant},
    openapi,
};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::strangers::{body, victim::Victim, with_ids};

/// Calls in flight.
const AT_ONCE: usize = 24;
/// So many fields of one type share the values; each type gets all of them, and each field a part.
const SHARING: usize = 4;
/// Callers who take turns: one alone would meet the limit of calls a minute.
const CALLERS: usize = 4;
/// Headers that every request may have, whatever the document says of it.
const HEADERS: [&str; 7] =
    ["accept", "accept-language", "cookie", "origin", "traceparent", "x-correlation-id", "x-request-id"];

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
    Body {
        schema: Arc<Value>,
        field: String,
    },
    Query {
        required: Vec<String>,
        name: String,
    },
    /// Of a path all ids, so that those of one operation are one target.
    Path {
        schema: Option<Arc<Value>>,
    },
    Header {
        schema: Option<Arc<Value>>,
        name: String,
    },
}

/// One field or parameter of one operation.
#[derive(Clone)]
struct Target {
    method: Method,
    path: String,
    place: Place,
    /// The type of what belongs there.
    kind: String,
    /// Its part of the values: which, of how many.
    part: (usize, usize),
    /// Whether the operation has a limit that may answer for it.
    is_limited: bool,
}

impl Target {
    fn name(&self) -> &str {
        match &self.place {
            Place::Body { field, .. } => field,
            Place::Query { name, .. } | Place::Header { name, .. } => name,
            Place::Path { .. } => "the path",
        }
    }
}

/// A schema without its words for people.
fn bare(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let told = map.iter().filter(|(name, _)| !["description", "example", "examples"].contains(&name.as_str()));
            told.map(|(name, value)| (name.clone(), bare(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn targets(document: &Value) -> Vec<Target> {
    let mut found: Vec<Target> = Vec::new();
    for (method, path, operation) in openapi::operations(document) {
        let method: Method = method.parse().unwrap();
        let is_limited = !Operation::find(operation["operationId"].as_str().unwrap()).unwrap().limits.is_empty();
        let mut add = |place: Place, kind: String| {
            let (method, path) = (method.clone(), path.clone());
            found.push(Target { method, path, place, kind, part: (0, 1), is_limited });
        };
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let schema = (!schema.is_null()).then(|| Arc::new(body::resolved(document, schema)));
        if let Some(schema) = &schema {
            for (field, own) in schema["properties"].as_object().into_iter().flatten() {
                add(Place::Body { schema: Arc::clone(schema), field: field.clone() }, format!("body {}", bare(own)));
            }
        }
        let parameters = body::resolved(document, &operation["parameters"]);
        let parameters = parameters.as_array().cloned().unwrap_or_default();
        let of = |place: &str| -> Vec<&Value> { parameters.iter().filter(|p| p["in"] == place).collect() };
        let name = |p: &Value| p["name"].as_str().unwrap().to_owned();
        let required: Vec<String> = of("query").into_iter().filter(|p| p["required"] == true).map(name).collect();
        for parameter in of("query") {
            let kind = format!("query {}", bare(&parameter["schema"]));
            add(Place::Query { required: required.clone(), name: name(parameter) }, kind);
        }
        for parameter in of("header") {
            add(Place::Header { schema: schema.clone(), name: name(parameter) }, name(parameter));
        }
        if let Some((before, _)) = path.split_once('{') {
            add(Place::Path { schema }, before.to_owned());
        }
    }
    let list = |name: &str| Target {
        method: Method::GET,
        path: "/api/v1/companies".to_owned(),
        place: Place::Header { schema: None, name: name.to_owned() },
        kind: name.to_owned(),
        part: (0, 1),
        is_limited: false,
    };
    found.extend(HEADERS.map(list));
    let mut kinds: BTreeMap<String, Vec<&mut Target>> = BTreeMap::new();
    for target in &mut found {
        kinds.entry(target.kind.clone()).or_default().push(target);
    }
    for targets in kinds.into_values() {
        let sharing = targets.len().min(SHARING);
        targets.into_iter().enumerate().for_each(|(at, target)| target.part = (at % sharing, sharing));
    }
    assert!(found.len() > 200, "only {} fields and parameters: the document is not whole", found.len());
    found
}

/// The records whose ids stand in paths and bodies.
struct Stage {
    victim: Victim,
    tenant: uuid::Uuid,
}

impl Stage {
    fn id_of_field(&self, field: &str) -> Option<String> {
        match field {
            "current" | "currentPassword" => Some(PASSWORD.to_owned()),
            "tenantId" => Some(self.tenant.to_string()),
            "naceCode" => Some("25.11.00".to_owned()),
            // Nobody gets more than ten mails an hour that others ordered, whoever orders them.
            "email" => Some(format!("{}@deneme.test", new_id().simple())),
            field => self.victim.id_of_field(field),
        }
    }

    fn path(&self, pattern: &str) -> String {
        let id_of = |segment: &str| Some(self.victim.id_of(segment).unwrap_or_else(|| new_id().to_string()));
        with_ids(pattern, &id_of).unwrap_or_else(|| pattern.to_owned())
    }

    /// A body with which nothing is wrong, without a version.
    fn valid(&self, schema: &Value) -> Map<String, Value> {
        let Value::Object(mut valid) = body::example(schema, &|name| self.id_of_field(name)) else {
            panic!("the body is no object: {schema}")
        };
        valid.remove("version");
        valid
    }

    fn with_body(&self, call: Call, schema: Option<&Value>) -> Call {
        match schema {
            Some(schema) => call.json(self.valid(schema).into()),
            None => call,
        }
    }

    /// The call with this value in its place, all else being valid.
    fn call(&self, client: &Client, target: &Target, value: &str, version: &str) -> Call {
        let path = self.path(&target.path);
        match &target.place {
            Place::Body { schema, field } => {
                let mut valid = self.valid(schema);
                valid.remove(field);
                let versioned = !schema["properties"]["version"].is_null();
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
            Place::Path { schema } => {
                let path = with_ids(&target.path, &|_| Some(escaped(value))).unwrap();
                self.with_body(client.call(target.method.clone(), &path), schema.as_deref())
            }
            Place::Header { schema, name } => {
                self.with_body(client.call(target.method.clone(), &path), schema.as_deref()).header(name, value)
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
        if matches!(target.place, Place::Path { .. }) {
            return said("there is a record of this id");
        }
        return None;
    }
    if answer.status == 429 && !target.is_limited {
        return said("a limit answers for the product");
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
        Place::Path { .. } => texts().into_iter().filter(|text| !text.is_empty()).collect(),
        // What no client could send is left to the tests of bytes.
        Place::Header { .. } => {
            texts().into_iter().filter(|text| text.bytes().all(|b| (b' '..=b'~').contains(&b))).collect()
        }
    };
    let mut found = Vec::new();
    let mut version = "\"1\"".to_owned();
    let mut client = client.clone();
    let (first, step) = target.part;
    for value in values.iter().skip(first).step_by(step) {
        for tries_left in (0..4).rev() {
            let answer = stage.call(&client, target, value, &version).await;
            // Others change the same record meanwhile; the answer tells its version.
            let moved = answer.status == 409 && answer.json()["code"] == "VERSION_CONFLICT";
            if let Some(tag) = answer.header("etag") {
                tag.clone_into(&mut version);
            }
            // Who has invited many people may invite no more for an hour; somebody else goes on.
            let is_stopped = answer.status == 429 && !target.is_limited;
            if is_stopped {
                client = Tenant { id: stage.tenant }.admin().await;
            }
            if tries_left == 0 || !(moved || is_stopped) {
                found.extend(wrong(&answer, target, value));
                break;
            }
        }
    }
    found
}

/// Whether the operation would get in the way of others: it may end the caller's session, lock his account for a wrong
/// password, or be allowed him a few times an hour.
fn needs_a_caller_of_its_own(document: &Value, target: &Target) -> bool {
    let name = document["paths"][&target.path][target.method.as_str().to_lowercase()]["operationId"].as_str();
    let policy = Operation::find(name.unwrap_or_default()).unwrap();
    policy.access == Access::SignedIn || (matches!(policy.access, Access::Roles(_)) && !policy.limits.is_empty())
}

async fn attack_all(t: &Tenant, document: &Value) -> Vec<String> {
    let stage = Arc::new(Stage { victim: Victim::new(t).await, tenant: t.id });
    let mut callers = Vec::new();
    for _ in 0..CALLERS {
        callers.push(t.admin().await);
    }
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for (number, target) in targets(document).into_iter().enumerate() {
        let own = needs_a_caller_of_its_own(document, &target);
        let client = if own { t.admin().await } else { callers[number % CALLERS].clone() };
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
    // Whose session had ended would have shown nothing.
    for caller in callers {
        caller.get("/api/v1/auth/me").await.ok();
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

#[tokio::test]
async fn a_body_that_is_a_byte_too_large_is_refused_by_every_operation_and_the_largest_is_read() {
    let document = openapi::document();
    with_tenant(async |t| {
        let admin = t.admin().await;
        let mut asked = 0;
        for (method, path, operation) in openapi::operations(&document) {
            if operation["requestBody"].is_null() {
                continue;
            }
            let path = with_ids(&path, &|_| Some(new_id().to_string())).unwrap_or(path);
            let call = admin.call(method.parse().unwrap(), &path);
            let blank = |length: usize| format!("{}!", " ".repeat(length - 1));
            call.clone().text("application/json", &blank(MAX_BODY + 1)).await.fails(413, "PAYLOAD_TOO_LARGE");
            call.text("application/json", &blank(MAX_BODY)).await.fails(400, "MALFORMED_JSON");
            asked += 1;
        }
        assert!(asked > 20, "only {asked} operations with a body");
    })
    .await;
}
