//! Strangers: every operation of the OpenAPI document, called by another tenant's user and by
//! another company's CLIENT with ids that are real but foreign. Nothing here is written for one
//! operation: a new one is tested by standing in the document.

pub(crate) mod body;
pub(crate) mod victim;

use reqwest::Method;
use serde_json::Value;
use shared::auth::{
    Grant, Role,
    policy::{Access, Operation},
};
use tests::{
    harness::{Answer, Client, eventually, new_id, with_tenant},
    openapi,
};
use victim::Victim;

/// Segments before what belongs to nobody: reference data, and the names of features, under which each tenant has its own.
const PLATFORM: [&str; 2] = ["provinces", "flags"];

/// One operation of the document.
pub(crate) struct Described {
    pub(crate) name: String,
    method: Method,
    pub(crate) path: String,
    /// Names of the query's parameters that are ids.
    query_ids: Vec<String>,
    /// The schema of the JSON body, if there is one.
    pub(crate) body: Option<Value>,
    pub(crate) policy: &'static Operation,
}

/// Every operation that asks for a session.
pub(crate) fn operations(document: &Value) -> Vec<Described> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let Some(name) = operation["operationId"].as_str() else { continue };
            let policy = Operation::find(name).unwrap_or_else(|| panic!("{name} is not in the role matrix"));
            if matches!(policy.access, Access::Open | Access::Public) {
                continue;
            }
            let parameters = body::resolved(document, &operation["parameters"]);
            let parameters = parameters.as_array().cloned().unwrap_or_default();
            let query_ids = parameters
                .iter()
                .filter(|p| p["in"] == "query" && (body::is_id(&p["schema"]) || body::is_id(&p["schema"]["items"])))
                .filter_map(|p| p["name"].as_str().map(str::to_owned))
                .collect();
            let body = operation["requestBody"]["content"]["application/json"]["schema"].clone();
            let body = (!body.is_null()).then(|| body::resolved(document, &body));
            found.push(Described { name: name.to_owned(), method, path: path.clone(), query_ids, body, policy });
        }
    }
    assert!(found.len() > 30, "only {} operations: the document is not whole", found.len());
    found
}

/// The path with each id filled in, or nothing when it has none.
pub(crate) fn with_ids(path: &str, id_of: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut filled = Vec::new();
    let mut before = "";
    let mut had_one = false;
    for segment in path.split('/') {
        if segment.starts_with('{') {
            filled.push(id_of(before)?);
            had_one = true;
        } else {
            filled.push(segment.to_owned());
            before = segment;
        }
    }
    had_one.then(|| filled.join("/"))
}

pub(crate) async fn send(client: &Client, operation: &Described, path: &str, body: Option<Value>) -> Answer {
    let call = client.call(operation.method.clone(), path).header("if-match", "\"1\"");
    match body {
        Some(body) => call.json(body).await,
        None => call.await,
    }
}

/// The stranger's answer to a foreign id: as if it did not exist, or as if nobody of the role may ask.
fn is_closed(answer: &Answer, operation: &Described, grant: Grant, what: &str) {
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    match (grant, answer.status, code.as_str()) {
        (Grant::None, 403, "FORBIDDEN") | (_, 404, "NOT_FOUND") => {}
        // A customer's users are administered by those of them who are company administrators.
        (Grant::Own, 403, "FORBIDDEN") if operation.path.starts_with("/api/v1/users") => {}
        (_, status, _) => panic!("{what}: a stranger got {status} {}", answer.text),
    }
}

/// Calls everything as one stranger.
async fn knock(document: &Value, victim: &Victim, stranger: &Client, role: Role) {
    for operation in operations(document) {
        knock_at(&operation, victim, stranger, role).await;
    }
}

