//! Reading what a caller sent: every field is parsed into its type, and every mistake is reported
//! at once, with its field. The same reader serves JSON bodies, forms and query strings.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use utoipa::openapi::{RefOr, schema::Schema};

use crate::{
    error::{Code, Detail, Error, Result, Text},
    types::{FromText, JsonKind},
};

/// A set of named values and what was found wrong with them so far.
#[derive(Debug)]
pub struct Fields {
    values: Map<String, Value>,
    /// Query strings and forms know only text, and an empty text there means "nothing".
    lenient: bool,
    prefix: String,
    details: Vec<Detail>,
}

impl Fields {
    /// The fields of a JSON object.
    pub fn json(values: Map<String, Value>) -> Self {
        Self { values, lenient: false, prefix: String::new(), details: Vec::new() }
    }

    /// The fields of a form or a query string. A name that stands twice is an error.
    pub fn text(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut fields = Self { values: Map::new(), lenient: true, prefix: String::new(), details: Vec::new() };
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
        self.values.clear();
        for name in unknown {
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

/// A type that a field can have.
pub trait Field: Sized {
    /// Whether leaving the field out is a mistake.
    const REQUIRED: bool;

    /// Reads a value that may be absent; what is wrong is told to `fields`.
    fn read(value: Option<Value>, name: &str, fields: &mut Fields) -> Option<Self>;

    /// How the OpenAPI document describes it.
    fn describe() -> RefOr<Schema>;
}

impl<T: FromText> Field for T {
    const REQUIRED: bool = true;

    fn read(value: Option<Value>, name: &str, fields: &mut Fields) -> Option<Self> {
        let text = match (value, T::JSON, fields.lenient) {
            (None | Some(Value::Null), ..) => {
                fields.required(name);
                return None;
            }
            (Some(Value::String(text)), JsonKind::Text, _) | (Some(Value::String(text)), _, true) => text,
            (Some(Value::Number(number)), JsonKind::Integer, _) => number.to_string(),
            (Some(Value::Bool(value)), JsonKind::Boolean, _) => value.to_string(),
            (Some(_), kind, _) => {
                fields.wrong_kind(name, kind);
                return None;
            }
        };
        match T::from_text(&text) {
            Ok(value) => Some(value),
            Err(invalid) => {
                let field = format!("{}{name}", fields.prefix);
                fields.details.push(Detail::invalid(field, invalid));
                None
            }
        }
    }

    fn describe() -> RefOr<Schema> {
        <T as FromText>::describe()
    }
}

impl<T: Field> Field for Option<T> {
    const REQUIRED: bool = false;

    fn read(value: Option<Value>, name: &str, fields: &mut Fields) -> Option<Self> {
        match value {
            None | Some(Value::Null) => Some(None),
            value => T::read(value, name, fields).map(Some),
        }
    }

    fn describe() -> RefOr<Schema> {
        nullable(T::describe())
    }
}

/// A field of a partial change: left out, it stays as it is. For a value that may be cleared
/// use `Patch<Option<T>>`, to which `null` is a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field was left out.
    #[default]
    Keep,
    /// The field gets this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Puts the new value, if there is one, in the place of the old.
    pub fn apply(self, to: &mut T) {
        if let Self::Set(value) = self {
            *to = value;
        }
    }

    /// The new value, if there is one.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T: Field> Field for Patch<T> {
    const REQUIRED: bool = false;

    fn read(value: Option<Value>, name: &str, fields: &mut Fields) -> Option<Self> {
        match value {
            None => Some(Self::Keep),
            value => T::read(value, name, fields).map(Self::Set),
        }
    }

    fn describe() -> RefOr<Schema> {
        T::describe()
    }
}

/// At most this many items stand in one list of a body.
const MAX_ITEMS: usize = 1_000;

impl<T: Field> Field for Vec<T> {
    const REQUIRED: bool = true;

    fn read(value: Option<Value>, name: &str, fields: &mut Fields) -> Option<Self> {
        match value {
            Some(Value::Array(items)) if items.len() <= MAX_ITEMS => {
                let read: Vec<Option<T>> = items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| T::read(Some(item), &format!("{name}[{index}]"), fields))
                    .collect();
                read.into_iter().collect()
            }
            Some(Value::Array(_)) => {
                fields.refuse(
                    name,
                    "TOO_MANY",
                    Text::new("En çok 1.000 öğe gönderilebilir.", "At most 1,000 items can be sent."),
                );
                None
            }
            // A query string writes a list as words between commas.
            Some(Value::String(text)) if fields.lenient => {
                let read: Vec<Option<T>> =
                    text.split(',').map(|item| T::read(Some(Value::String(item.to_owned())), name, fields)).collect();
                read.into_iter().collect()
            }
            Some(_) => {
                fields.refuse(name, "WRONG_TYPE", Text::new("Liste olarak gönderin.", "Send this as a list."));
                None
            }
            None => {
                fields.required(name);
                None
            }
        }
    }

    fn describe() -> RefOr<Schema> {
        utoipa::openapi::schema::ArrayBuilder::new().items(T::describe()).max_items(Some(MAX_ITEMS)).into()
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

/// Lets `null` stand for a value in the OpenAPI document.
pub fn nullable(schema: RefOr<Schema>) -> RefOr<Schema> {
    use utoipa::openapi::schema::{OneOfBuilder, SchemaType, Type};
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            object.schema_type = match object.schema_type {
                SchemaType::Type(one) => SchemaType::Array(vec![one, Type::Null]),
                other => other,
            };
            if let Some(values) = object.enum_values.as_mut() {
                values.push(Value::Null);
            }
            RefOr::T(Schema::Object(object))
        }
        other => OneOfBuilder::new()
            .item(utoipa::openapi::schema::ObjectBuilder::new().schema_type(Type::Null).build())
            .item(other)
            .into(),
    }
}

/// Reads JSON in which no object names a key twice: of two values one would be lost silently.
pub fn strict_json(bytes: &[u8]) -> Result<Value> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Strict::deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match read {
        Ok(Strict(value)) => Ok(value),
        Err(error) => {
            let text = error.to_string();
            match text.strip_prefix(DUPLICATE).and_then(|rest| rest.split_once('\n')) {
                Some((name, _)) => Err(Error::field(
                    name.trim(),
                    "DUPLICATE_FIELD",
                    "Bu alan birden çok kez gönderildi.",
                    "This field was sent more than once.",
                )),
                None => Err(Error::new(Code::MalformedJson)),
            }
        }
    }
}

