//! How a schema reads on the page.

use serde_json::Value;

/// A type in words, with the place on the page that explains it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    /// The words.
    pub(super) text: String,
    /// The name of the type that it leads to; empty for a plain one.
    pub(super) name: String,
}

/// One field of a type, or one value of a list of words.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) description: String,
}

/// A named type.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) description: String,
    pub(super) fields: Vec<Field>,
}

/// A text of the document.
pub(super) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

impl Named {
    /// The type of this name.
    pub(super) fn read(name: &str, schema: &Value) -> Self {
        let mut fields = Vec::new();
        collect(schema, &mut fields);
        let kind = if fields.is_empty() { kind(schema) } else { Kind::default() };
        Self { name: name.to_owned(), kind, description: text(schema, "description"), fields }
    }
}

fn collect(schema: &Value, fields: &mut Vec<Field>) {
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect(part, fields);
    }
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        fields.push(Field {
            name: name.clone(),
            kind: kind(property),
            required: required.contains(&name.as_str()),
            description: text(property, "description"),
        });
    }
}

/// A schema in words: `string (uuid)`, `list of Company`, `LEAD | CUSTOMER or null`.
pub(super) fn kind(schema: &Value) -> Kind {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return Kind { text: name.to_owned(), name: name.to_owned() };
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(parts) = schema[choice].as_array() {
            return joined(parts.iter().map(kind));
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> =
            words.iter().map(|w| w.as_str().map_or_else(|| w.to_string(), str::to_owned)).collect();
        return plain(words.join(" | "));
    }
    match &schema["type"] {
        Value::Array(types) => joined(types.iter().map(|one| single(one.as_str().unwrap_or_default(), schema))),
        Value::String(one) => single(one, schema),
        _ => plain("anything".to_owned()),
    }
}

fn plain(text: String) -> Kind {
    Kind { text, name: String::new() }
}

fn single(kind_of: &str, schema: &Value) -> Kind {
    match kind_of {
        "array" => {
            let item = kind(&schema["items"]);
            Kind { text: format!("list of {}", item.text), name: item.name }
        }
        kind_of => match schema["format"].as_str() {
            Some(format) => plain(format!("{kind_of} ({format})")),
            None => plain(kind_of.to_owned()),
        },
    }
}

fn joined(kinds: impl Iterator<Item = Kind>) -> Kind {
    let mut words = Vec::new();
    let mut name = String::new();
    for kind in kinds {
        if name.is_empty() {
            name.clone_from(&kind.name);
        }
        words.push(kind.text);
    }
    // "or null" reads best at the end.
    words.sort_by_key(|word| word == "null");
    Kind { text: words.join(" or "), name }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_is_put_in_words() {
        let words = |schema: Value| kind(&schema).text;
        assert_eq!(words(json!({"type": "string", "format": "uuid"})), "string (uuid)");
        assert_eq!(words(json!({"type": ["integer", "null"]})), "integer or null");
        assert_eq!(words(json!({"type": "string", "enum": ["A", "B"]})), "A | B");
        let list = kind(&json!({"type": "array", "items": {"$ref": "#/components/schemas/Company"}}));
        assert_eq!((list.text.as_str(), list.name.as_str()), ("list of Company", "Company"));
        let either = kind(&json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/JobError"}]}));
        assert_eq!((either.text.as_str(), either.name.as_str()), ("JobError or null", "JobError"));
    }
}
