//! The project's own rules for template.yaml and infra/, which no linter knows.

mod alarms;
mod capacity;
mod data;
mod deployment;
mod edge;
mod functions;
mod permissions;
mod queues;
mod routes;
mod settings;
mod stacks;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::Value;

use super::document::Document;

/// The kinds of installation that the mappings know.
const ENVIRONMENTS: [&str; 4] = ["development", "test", "staging", "production"];

const FUNCTION: &str = "AWS::Serverless::Function";

/// One resource of the template or of a stack that it nests, however deep.
#[derive(Debug, Clone)]
struct Resource {
    document: Rc<Document>,
    id: String,
    kind: String,
    properties: Value,
}

impl Resource {
    /// A property as text; empty when it is absent or only the cloud knows it.
    fn text(&self, property: &str) -> String {
        self.document.text(&self.id, &self.properties[property]).unwrap_or_default()
    }

    /// A property as a number, SAM's own for all functions included.
    fn number(&self, property: &str) -> u64 {
        let own = &self.properties[property];
        let value = if own.is_null() { self.document.global(property) } else { own };
        self.document.number(&self.id, value, 0).unwrap()
    }

    /// The resource of another name in the same file.
    fn neighbour(&self, id: &str) -> Option<Self> {
        let resource = self.document.body()["Resources"].get(id)?;
        Some(Self {
            document: Rc::clone(&self.document),
            id: id.to_owned(),
            kind: resource["Type"].as_str().unwrap_or_default().to_owned(),
            properties: resource["Properties"].clone(),
        })
    }

    /// A parameter that a nested stack is passed, as text.
    fn parameter(&self, name: &str) -> String {
        self.document.text(&self.id, &self.properties["Parameters"][name]).unwrap_or_default()
    }

    /// Where it stands.
    fn place(&self) -> String {
        format!("{}: {}", self.document.file().file_name().unwrap_or_default().display(), self.id)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every resource, as this kind of installation has it.
fn resources(environment: &str) -> Vec<Resource> {
    let given = BTreeMap::from([("Environment".to_owned(), environment.to_owned())]);
    let mut found = Vec::new();
    collect(&Document::open(&root().join("template.yaml"), "eu-central-1", given).unwrap(), &mut found);
    found
}

fn collect(document: &Rc<Document>, found: &mut Vec<Resource>) {
    for (id, kind, properties) in document.resources() {
        found.push(Resource {
            document: Rc::clone(document),
            id: id.to_owned(),
            kind: kind.to_owned(),
            properties: properties.clone(),
        });
        if is_stack(kind) {
            collect(&document.nested(id).unwrap(), found);
        }
    }
}

fn is_stack(kind: &str) -> bool {
    matches!(kind, "AWS::Serverless::Application" | "AWS::CloudFormation::Stack")
}

fn of_kind(environment: &str, kind: &str) -> Vec<Resource> {
    resources(environment).into_iter().filter(|resource| resource.kind == kind).collect()
}

/// The binary's name.
fn binary(function: &Resource) -> String {
    let image = function.text("ImageUri");
    image.rsplit('/').next().and_then(|last| last.split(':').next()).unwrap_or_default().to_owned()
}

/// The events that start a function, of one type.
fn events<'a>(function: &'a Resource, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let events = function.properties["Events"].as_object().into_iter().flatten();
    events.map(|(_, event)| event).filter(move |event| event["Type"] == kind).map(|event| &event["Properties"])
}

/// Every value in a document that an intrinsic function of this name makes.
fn calls<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| calls(item, name, found)),
        Value::Object(fields) => {
            for (field, item) in fields {
                if field == name {
                    found.push(item);
                }
                calls(item, name, found);
            }
        }
        _ => {}
    }
}

/// Fails with all that is wrong at once.
fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
