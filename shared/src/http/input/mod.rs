//! Reading what a caller sent: every field is parsed into its type, and every mistake is reported
//! at once, with its field. The same reader serves JSON bodies, forms and query strings.

mod declare;
mod describe;
mod field;
mod strict;

use serde_json::{Map, Value};

pub use describe::{camel, nullable};
#[doc(hidden)]
pub use describe::{described, query_parameter, sentence};
pub use field::{Field, Patch};
#[doc(hidden)]
pub use serde_json::Value as JsonValue;
pub use strict::strict_json;

use crate::{
    error::{Code, Detail, Error, Result, Text},
    types::JsonKind,
};

/// Beside kept fields: that a person typed them. No field of a form or of a list has such a name.
#[cfg(feature = "export")]
pub(crate) const TYPED: &str = "_typed";

/// A set of named values and what was found wrong with them so far.
#[derive(Debug)]
pub struct Fields {
    values: Map<String, Value>,
    /// Query strings and forms know only text, and an empty text there means "nothing".
    lenient: bool,
    /// What a person typed into a page's form: dates and numbers by Turkish habit.
    typed: bool,
    prefix: String,
    details: Vec<Detail>,
}

impl Fields {
    /// The fields of a JSON object.
    pub fn json(values: Map<String, Value>) -> Self {
        Self { values, lenient: false, typed: false, prefix: String::new(), details: Vec::new() }
    }

    /// The fields of a form or a query string. A name that stands twice is an error.
    pub fn text(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut fields =
            Self { values: Map::new(), lenient: true, typed: false, prefix: String::new(), details: Vec::new() };
        for (name, value) in pairs {
            if value.is_empty() {
                fields.values.entry(name).or_insert(Value::Null);
            } else if fields.values.get(&name).is_some_and(|earlier| !earlier.is_null()) {
                fields.refuse(
                    &name,
                    "DUPLICATE_FIELD",
                    Text::new("Bu alan birden çok kez gönderildi.", "This field was sent more than once."),
                );
            } else {
                fields.values.insert(name, Value::String(value));
            }
        }
        fields
    }

    /// The fields of a page's form, with dates and numbers as people write them.
    pub fn typed(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { typed: true, ..Self::text(pairs) }
    }

    /// Fields that were kept as they came, of a JSON body or of a form.
    #[cfg(feature = "export")]
    pub(crate) fn kept(mut values: Map<String, Value>) -> Self {
        let typed = values.remove(TYPED).is_some();
        Self { values, lenient: true, typed, prefix: String::new(), details: Vec::new() }
    }

    /// The fields that nobody has taken yet, to be kept, with how they are to be read.
    #[cfg(feature = "export")]
    pub(crate) fn values(&self) -> Map<String, Value> {
        let mut values = self.values.clone();
        if self.typed {
            values.insert(TYPED.to_owned(), Value::Bool(true));
        }
        values
    }

    /// Takes one field; what is wrong with it is kept for [`Fields::finish`].
    pub fn take<T: Field>(&mut self, name: &str) -> Option<T> {
        let name = camel(name);
        let value = self.values.remove(&name);
        T::read(value, &name, self)
    }

    /// Says that a field is not acceptable.
    pub fn refuse(&mut self, name: &str, code: &'static str, text: Text) {
        let field = format!("{}{name}", self.prefix);
        self.details.push(Detail::new(field, code, text));
    }

    /// Lets a header say what the field `version` may say; both may, when they agree.
    pub(super) fn say_version(&mut self, version: i64) {
        match self.values.get("version") {
            None | Some(Value::Null) => {
                self.values.insert("version".to_owned(), version.into());
            }
            Some(Value::Number(other)) if other.as_i64() != Some(version) => self.contradict_version(),
            Some(Value::String(other)) if self.lenient && other.trim() != version.to_string() => {
                self.contradict_version();
            }
            Some(_) => {}
        }
    }

