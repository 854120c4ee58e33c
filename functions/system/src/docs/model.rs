//! The document as the page shows it.

use serde_json::Value;
use shared::Result;

use super::schema::{Field, Kind, Named, kind, text};

/// The whole document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) description: String,
    pub(super) groups: Vec<Group>,
    pub(super) types: Vec<Named>,
}

/// The operations of one tag.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) access: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Kind>,
    pub(super) answers: Vec<Answer>,
    /// The statuses of the failures that it shares with others.
    pub(super) failures: String,
}

/// One parameter.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) place: String,
    pub(super) field: Field,
}

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) description: String,
    pub(super) kind: Option<Kind>,
}

impl Document {
    /// Reads an OpenAPI document.
    pub(super) fn read(json: &str) -> Result<Self> {
        let document: Value = serde_json::from_str(json)?;
        let mut groups: Vec<Group> = document["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|tag| Group { name: text(tag, "name"), description: text(tag, "description"), operations: Vec::new() })
            .collect();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in ["get", "post", "put", "patch", "delete"] {
                let Some(operation) = item.get(method) else { continue };
                let tag = operation["tags"][0].as_str().unwrap_or("other");
                let read = Operation::read(method, path, operation);
                match groups.iter_mut().find(|group| group.name == tag) {
                    Some(group) => group.operations.push(read),
                    None => {
                        groups.push(Group { name: tag.to_owned(), description: String::new(), operations: vec![read] });
                    }
                }
            }
        }
        groups.retain(|group| !group.operations.is_empty());
        let types = document["components"]["schemas"].as_object().into_iter().flatten();
        Ok(Self {
            title: text(&document["info"], "title"),
            version: text(&document["info"], "version"),
            description: text(&document["info"], "description"),
            groups,
            types: types.map(|(name, schema)| Named::read(name, schema)).collect(),
        })
    }
}

impl Operation {
    fn read(method: &str, path: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| Parameter {
            place: text(parameter, "in"),
            field: Field {
                name: text(parameter, "name"),
                kind: kind(&parameter["schema"]),
                required: parameter["required"] == true,
                description: text(parameter, "description"),
            },
        });
        let mut answers = Vec::new();
        let mut failures = Vec::new();
        for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
            if answer["$ref"].is_string() {
                failures.push(status.as_str());
                continue;
            }
            answers.push(Answer {
                status: status.clone(),
                description: text(answer, "description"),
                kind: schema_of(answer).map(answered),
            });
        }
        Self {
            id: text(operation, "operationId"),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(operation, "summary"),
            description: text(operation, "description"),
            access: access(operation),
            parameters: parameters.collect(),
            body: schema_of(&operation["requestBody"]).map(kind),
            answers,
            failures: failures.join(", "),
        }
    }
}

/// The schema of the first kind of content.
fn schema_of(holder: &Value) -> Option<&Value> {
    holder["content"].as_object()?.values().next().map(|content| &content["schema"]).filter(|schema| !schema.is_null())
}

/// The envelope is the same everywhere: the page shows what is in it.
fn answered(schema: &Value) -> Kind {
    let data = &schema["properties"]["data"];
    kind(if data.is_null() { schema } else { data })
}

fn access(operation: &Value) -> String {
    let roles = operation["x-roles"].as_object();
    match roles {
        Some(roles) => roles
            .iter()
            .map(|(role, grant)| match grant.as_str() {
                Some("all") | None => role.clone(),
                Some(grant) => format!("{role} ({grant})"),
            })
            .collect::<Vec<_>>()
            .join(", "),
        None if operation["security"].as_array().is_some_and(|s| !s.is_empty()) => {
            "everybody who is signed in".to_owned()
        }
        None => "everybody".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_stand_under_their_tags_with_what_is_in_the_envelope() {
        let document = json!({
            "info": {"title": "T", "version": "1"},
            "tags": [{"name": "empty"}, {"name": "jobs", "description": "Work"}],
            "paths": {"/api/v1/jobs/{id}": {"get": {
                "operationId": "get_job", "tags": ["jobs"], "security": [{"cookie": []}],
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "It", "content": {"application/json": {"schema":
                    {"type": "object", "properties": {"data": {"$ref": "#/components/schemas/Job"}}}}}},
                    "401": {"$ref": "#/components/responses/401"}, "404": {"$ref": "#/components/responses/404"}},
                "x-roles": {"ADMIN": "all", "CLIENT": "own"},
            }}},
            "components": {"schemas": {"Job": {"type": "object", "required": ["id"],
                "properties": {"id": {"type": "string"}}}}},
        });
        let read = Document::read(&document.to_string()).unwrap();
        assert_eq!(read.groups.len(), 1);
        let operation = &read.groups[0].operations[0];
        assert_eq!((operation.method.as_str(), operation.access.as_str()), ("GET", "ADMIN, CLIENT (own)"));
        assert_eq!(operation.answers[0].kind.as_ref().unwrap().name, "Job");
        assert_eq!((operation.answers.len(), operation.failures.as_str()), (1, "401, 404"));
        assert!(read.types[0].fields[0].required);
    }
}