/// Calls one operation with each foreign id that it takes.
async fn knock_at(operation: &Described, victim: &Victim, stranger: &Client, role: Role) {
    let grant = operation.policy.grant(role);
    let what = |kind: &str| format!("{} as {role}, foreign id in the {kind}", operation.name);
    let real = |kind: &str| victim.id_of(kind);
    let made_up = |kind: &str| victim.id_of(kind).map(|_| new_id().to_string());
    let body = operation.body.as_ref().map(|schema| body::example(schema, &|field| victim.id_of_field(field)));

    if let (Some(path), Some(none)) = (with_ids(&operation.path, &real), with_ids(&operation.path, &made_up)) {
        let answer = send(stranger, operation, &path, body.clone()).await;
        is_closed(&answer, operation, grant, &what("path"));
        let same = send(stranger, operation, &none, body.clone()).await;
        assert_eq!(
            (answer.status, answer.json()["code"].clone()),
            (same.status, same.json()["code"].clone()),
            "{}: a real foreign id answers otherwise than a made-up one",
            operation.name
        );
        return;
    }
    if operation.path.contains('{') {
        return;
    }
    for name in &operation.query_ids {
        let Some(id) = victim.id_of_field(name) else { continue };
        let answer = stranger.get(&format!("{}?{name}={id}", operation.path)).await;
        if answer.status == 200 {
            assert_eq!(answer.rows(), Vec::<Value>::new(), "{}", what("query"));
        } else {
            is_closed(&answer, operation, grant, &what("query"));
        }
    }
    if let Some(Value::Object(body)) = body {
        for field in body.keys().filter(|field| victim.id_of_field(field).is_some()) {
            let answer = send(stranger, operation, &operation.path, Some(Value::Object(body.clone()))).await;
            is_closed(&answer, operation, grant, &format!("{} ({field})", what("body")));
        }
    }
}

/// Calls everything on the administrator's own records, with one foreign id in the body at a time:
/// each is refused by the name of its field.
async fn smuggle(document: &Value, victim: &Victim, own: &Victim, admin: &Client) {
    let mut tried = 0;
    for operation in operations(document) {
        let Some(schema) = &operation.body else { continue };
        let path = with_ids(&operation.path, &|kind| own.id_of(kind)).unwrap_or_else(|| operation.path.clone());
        let fields = schema["properties"].as_object().cloned().unwrap_or_default();
        for foreign in fields.keys().filter(|field| victim.id_of_field(field).is_some()) {
            let id_of = |field: &str| if field == foreign { victim.id_of_field(field) } else { own.id_of_field(field) };
            let answer = send(admin, &operation, &path, Some(body::example(schema, &id_of))).await;
            assert_eq!(answer.status, 404, "{} with a foreign {foreign}: {}", operation.name, answer.text);
            answer.fails(404, "NOT_FOUND").on_field(foreign);
            tried += 1;
        }
    }
    assert!(tried >= 4, "only {tried} ids in bodies: the test shows nothing");
}

#[tokio::test]
async fn no_body_smuggles_a_foreign_id_beside_ones_own() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    with_tenant(async |victims| {
        let victim = Victim::new(victims).await;
        let before = victim.fingerprint(victims).await;
        with_tenant(async |ours| {
            let own = Victim::new(ours).await;
            smuggle(&document, &victim, &own, &ours.admin().await).await;
        })
        .await;
        assert_eq!(before, victim.fingerprint(victims).await, "a stranger changed something");
    })
    .await;
}

#[test]
fn every_id_in_a_path_is_one_that_strangers_knock_with() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    for operation in operations(&document) {
        for (segment, next) in operation.path.split('/').zip(operation.path.split('/').skip(1)) {
            let is_known = victim::KINDS.contains(&segment) || PLATFORM.contains(&segment);
            assert!(!next.starts_with('{') || is_known, "{}: make one of {segment} in Victim", operation.name);
        }
    }
}

#[test]
fn every_id_in_a_body_or_a_query_is_one_that_strangers_try() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    for operation in operations(&document) {
        let in_body = operation.body.iter().flat_map(body::id_fields);
        for field in in_body.chain(operation.query_ids.iter().cloned()) {
            assert!(!field.contains('.'), "{}: {field}: teach `smuggle` to reach into objects", operation.name);
            let kind = victim::kind_of_field(&field);
            let is_made = kind.is_some_and(|kind| victim::KINDS.contains(&kind));
            assert!(is_made, "{}: say in `kind_of_field` whose id {field} is, and make one in Victim", operation.name);
        }
    }
}

