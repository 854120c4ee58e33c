//! One CloudFormation document: its parameters, and the intrinsic functions that refer to them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::{Map, Value, json};
use serde_yaml_ng as yaml;

use super::Unreadable;

/// The account of the local AWS.
const ACCOUNT: &str = "000000000000";

/// A template, and the stack that nests it. A value is resolved when it is asked for: the local stack needs few of
/// them, and cannot know those that only the cloud has.
#[derive(Debug)]
pub(super) struct Document {
    file: PathBuf,
    region: String,
    body: Value,
    parent: Option<(Rc<Document>, String)>,
    /// Values of parameters that an operator passes.
    given: BTreeMap<String, String>,
}

impl Document {
    /// Reads a template that nothing nests; `given` are the parameters that an operator passes.
    pub(super) fn open(file: &Path, region: &str, given: BTreeMap<String, String>) -> Result<Rc<Self>, Unreadable> {
        Self::read(file, region, None, given)
    }

    fn read(
        file: &Path,
        region: &str,
        parent: Option<(Rc<Self>, String)>,
        given: BTreeMap<String, String>,
    ) -> Result<Rc<Self>, Unreadable> {
        let failed = |why: String| Unreadable { file: file.display().to_string(), at: "read".to_owned(), why };
        let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
        let body: yaml::Value = yaml::from_str(&text).map_err(|error| failed(error.to_string()))?;
        let body = plain(body).map_err(failed)?;
        let document = Self { file: file.to_owned(), region: region.to_owned(), body, parent, given };
        for (name, declared) in document.body["Parameters"].as_object().into_iter().flatten() {
            if !document.given.contains_key(name) && document.passed(name).is_none() && declared["Default"].is_null() {
                return Err(failed(format!("parameter {name} has no value")));
            }
        }
        Ok(Rc::new(document))
    }

    /// What the parent passes for a parameter.
    fn passed(&self, name: &str) -> Option<(&Rc<Self>, String, &Value)> {
        let (parent, id) = self.parent.as_ref()?;
        let value = parent.body["Resources"][id]["Properties"]["Parameters"].get(name)?;
        Some((parent, format!("{id}.{name}"), value))
    }

    fn parameter(self: &Rc<Self>, name: &str) -> Option<Result<String, Unreadable>> {
        let declared = self.body["Parameters"].get(name)?;
        if let Some(given) = self.given.get(name) {
            return Some(Ok(given.clone()));
        }
        Some(match self.passed(name) {
            Some((parent, at, value)) => parent.text(&at, value),
            None => self.text(name, &declared["Default"]),
        })
    }

    /// The resources: logical id, type, properties.
    pub(super) fn resources(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.body["Resources"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(id, resource)| (id.as_str(), resource["Type"].as_str().unwrap_or_default(), &resource["Properties"]))
    }

    /// The whole document, with the short forms of the intrinsic functions written out.
    #[cfg(test)]
    pub(super) fn body(&self) -> &Value {
        &self.body
    }

    /// The file's name.
    #[cfg(test)]
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// A setting that SAM gives to every function.
    pub(super) fn global(&self, name: &str) -> &Value {
        &self.body["Globals"]["Function"][name]
    }

    /// The names of the variables that a function gets, SAM's own for all of them included.
    pub(super) fn variables(&self, properties: &Value) -> BTreeSet<String> {
        let both = [self.global("Environment"), &properties["Environment"]];
        let names = both.into_iter().filter_map(|environment| environment["Variables"].as_object());
        names.flatten().map(|(name, _)| name.clone()).collect()
    }

    /// Opens the document that a nested-stack resource names.
    pub(super) fn nested(self: &Rc<Self>, id: &str) -> Result<Rc<Self>, Unreadable> {
        let properties = &self.body["Resources"][id]["Properties"];
        let location = [&properties["Location"], &properties["TemplateURL"]].into_iter().find(|value| !value.is_null());
        let location = location.ok_or_else(|| self.unreadable(id, "names no file"))?;
        let file = self.file.with_file_name("").join(self.text(id, location)?);
        Self::read(&file, &self.region, Some((Rc::clone(self), id.to_owned())), BTreeMap::new())
    }