    pub(super) fn contradict_version(&mut self) {
        self.refuse(
            "version",
            "CONTRADICTION",
            Text::new(
                "If-Match ile version birbirinden farklı; yalnız birini gönderin.",
                "If-Match and version differ; send only one of them.",
            ),
        );
    }

    /// Whether nothing was found wrong so far.
    pub fn is_clean(&self) -> bool {
        self.details.is_empty()
    }

    /// Ends the reading: a field that nobody took is one that nobody knows.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T> {
        self.refuse_unknown();
        match value {
            Some(value) if self.details.is_empty() => Ok(value),
            _ => Err(Error::new(Code::Validation).details(self.details)),
        }
    }

    fn refuse_unknown(&mut self) {
        let unknown: Vec<String> = self.values.keys().take(20).cloned().collect();
        for name in unknown {
            self.refuse_if_there(&name);
        }
        self.values.clear();
    }

    /// Says of a field that was sent that it is not known here.
    pub(super) fn refuse_if_there(&mut self, name: &str) {
        if self.values.remove(name).is_some() {
            let short: String = name.chars().take(64).collect();
            self.refuse(
                &short,
                "UNKNOWN_FIELD",
                Text::new(
                    "Böyle bir alan yok; adını düzeltin ya da çıkarın.",
                    "There is no such field; correct its name or leave it out.",
                ),
            );
        }
    }

    fn required(&mut self, name: &str) {
        self.refuse(name, "REQUIRED", Text::new("Bu alan zorunlu.", "This field is required."));
    }

    fn wrong_kind(&mut self, name: &str, kind: JsonKind) {
        let text = match kind {
            JsonKind::Text => Text::new("Metin olarak gönderin.", "Send this as a string."),
            JsonKind::Integer => Text::new("Tam sayı olarak gönderin.", "Send this as a whole number."),
            JsonKind::Boolean => Text::new("true ya da false olarak gönderin.", "Send this as true or false."),
        };
        self.refuse(name, "WRONG_TYPE", text);
    }
}

/// A structure of fields; made by [`input!`](crate::input).
pub trait Input: Sized {
    /// Takes the structure's fields.
    fn read_fields(fields: &mut Fields) -> Option<Self>;
}

