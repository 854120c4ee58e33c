//! Bodies made from the document's schemas: every required field and every id, with values that are valid.

use serde_json::{Map, Value, json};

/// The schema with its references followed.
pub(crate) fn resolved(document: &Value, schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let pointer = reference.trim_start_matches('#');
                return resolved(document, document.pointer(pointer).unwrap_or(&Value::Null));
            }
            Value::Object(map.iter().map(|(name, value)| (name.clone(), resolved(document, value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| resolved(document, item)).collect()),
        other => other.clone(),
    }
}

/// A valid body with each required field and each id; `id_of` knows whose id a field names.
pub(crate) fn example(schema: &Value, id_of: &dyn Fn(&str) -> Option<String>) -> Value {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut body = Map::new();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(id) = id_of(name) {
            body.insert(name.clone(), if kinds(field).contains(&"array") { json!([id]) } else { json!(id) });
        } else if required.contains(&name.as_str()) {
            body.insert(name.clone(), value(field, id_of));
        }
    }
    Value::Object(body)
}

/// The types of JSON that a schema names.
fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    }
}

/// The fields of a schema that hold ids, or lists of them, with the path to each.
pub(crate) fn id_fields(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if is_id(field) || is_id(&field["items"]) {
            found.push(name.clone());
        }
        for inner in [field, &field["items"]].into_iter().flat_map(id_fields) {
            found.push(format!("{name}.{inner}"));
        }
    }
    for part in ["allOf", "anyOf", "oneOf"] {
        found.extend(schema[part].as_array().into_iter().flatten().flat_map(id_fields));
    }
    found
}

/// Whether a value of this schema is an id.
pub(crate) fn is_id(schema: &Value) -> bool {
    let choices =
        ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|part| schema[part].as_array().into_iter().flatten());
    schema["format"] == "uuid" || choices.into_iter().any(is_id)
}

fn value(schema: &Value, id_of: &dyn Fn(&str) -> Option<String>) -> Value {
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return example.clone();
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(choice) = schema["oneOf"].as_array().and_then(|choices| choices.iter().find(|c| c["type"] != "null")) {
        return value(choice, id_of);
    }
    let kind = kinds(schema).into_iter().find(|kind| *kind != "null").unwrap_or_default();
    match (kind, schema["format"].as_str().unwrap_or_default()) {
        ("string", "uuid") => json!(tests::harness::new_id()),
        ("string", "date") => json!("2025-01-15"),
        ("string", "date-time") => json!("2025-01-15T09:00:00Z"),
        ("string", "email") => json!(format!("{}@deneme.test", tests::harness::new_id().simple())),
        ("string", "password") => json!("uzun-bir-parola-2026"),
        ("string", _) => {
            let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap_or(1);
            json!("Deneme".repeat(least / 6 + 1))
        }
        ("integer" | "number", _) => json!(schema["minimum"].as_i64().unwrap_or(1)),
        ("boolean", _) => json!(false),
        ("array", _) => json!([value(&schema["items"], id_of)]),
        ("object", _) => example(schema, id_of),
        _ => Value::Null,
    }
}

#[test]
fn a_body_has_what_is_required_and_the_ids() {
    let schema = json!({"required": ["name", "kind"], "properties": {
        "name": {"type": "string", "minLength": 8}, "kind": {"type": ["string", "null"], "enum": ["A", "B"]},
        "companyId": {"type": "string", "format": "uuid"}, "note": {"type": "string"},
    }});
    let body = example(&schema, &|field| (field == "companyId").then(|| "7".to_owned()));
    assert_eq!(body, json!({"name": "DenemeDeneme", "kind": "A", "companyId": "7"}));
}

#[test]
fn ids_are_found_wherever_they_stand() {
    let id = json!({"type": "string", "format": "uuid"});
    let schema = json!({"properties": {
        "name": {"type": "string"}, "branchId": id, "ids": {"type": "array", "items": id},
        "place": {"oneOf": [{"type": "null"}, {"properties": {"roomId": {"oneOf": [{"type": "null"}, id]}}}]},
        "lines": {"type": "array", "items": {"properties": {"itemId": id}}},
    }});
    assert_eq!(id_fields(&schema), ["branchId", "ids", "lines.itemId", "place.roomId"]);
    let body = example(&schema, &|field| (field == "ids").then(|| "7".to_owned()));
    assert_eq!(body, json!({"ids": ["7"]}));
}