    /// The name that a queue or a bucket has outside the template.
    pub(super) fn physical_name(self: &Rc<Self>, id: &str) -> Result<String, Unreadable> {
        let properties = &self.body["Resources"][id]["Properties"];
        let given = [&properties["QueueName"], &properties["BucketName"]].into_iter().find(|value| !value.is_null());
        given.map_or_else(|| Ok(id.to_owned()), |name| self.text(id, name))
    }

    /// A value as text.
    pub(super) fn text(self: &Rc<Self>, at: &str, value: &Value) -> Result<String, Unreadable> {
        let resolved = self.resolve(at, value)?;
        scalar(&resolved).ok_or_else(|| self.unreadable(at, format!("expected text, found {resolved}")))
    }

    /// A value as text, or what stands for an absent one.
    pub(super) fn text_or(self: &Rc<Self>, at: &str, value: &Value, absent: &str) -> Result<String, Unreadable> {
        if value.is_null() { Ok(absent.to_owned()) } else { self.text(at, value) }
    }

    /// A value as a number, or what stands for an absent one.
    pub(super) fn number(self: &Rc<Self>, at: &str, value: &Value, absent: u64) -> Result<u64, Unreadable> {
        if value.is_null() {
            return Ok(absent);
        }
        let text = self.text(at, value)?;
        text.parse().map_err(|_| self.unreadable(at, format!("expected a number, found {text:?}")))
    }

    /// Replaces the intrinsic functions in a value.
    pub(super) fn resolve(self: &Rc<Self>, at: &str, value: &Value) -> Result<Value, Unreadable> {
        match value {
            Value::Array(items) => items.iter().map(|item| self.resolve(at, item)).collect(),
            Value::Object(fields) => {
                if let Some((name, argument)) = intrinsic(fields) {
                    return self.call(at, name, argument);
                }
                let fields = fields.iter().map(|(name, field)| Ok((name.clone(), self.resolve(at, field)?)));
                Ok(Value::Object(fields.collect::<Result<_, Unreadable>>()?))
            }
            _ => Ok(value.clone()),
        }
    }

    fn call(self: &Rc<Self>, at: &str, name: &str, argument: &Value) -> Result<Value, Unreadable> {
        match (name, argument) {
            ("Ref", Value::String(target)) => Ok(Value::String(self.reference(at, target)?)),
            ("Fn::GetAtt", Value::Array(path)) => {
                let path: Vec<_> = path.iter().filter_map(Value::as_str).collect();
                Ok(Value::String(self.attribute(at, &path.join("."))?))
            }
            ("Fn::Sub", Value::String(text)) => Ok(Value::String(self.substitute(at, text, &Value::Null)?)),
            ("Fn::Sub", Value::Array(parts)) if parts.len() == 2 && parts[0].is_string() => {
                let text = self.substitute(at, parts[0].as_str().unwrap_or_default(), &parts[1])?;
                Ok(Value::String(text))
            }
            ("Fn::Join", Value::Array(parts)) if parts.len() == 2 => {
                let items = self.resolve(at, &parts[1])?;
                let items: Vec<_> = items.as_array().into_iter().flatten().filter_map(scalar).collect();
                Ok(Value::String(items.join(parts[0].as_str().unwrap_or_default())))
            }
            ("Fn::FindInMap", Value::Array(path)) if path.len() == 3 => {
                let names = path.iter().map(|name| self.text(at, name)).collect::<Result<Vec<_>, _>>()?;
                let found = names.iter().try_fold(&self.body["Mappings"], |value, name| value.get(name));
                found
                    .cloned()
                    .ok_or_else(|| self.unreadable(at, format!("there is no {} in the mappings", names.join("."))))
            }
            _ => Err(self.unreadable(at, format!("the local stack does not know {name} of {argument}"))),
        }
    }

