//! The document agrees with the code, the role matrix and the template.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use shared::auth::policy::api_operations;

use super::{document, file, functions, operations, roles};

/// A file of the repository.
fn repository(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    std::fs::read_to_string(format!("{root}/{path}")).unwrap_or_default()
}

#[test]
fn openapi_is_current() {
    assert!(
        repository("docs/api/openapi.json") == file(),
        "docs/api/openapi.json is old: cargo run -p tests --bin openapi"
    );
}

#[test]
fn the_page_of_roles_is_current() {
    assert!(
        repository("docs/api/roles.md") == roles::file(),
        "docs/api/roles.md is old: cargo run -p tests --bin openapi"
    );
}

#[test]
fn every_operation_of_the_role_matrix_has_a_route_and_a_sentence() {
    let document = document();
    let described = operations(&document);
    let routed: BTreeSet<&str> = described.iter().filter_map(|(_, _, o)| o["operationId"].as_str()).collect();
    let listed: BTreeSet<&str> = api_operations().map(|operation| operation.name).collect();
    assert_eq!(routed, listed);
    assert_eq!(described.len(), listed.len(), "an operation has two routes");
    for (method, path, operation) in described {
        assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{method} {path} has no summary");
        let tag = &operation["tags"][0];
        let known = document["tags"].as_array().unwrap().iter().any(|known| known["name"] == *tag);
        assert!(known, "{method} {path}: the tag {tag} is not described");
    }
}

#[test]
fn no_two_features_mean_different_things_by_one_name() {
    let mut seen: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    for (feature, routes) in functions() {
        let document = serde_json::to_value(routes.openapi()).unwrap();
        for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
            let (first, known) = seen.entry(name.clone()).or_insert((feature, schema.clone()));
            assert_eq!(known, schema, "{name} is one thing in {first} and another in {feature}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let place = document.pointer(reference.trim_start_matches('#'));
        assert!(place.is_some(), "{reference} leads nowhere");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            references.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|inner| collect(inner, references));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, references)),
        _ => {}
    }
}

#[test]
fn every_json_answer_of_the_api_stands_in_the_envelope() {
    let document = document();
    for (method, path, operation) in operations(&document) {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let schema = &answer["content"]["application/json"]["schema"];
            if schema.is_null() || path == "/openapi.json" {
                continue;
            }
            let properties = &schema["properties"];
            assert!(!properties["data"].is_null(), "{method} {path} {status} has no envelope: {schema}");
            let is_list = properties["data"]["type"] == "array";
            let paged = operation["parameters"]
                .as_array()
                .is_some_and(|p| p.iter().any(|p| p["name"] == "page" || p["name"] == "cursor"));
            assert_eq!(!properties["pagination"].is_null(), is_list && paged, "{method} {path} {status}");
        }
    }
}

#[test]
fn what_needs_a_session_says_so_and_names_its_failures() {
    let document = document();
    for (method, path, operation) in operations(&document) {
        let secured = operation["security"].as_array().is_some_and(|s| !s.is_empty());
        assert_eq!(
            secured,
            path.starts_with("/api/") && !operation["responses"]["401"].is_null() && !is_public(operation),
            "{method} {path}"
        );
        for status in ["406", "500", "503"] {
            assert!(!operation["responses"][status].is_null(), "{method} {path} does not name {status}");
        }
    }
}

fn is_public(operation: &Value) -> bool {
    use shared::auth::policy::{Access, Operation};
    let policy = operation["operationId"].as_str().and_then(Operation::find).unwrap();
    matches!(policy.access, Access::Open | Access::Public)
}

/// The routes of one function in the template: paths, some of which end in `{proxy+}`.
fn template_routes(function: &str) -> Vec<String> {
    let template = repository("template.yaml");
    let image = format!("/{function}:${{Release}}");
    let mut routes = Vec::new();
    let mut inside = false;
    for line in template.lines() {
        if line.contains("ImageUri:") {
            inside = line.contains(&image);
        } else if inside && let Some((_, rest)) = line.split_once(" Path: ") {
            routes.push(rest.trim_end_matches(['}', ' ']).trim_matches('"').replace("{proxy+}", ""));
        }
    }
    routes
}

#[test]
fn the_template_sends_every_path_to_the_function_that_has_it() {
    let all: Vec<(&str, Vec<String>)> = functions().iter().map(|(name, _)| (*name, template_routes(name))).collect();
    for (name, routes) in functions() {
        for path in routes.openapi().paths.paths.keys() {
            let takers: Vec<&str> = all
                .iter()
                .filter(|(_, routes)| {
                    routes.iter().any(|r| r == path || (r.ends_with('/') && path.starts_with(r.as_str())))
                })
                .map(|(name, _)| *name)
                .collect();
            assert_eq!(takers, [name], "{path}");
        }
    }
}
