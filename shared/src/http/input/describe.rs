//! How inputs stand in the OpenAPI document.

use serde_json::Value;
use utoipa::openapi::{RefOr, schema::Schema};

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