const DUPLICATE: &str = "duplicate field: ";

/// A JSON value whose objects have each key once.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let Strict(value) = entries.next_value()?;
            if map.contains_key(&key) {
                let shown: String = key.chars().filter(|c| !c.is_control()).take(64).collect();
                return Err(serde::de::Error::custom(format!("{DUPLICATE}{shown}\n")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// `tax_id` as it stands on the wire: `taxId`.
pub fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                out.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}

/// Declares a structure that a caller may send: as JSON body, form or query string.
///
/// The field types say what is accepted: `T` is required, `Option<T>` may be left out or null,
/// `Patch<T>` is kept when left out, `Patch<Option<T>>` may be cleared by null, `Vec<T>` is a list.
/// ```
/// shared::input! {
///     /// A contact person.
///     pub struct NewContact {
///         /// The person's name.
///         pub name: shared::types::Text<2, 255>,
///         /// Where the person is reached.
///         pub email: Option<shared::types::Email>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! input {
    (
        $(#[doc = $about:literal])*
        $vis:vis struct $name:ident {
            $( $(#[doc = $doc:literal])* $fvis:vis $field:ident : $ty:ty ),* $(,)?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone)]
        $vis struct $name { $( $(#[doc = $doc])* $fvis $field: $ty ),* }

        impl $crate::http::input::Input for $name {
            fn read_fields(fields: &mut $crate::http::input::Fields) -> Option<Self> {
                $( let $field = fields.take::<$ty>(stringify!($field)); )*
                Some(Self { $( $field: $field? ),* })
            }
        }

        impl $crate::http::input::Field for $name {
            const REQUIRED: bool = true;

            fn read(
                value: Option<$crate::http::input::JsonValue>,
                name: &str,
                fields: &mut $crate::http::input::Fields,
            ) -> Option<Self> {
                $crate::http::input::read_nested(value, name, fields)
            }

            fn describe() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> {
                <Self as $crate::utoipa::PartialSchema>::schema()
            }
        }

        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> {
                use $crate::http::input::{Field, camel, described};
                let about: &[&str] = &[$($about),*];
                let mut object = $crate::utoipa::openapi::schema::ObjectBuilder::new()
                    .description(Some($crate::http::input::sentence(about)))
                    .additional_properties(Some(
                        $crate::utoipa::openapi::schema::AdditionalProperties::<
                            $crate::utoipa::openapi::schema::Schema,
                        >::FreeForm(false),
                    ));
                $(
                    let doc: &[&str] = &[$($doc),*];
                    object = object.property(camel(stringify!($field)), described(<$ty as Field>::describe(), doc));
                    if <$ty as Field>::REQUIRED {
                        object = object.required(camel(stringify!($field)));
                    }
                )*
                object.into()
            }
        }

        impl $crate::utoipa::ToSchema for $name {}

        impl $crate::utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<$crate::utoipa::openapi::path::ParameterIn>,
            ) -> Vec<$crate::utoipa::openapi::path::Parameter> {
                use $crate::http::input::{Field, camel, query_parameter};
                vec![$({
                    let doc: &[&str] = &[$($doc),*];
                    query_parameter(camel(stringify!($field)), <$ty as Field>::describe(), <$ty as Field>::REQUIRED, doc)
                }),*]
            }
        }
    };
}

#[doc(hidden)]
pub use serde_json::Value as JsonValue;

/// The lines of a doc comment as one text.
#[doc(hidden)]
pub fn sentence(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// A schema with the field's own description.
#[doc(hidden)]
pub fn described(schema: RefOr<Schema>, doc: &[&str]) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::Object(mut object)) if !doc.is_empty() => {
            object.description = Some(sentence(doc));
            RefOr::T(Schema::Object(object))
        }
        other => other,
    }
}

/// A parameter of the query string. There an absent value is simply left out, so null is not offered.
#[doc(hidden)]
pub fn query_parameter(
    name: String,
    schema: RefOr<Schema>,
    required: bool,
    doc: &[&str],
) -> utoipa::openapi::path::Parameter {
    use utoipa::openapi::{
        Required,
        path::{ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
    };
    let schema = match schema {
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Array(types) = &object.schema_type
                && let Some(one) = types.iter().find(|t| **t != Type::Null)
            {
                object.schema_type = SchemaType::Type(one.clone());
            }
            if let Some(values) = object.enum_values.as_mut() {
                values.retain(|value| !value.is_null());
            }
            RefOr::T(Schema::Object(object))
        }
        other => other,
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(if required { Required::True } else { Required::False })
        .description(Some(sentence(doc)))
        .schema(Some(schema))
        .build()
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema as _;

    use super::*;

    input! {
        /// A line.
        struct Line {
            /// How many.
            pub quantity: i64,
        }
    }

    input! {
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