#[tokio::test]
async fn another_tenants_users_meet_closed_doors_everywhere() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    with_tenant(async |victims| {
        let victim = Victim::new(victims).await;
        let before = victim.fingerprint(victims).await;
        with_tenant(async |theirs| {
            knock(&document, &victim, &theirs.admin().await, Role::Admin).await;
            knock(&document, &victim, &theirs.office().await, Role::Office).await;
            knock(&document, &victim, &theirs.expert().await, Role::Expert).await;
        })
        .await;
        assert_eq!(before, victim.fingerprint(victims).await, "a stranger changed something");
    })
    .await;
}

#[tokio::test]
async fn another_companys_client_meets_closed_doors_everywhere() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    with_tenant(async |t| {
        let victim = Victim::new(t).await;
        let own = t.company().await;
        let own = own["id"].as_str().unwrap();
        let (user, user_admin) = (t.client_of(own).await, t.client_admin_of(own).await);
        let before = victim.fingerprint(t).await;
        knock(&document, &victim, &user, Role::Client).await;
        knock(&document, &victim, &user_admin, Role::Client).await;
        assert_eq!(before, victim.fingerprint(t).await, "a stranger changed something");
    })
    .await;
}

/// What an operation without ids shows to somebody who serves nobody: a list nothing, a file no row.
async fn shows_nothing(client: &Client, operation: &Described, role: Role) {
    let what = format!("{} as {role}", operation.name);
    let body = operation.body.as_ref().map(|schema| body::example(schema, &|_| None));
    let answer = send(client, operation, &operation.path, body).await;
    if operation.method == Method::GET {
        assert_eq!(answer.rows(), Vec::<Value>::new(), "{what}");
        return;
    }
    let job = format!("/api/v1/jobs/{}", answer.accepted()["jobId"].as_str().unwrap());
    let done =
        eventually(&what, async || Some(client.get(&job).await.ok()).filter(|job| job["status"] == "DONE")).await;
    assert_eq!(done["result"]["rows"], 0, "{what}: {done}");
}

#[tokio::test]
async fn staff_who_are_assigned_elsewhere_are_strangers_too() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    with_tenant(async |t| {
        let victim = Victim::new(t).await;
        let staff = [(Role::Doctor, t.doctor().await), (Role::Expert, t.expert().await)];
        let before = victim.fingerprint(t).await;
        for (role, client) in staff {
            let assigned: Vec<Described> = operations(&document)
                .into_iter()
                .filter(|operation| operation.policy.grant(role) == Grant::Assigned)
                .collect();
            assert!(assigned.len() >= 9, "only {} operations by assignment: the test shows nothing", assigned.len());
            for operation in assigned {
                knock_at(&operation, &victim, &client, role).await;
                if !operation.path.contains('{') {
                    shows_nothing(&client, &operation, role).await;
                }
            }
        }
        let mut after = victim.fingerprint(t).await;
        // Their own files.
        after
            .iter_mut()
            .zip(&before)
            .filter(|(print, _)| print.0 == "jobs")
            .for_each(|(print, old)| *print = old.clone());
        assert_eq!(before, after, "a stranger changed something");
    })
    .await;
}

#[tokio::test]
async fn without_a_session_nothing_but_the_public_operations_answers() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let nobody = Client::anonymous();
    for operation in operations(&document) {
        let path = with_ids(&operation.path, &|_| Some(new_id().to_string())).unwrap_or_else(|| operation.path.clone());
        let body = operation.body.as_ref().map(|schema| body::example(schema, &|_| None));
        send(&nobody, &operation, &path, body).await.fails(401, "UNAUTHORIZED");
    }
    let forged = Client::bearer("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.");
    forged.get("/api/v1/companies").await.fails(401, "UNAUTHORIZED");
}

#[test]
fn the_paths_ids_are_those_of_the_segment_before() {
    let id_of = |kind: &str| (kind == "companies").then(|| "7".to_owned());
    assert_eq!(with_ids("/api/v1/companies/{id}/status", &id_of).as_deref(), Some("/api/v1/companies/7/status"));
    assert_eq!(with_ids("/api/v1/companies", &id_of), None);
    assert_eq!(with_ids("/api/v1/jobs/{id}", &id_of), None);
}
