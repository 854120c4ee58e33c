//! The types that a field can have.

use serde_json::Value;
use utoipa::openapi::{RefOr, schema::Schema};

use super::{Fields, nullable};
use crate::{
    error::{Detail, Text},
    types::{FromText, JsonKind},
};

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
        match if fields.typed { T::from_typed(&text) } else { T::from_text(&text) } {
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
