//! What all text values have in common, for a type with `parse(&str) -> Result<Self, Invalid>`.

/// `FromText`, `FromStr` and `Deserialize` by the type's `parse`, and its OpenAPI schema; `typed` reads what a person
/// types into a form, where that differs.
macro_rules! parsed_value {
    ($type:ident, $schema:expr $(, typed = $typed:expr)?) => {
        impl $crate::types::FromText for $type {
            fn from_text(text: &str) -> Result<Self, $crate::types::Invalid> {
                Self::parse(text)
            }

            $(fn from_typed(text: &str) -> Result<Self, $crate::types::Invalid> {
                $typed(text)
            })?

            fn describe() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                <Self as utoipa::PartialSchema>::schema()
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::types::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($type))
            }
        }
    };
}

/// `Serialize` as its plain text, by `as_str`.
macro_rules! plain_serialize {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// Stored as VARCHAR, by `as_str`.
macro_rules! stored_as_text {
    ($type:ident) => {
        impl sqlx::Type<sqlx::MySql> for $type {
            fn type_info() -> sqlx::mysql::MySqlTypeInfo {
                $crate::types::sql::text_type()
            }

            fn compatible(column: &sqlx::mysql::MySqlTypeInfo) -> bool {
                $crate::types::sql::is_text(column)
            }
        }

        impl sqlx::Encode<'_, sqlx::MySql> for $type {
            fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                $crate::types::sql::encode_text(self.as_str(), buffer)
            }
        }

        impl<'r> sqlx::Decode<'r, sqlx::MySql> for $type {
            fn decode(value: sqlx::mysql::MySqlValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                $crate::types::sql::decode_text(value)
            }
        }
    };
}

pub(crate) use {parsed_value, plain_serialize, stored_as_text};
