//! The OpenAPI document: what every feature says of its operations, and what holds for all of them.
//!
//! A handler documents its own success with the plain type (`body = Company`, `body = Vec<Company>`).
//! The envelope, the pagination, the failures, the headers and who may call are the same rule
//! everywhere, and are added here.

mod answers;
mod components;
pub mod contract;
pub mod roles;

use serde_json::{Map, Value, json};
use shared::{
    auth::{
        Role,
        policy::{Access, Grant, Operation},
    },
    http::Routes,
};

/// The methods that a path can have.
pub const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The functions that answer HTTP, by the names in the template, with their routes.
pub fn functions() -> [(&'static str, Routes); 4] {
    [
        ("identity", identity::routes()),
        ("companies", companies::routes()),
        ("system", system::routes()),
        ("site", site::routes()),
    ]
}

/// What the tags stand for, in the order of the page.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Signing in and out, sessions, passwords, registration"),
    ("profile", "One's own profile"),
    ("staff", "The OSGB's own people"),
    ("users", "The customers' users, and invitations"),
    ("tenants", "The own tenant"),
    ("companies", "The customers: employers and others"),
    ("workplaces", "Their workplaces: danger class, headcount, required service time"),
    ("employees", "The people who work there"),
    ("imports", "Employees from a file: dry run, mistakes, applying"),
    ("assignments", "Which professional serves which workplace"),
    ("reference", "Provinces, districts, NACE codes"),
    ("jobs", "Long work that a user has started"),
    ("administration", "Audit trail, scheduled runs, cache"),
    ("system", "Health and documentation"),
];

/// What the document says of the whole API.
const ABOUT: &str = "Back office and register of an OSGB. Answers carry `success`, `data`, `meta.requestId` and, in \
    lists, `pagination`; failures carry `error`, `code` and `details`. Texts for people speak the language of \
    Accept-Language, else Turkish. See docs/api/README.md for versions, keys, cursors and limits.";

/// The whole document, with its keys in order: the same code always makes the same bytes.
pub fn document() -> Value {
    let mut merged = utoipa::openapi::OpenApi::default();
    for (_, routes) in functions() {
        merged.merge(routes.openapi());
    }
    let mut document = serde_json::to_value(merged).unwrap_or_default();
    document["info"] = json!({"title": "ProSektorWeb", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT});
    document["servers"] = json!([{"url": "/", "description": "Where this document was read"}]);
    components::mend_optional_parts(&mut document["components"]["schemas"]);
    let schemas = document["components"]["schemas"].clone();
    let mut used: Vec<String> = Vec::new();
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else { continue };
            complete(method, operation, &schemas);
            used.extend(operation["tags"][0].as_str().map(str::to_owned));
        }
    }
    let known = TAGS.iter().filter(|(name, _)| used.iter().any(|tag| tag == name));
    document["tags"] = known.map(|(name, text)| json!({"name": name, "description": text})).collect();
    components::add(&mut document["components"]);
    sorted(document)
}

/// Adds to an operation what its row in the role matrix and its shape say.
fn complete(method: &str, operation: &mut Value, schemas: &Value) {
    let Some(policy) = operation["operationId"].as_str().and_then(Operation::find) else { return };
    let signed_in = !matches!(policy.access, Access::Open | Access::Public);
    operation["security"] = if signed_in { json!([{"cookie": []}, {"bearer": []}]) } else { json!([]) };
    if let Access::Roles(_) = policy.access {
        let granted = Role::ALL.iter().filter(|role| policy.grant(**role) != Grant::None);
        let roles: Map<String, Value> =
            granted.map(|role| (role.as_str().to_owned(), roles::word(policy.grant(*role)).into())).collect();
        operation["x-roles"] = roles.into();
    }
    if !policy.limits.is_empty() {
        operation["x-limits"] = json!(policy.limits);
    }
    answers::complete(method, operation, policy, schemas);
}

/// The same value with the keys of every object in order, whatever map serde_json was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.into_iter().map(|(name, value)| (name, sorted(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// The file `docs/api/openapi.json`.
pub fn file() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

/// Every operation of the document: method, path, itself.
pub fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                item.get(*method).map(|operation| (method.to_uppercase(), path.clone(), operation))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