    fn reference(self: &Rc<Self>, at: &str, target: &str) -> Result<String, Unreadable> {
        if let Some(value) = self.parameter(target) {
            return value;
        }
        match target {
            "AWS::Region" => return Ok(self.region.clone()),
            "AWS::AccountId" => return Ok(ACCOUNT.to_owned()),
            "AWS::Partition" => return Ok("aws".to_owned()),
            "AWS::URLSuffix" => return Ok("amazonaws.com".to_owned()),
            "AWS::StackName" => return Ok("local".to_owned()),
            _ => {}
        }
        let Some(resource) = self.body["Resources"].get(target) else {
            return Err(self.unreadable(at, format!("{target} is neither a parameter nor a resource")));
        };
        let name = self.physical_name(target)?;
        Ok(match resource["Type"].as_str() {
            Some("AWS::SQS::Queue") => {
                format!("https://sqs.{}.amazonaws.com/{ACCOUNT}/{name}", self.region)
            }
            _ => name,
        })
    }

    fn attribute(self: &Rc<Self>, at: &str, path: &str) -> Result<String, Unreadable> {
        let (target, attribute) = path.split_once('.').unwrap_or((path, ""));
        let kind = self.body["Resources"][target]["Type"].as_str().unwrap_or_default();
        match (kind, attribute) {
            ("AWS::SQS::Queue", "Arn") => {
                Ok(format!("arn:aws:sqs:{}:{ACCOUNT}:{}", self.region, self.physical_name(target)?))
            }
            ("AWS::SQS::Queue", "QueueName") => self.physical_name(target),
            ("AWS::S3::Bucket", "Arn") => Ok(format!("arn:aws:s3:::{}", self.physical_name(target)?)),
            ("AWS::Serverless::Application" | "AWS::CloudFormation::Stack", _) => {
                let output = attribute.strip_prefix("Outputs.").unwrap_or(attribute);
                let nested = self.nested(target)?;
                nested.text(&format!("Outputs.{output}"), &nested.body["Outputs"][output]["Value"])
            }
            _ => Err(self.unreadable(at, format!("the local stack does not know the attribute {path}"))),
        }
    }

    fn substitute(self: &Rc<Self>, at: &str, text: &str, own: &Value) -> Result<String, Unreadable> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else {
                return Err(self.unreadable(at, format!("{text:?} has no closing brace")));
            };
            out.push_str(&rest[..start]);
            let name = &rest[start + 2..start + length];
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str("${");
                out.push_str(literal);
                out.push('}');
            } else if let Some(value) = own.get(name) {
                out.push_str(&self.text(at, value)?);
            } else if name.contains('.') {
                out.push_str(&self.attribute(at, name)?);
            } else {
                out.push_str(&self.reference(at, name)?);
            }
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// An error at a place of this document.
    pub(super) fn unreadable(&self, at: &str, why: impl Into<String>) -> Unreadable {
        Unreadable { file: self.file.display().to_string(), at: at.to_owned(), why: why.into() }
    }
}

fn intrinsic(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = fields.iter().next().filter(|_| fields.len() == 1)?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// YAML as JSON, the short forms of the intrinsic functions (`!Sub x`) as the long ones (`{"Fn::Sub": x}`).
fn plain(value: yaml::Value) -> Result<Value, String> {
    Ok(match value {
        yaml::Value::Null => Value::Null,
        yaml::Value::Bool(flag) => flag.into(),
        yaml::Value::String(text) => text.into(),
        yaml::Value::Number(number) => serde_json::to_value(number).map_err(|error| error.to_string())?,
        yaml::Value::Sequence(items) => items.into_iter().map(plain).collect::<Result<_, _>>()?,
        yaml::Value::Mapping(fields) => {
            let mut object = Map::new();
            for (name, field) in fields {
                let name = name.as_str().map_or_else(|| yaml::to_string(&name).unwrap_or_default(), str::to_owned);
                object.insert(name, plain(field)?);
            }
            Value::Object(object)
        }
        yaml::Value::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let argument = plain(tagged.value)?;
            match (tag.trim_start_matches('!'), argument) {
                ("Ref", argument) => json!({ "Ref": argument }),
                ("GetAtt", Value::String(path)) => {
                    let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
                    json!({ "Fn::GetAtt": [resource, attribute] })
                }
                (name, argument) => json!({ format!("Fn::{name}"): argument }),
            }
        }
    })
}