/// Reads a nested structure under the name of its field.
pub fn read_nested<T: Input>(value: Option<Value>, name: &str, fields: &mut Fields) -> Option<T> {
    match value {
        Some(Value::Object(values)) => {
            let mut inner = Fields {
                values,
                lenient: fields.lenient,
                typed: fields.typed,
                prefix: format!("{}{name}.", fields.prefix),
                details: Vec::new(),
            };
            let read = T::read_fields(&mut inner);
            inner.refuse_unknown();
            let clean = inner.details.is_empty();
            fields.details.append(&mut inner.details);
            read.filter(|_| clean)
        }
        None | Some(Value::Null) => {
            fields.required(name);
            None
        }
        Some(_) => {
            fields.refuse(name, "WRONG_TYPE", Text::new("Nesne olarak gönderin.", "Send this as an object."));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema as _;

    use super::*;

    crate::input! {
        /// A line.
        struct Line {
            /// How many.
            pub quantity: i64,
        }
    }

    crate::input! {
        /// Something to read.
        struct Sample {
            /// Its name.
            pub full_name: String,
            pub active: Option<bool>,
            pub note: Patch<Option<String>>,
            pub title: Patch<String>,
            pub lines: Option<Vec<Line>>,
        }
    }

    fn read(json: Value) -> Result<Sample> {
        let Value::Object(map) = json else { panic!("an object is needed") };
        let mut fields = Fields::json(map);
        let value = Sample::read_fields(&mut fields);
        fields.finish(value)
    }

    fn problems(json: Value) -> Vec<(String, String)> {
        read(json).unwrap_err().list().iter().map(|d| (d.field.clone(), d.code.to_string())).collect()
    }

    #[test]
    fn every_mistake_is_reported_at_once_with_its_field() {
        let found = problems(serde_json::json!({
            "active": "yes", "title": null, "lines": [{"quantity": 1}, {"quantity": "x", "extra": 1}], "role": "ADMIN"
        }));
        let found: Vec<(&str, &str)> = found.iter().map(|(f, c)| (f.as_str(), c.as_str())).collect();
        assert_eq!(
            found,
            [
                ("fullName", "REQUIRED"),
                ("active", "WRONG_TYPE"),
                ("title", "REQUIRED"),
                ("lines[1].quantity", "WRONG_TYPE"),
                ("lines[1].extra", "UNKNOWN_FIELD"),
                ("role", "UNKNOWN_FIELD"),
            ]
        );
    }

    #[test]
    fn absent_null_and_value_are_three_things_to_a_patch() {
        let kept = read(serde_json::json!({"fullName": "a"})).unwrap();
        assert_eq!(kept.note, Patch::Keep);
        let line = read(serde_json::json!({"fullName": "a", "lines": [{"quantity": 3}]})).unwrap().lines.unwrap();
        assert_eq!(line[0].quantity, 3);
        let cleared = read(serde_json::json!({"fullName": "a", "note": null})).unwrap();
        assert_eq!(cleared.note, Patch::Set(None));
        let set = read(serde_json::json!({"fullName": "a", "note": "n"})).unwrap();
        assert_eq!(set.note, Patch::Set(Some("n".into())));
        assert_eq!(set.title, Patch::Keep);
        assert!(set.active.is_none() && set.lines.is_none() && set.full_name == "a");
    }

    #[test]
    fn a_query_string_knows_only_text_and_names_a_field_once() {
        let mut fields = Fields::text([("fullName".into(), "x".into()), ("active".into(), "true".into())]);
        let value = Sample::read_fields(&mut fields);
        assert_eq!(fields.finish(value).unwrap().active, Some(true));

        let mut twice = Fields::text([("fullName".into(), "x".into()), ("fullName".into(), "y".into())]);
        let value = Sample::read_fields(&mut twice);
        assert_eq!(twice.finish(value).unwrap_err().list()[0].code, "DUPLICATE_FIELD");
    }

    #[cfg(feature = "export")]
    #[test]
    fn kept_fields_are_read_again_as_they_were_first() {
        crate::input! {
            /// A period.
            struct Period {
                /// Its first day.
                pub from: chrono::NaiveDate,
            }
        }
        for fields in [
            Fields::typed([("from".into(), "31.12.2026".into())]),
            Fields::text([("from".into(), "2026-12-31".into())]),
        ] {
            let mut kept = Fields::kept(fields.values());
            let period = Period::read_fields(&mut kept);
            assert_eq!(kept.finish(period).unwrap().from.to_string(), "2026-12-31");
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_at_any_depth() {
        let error = strict_json(br#"{"a": {"b": 1, "b": 2}}"#).unwrap_err();
        assert_eq!((error.list()[0].field.as_str(), &*error.list()[0].code), ("b", "DUPLICATE_FIELD"));
        assert_eq!(strict_json(b"{\"a\": 1} x").unwrap_err().code(), Code::MalformedJson);
        assert_eq!(strict_json(&[b'['; 10_000]).unwrap_err().code(), Code::MalformedJson);
        assert_eq!(strict_json(br#""\ud800""#).unwrap_err().code(), Code::MalformedJson);
        assert!(strict_json(br#"{"a": [1, 2.5, null, true, "x"]}"#).is_ok());
    }

    #[test]
    fn the_schema_tells_what_is_required_and_that_nothing_else_is_accepted() {
        let schema = serde_json::to_value(Sample::schema()).unwrap();
        assert_eq!(schema["required"], serde_json::json!(["fullName"]));
        assert_eq!(schema["additionalProperties"], serde_json::json!(false));
        assert_eq!(schema["properties"]["fullName"]["description"], "Its name.");
    }
}
