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
            body.insert(name.clone(), json!(id));
        } else if required.contains(&name.as_str()) {
            body.insert(name.clone(), value(field, id_of));
        }
    }
    Value::Object(body)
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
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").and_then(Value::as_str).unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
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
