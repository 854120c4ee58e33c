//! Holding answers against the document: a status that it does not name, a field that it does not
//! know or a value of another type fails whichever test has seen it.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::document;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// What is wrong with an answer, by the document; nothing when it is as described, or when the
/// document has no such operation (strange paths and methods are for other tests).
///
/// # Errors
/// In words: where and what.
pub fn check(method: &str, path: &str, status: u16, kind: Option<&str>, text: &str) -> Result<(), String> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let Some(operation) = operation(method, path) else { return Ok(()) };
    let answer = follow(&operation["responses"][status.to_string()]);
    if answer.is_null() {
        return Err(format!("the document does not name {status}"));
    }
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default();
    let Some(content) = answer["content"].as_object() else {
        return if text.is_empty() { Ok(()) } else { Err(format!("{status} has a body, and none is described")) };
    };
    let described = content.get(kind).ok_or_else(|| format!("{status} does not come as {kind:?}"))?;
    if !kind.ends_with("json") {
        return Ok(());
    }
    let value = serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
    fits(&described["schema"], &value, "")
}

/// The operation of a path; one with fixed words goes before one with places.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object()?;
    let item = paths.get(path).or_else(|| paths.iter().find(|(pattern, _)| matches(pattern, path)).map(|(_, i)| i))?;
    item.get(method.to_lowercase())
}

fn matches(pattern: &str, path: &str) -> bool {
    pattern.split('/').count() == path.split('/').count()
        && pattern.split('/').zip(path.split('/')).all(|(p, s)| p == s || (p.starts_with('{') && !s.is_empty()))
}

fn follow(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap_or(value),
        None => value,
    }
}

fn fits(schema: &'static Value, value: &Value, at: &str) -> Result<(), String> {
    let schema = follow(schema);
    for choice in ["oneOf", "anyOf"] {
        if let Some(parts) = schema[choice].as_array() {
            let tried: Vec<String> = parts.iter().filter_map(|part| fits(part, value, at).err()).collect();
            return if tried.len() < parts.len() { Ok(()) } else { Err(tried.join(", or ")) };
        }
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return Err(format!("{at}: {value} is none of {}", schema["enum"]));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::String(kind) => vec![kind],
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind, value)) {
        return Err(format!("{at}: {value} is no {}", kinds.join(" or ")));
    }
    match value {
        Value::Object(map) => object(schema, map, at),
        Value::Array(items) if !schema["items"].is_null() => {
            items.iter().enumerate().try_for_each(|(n, item)| fits(&schema["items"], item, &format!("{at}[{n}]")))
        }
        Value::String(text) if schema["format"] == "uuid" && uuid::Uuid::try_parse(text).is_err() => {
            Err(format!("{at}: {text} is no UUID"))
        }
        Value::String(text) if schema["format"] == "date-time" && !text.ends_with('Z') => {
            Err(format!("{at}: {text} is no instant in UTC"))
        }
        _ => Ok(()),
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

fn object(schema: &'static Value, map: &Map<String, Value>, at: &str) -> Result<(), String> {
    let mut known = Map::new();
    let mut required = Vec::new();
    gather(schema, &mut known, &mut required);
    if let Some(missing) = required.iter().find(|name| !map.contains_key(**name)) {
        return Err(format!("{at}: {missing} is missing"));
    }
    for (name, value) in map {
        let place = format!("{at}.{name}");
        match property(schema, name) {
            Some(described) => fits(described, value, &place)?,
            None if known.is_empty() || !schema["additionalProperties"].is_null() => {}
            None => return Err(format!("{place} is not described")),
        }
    }
    Ok(())
}

/// The properties and the required names of a schema and of its parts.
fn gather(schema: &'static Value, known: &mut Map<String, Value>, required: &mut Vec<&'static str>) {
    let schema = follow(schema);
    for name in schema["properties"].as_object().into_iter().flat_map(Map::keys) {
        known.insert(name.clone(), Value::Null);
    }
    required.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str));
    for part in schema["allOf"].as_array().into_iter().flatten() {
        gather(part, known, required);
    }
}

fn property(schema: &'static Value, name: &str) -> Option<&'static Value> {
    let schema = follow(schema);
    schema["properties"].get(name).or_else(|| schema["allOf"].as_array()?.iter().find_map(|part| property(part, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198c7de-1111-7000-8000-000000000000";

    #[test]
    fn an_answer_as_described_passes_and_another_is_named() {
        let said = |status: u16, text: &str| {
            check("GET", "/health?x=1", status, Some("application/json"), text).err().unwrap_or_default()
        };
        let good = format!(r#"{{"success": true, "data": {{"status": "ok"}}, "meta": {{"requestId": "{ID}"}}}}"#);
        assert_eq!(said(200, &good), "");
        assert!(said(418, &good).contains("418"));
        assert!(said(200, &good.replace("true", "false")).contains(".success"));
        assert!(said(200, &good.replace("\"ok\"", "7")).contains(".data.status: 7 is no string"));
        assert!(said(200, &good.replace("\"status\"", "\"state\"")).contains("status is missing"));
        assert!(said(200, &good.replace("\"ok\"", "\"ok\", \"more\": 1")).contains(".data.more is not described"));
        assert!(check("GET", "/health", 200, Some("text/html"), "").unwrap_err().contains("text/html"));
        assert_eq!(check("GET", "/nowhere", 404, None, ""), Ok(()));
        assert_eq!(check("PUT", "/health", 405, None, ""), Ok(()));
    }

    #[test]
    fn a_path_finds_its_operation() {
        let id = |path: &str| operation("get", path).map(|o| o["operationId"].as_str().unwrap());
        assert_eq!(id(&format!("/api/v1/jobs/{ID}")), Some("get_job"));
        assert_eq!(id("/api/v1/admin/job-runs"), Some("list_job_runs"));
        assert_eq!(id("/api/v1/jobs/"), None);
    }
}
