//! Closed lists of words, such as states and kinds.

use super::Invalid;

/// The refusal of a word that is not on the list; it names the list.
#[doc(hidden)]
pub fn not_one_of(all: &[&'static str]) -> Invalid {
    let list = all.join(", ");
    Invalid::with("INVALID_CHOICE", format!("Şunlardan birini seçin: {list}."), format!("Choose one of: {list}."))
}

/// A closed list of words, as [`text_enum!`](crate::text_enum) makes it.
pub trait Words: Copy + 'static {
    /// Every value, in the order of declaration.
    const WORDS: &'static [Self];

    /// The word.
    fn word(self) -> &'static str;
}

/// Makes an enum whose values are words in JSON, forms and VARCHAR columns alike:
///
/// ```
/// shared::text_enum! {
///     /// Where a customer stands.
///     pub enum CompanyStatus {
///         /// Not yet a customer.
///         Lead = "LEAD",
///         /// A customer.
///         Active = "ACTIVE",
///     }
/// }
/// assert_eq!(CompanyStatus::Lead.as_str(), "LEAD");
/// ```
#[macro_export]
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility enum $name {
            $($(#[$variant_meta])* $variant),+
        }

        #[allow(dead_code, reason = "a private list may not use every accessor")]
        impl $name {
            /// Every value, in the order of declaration.
            $visibility const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word.
            $visibility const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            /// Reads the word.
            $visibility fn parse(text: &str) -> ::core::result::Result<Self, $crate::types::Invalid> {
                match text {
                    $($text => ::core::result::Result::Ok(Self::$variant),)+
                    _ => ::core::result::Result::Err($crate::types::not_one_of(&[$($text),+])),
                }
            }
        }

        impl $crate::types::Words for $name {
            const WORDS: &'static [Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::types::FromText for $name {
            fn from_text(text: &str) -> ::core::result::Result<Self, $crate::types::Invalid> {
                Self::parse(text)
            }

            fn describe() -> $crate::types::macro_support::utoipa::openapi::RefOr<
                $crate::types::macro_support::utoipa::openapi::schema::Schema,
            > {
                <Self as $crate::types::macro_support::utoipa::PartialSchema>::schema()
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::types::Invalid;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl $crate::types::macro_support::serde::Serialize for $name {
            fn serialize<S: $crate::types::macro_support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::types::macro_support::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::types::macro_support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let text =
                    <::std::string::String as $crate::types::macro_support::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err($crate::types::macro_support::serde::de::Error::custom)
            }
        }

        impl $crate::types::macro_support::sqlx::Type<$crate::types::macro_support::sqlx::MySql> for $name {
            fn type_info() -> $crate::types::macro_support::sqlx::mysql::MySqlTypeInfo {
                $crate::types::sql::text_type()
            }

            fn compatible(column: &$crate::types::macro_support::sqlx::mysql::MySqlTypeInfo) -> bool {
                $crate::types::sql::is_text(column)
            }
        }

        impl $crate::types::macro_support::sqlx::Encode<'_, $crate::types::macro_support::sqlx::MySql> for $name {
            fn encode_by_ref(
                &self,
                buffer: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<
                $crate::types::macro_support::sqlx::encode::IsNull,
                $crate::types::macro_support::sqlx::error::BoxDynError,
            > {
                $crate::types::sql::encode_text(self.as_str(), buffer)
            }
        }

        impl<'r> $crate::types::macro_support::sqlx::Decode<'r, $crate::types::macro_support::sqlx::MySql> for $name {
            fn decode(
                value: $crate::types::macro_support::sqlx::mysql::MySqlValueRef<'r>,
            ) -> ::core::result::Result<Self, $crate::types::macro_support::sqlx::error::BoxDynError> {
                $crate::types::sql::decode_text(value)
            }
        }

        impl $crate::types::macro_support::utoipa::PartialSchema for $name {
            fn schema() -> $crate::types::macro_support::utoipa::openapi::RefOr<
                $crate::types::macro_support::utoipa::openapi::schema::Schema,
            > {
                $crate::types::macro_support::utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type($crate::types::macro_support::utoipa::openapi::schema::Type::String)
                    .enum_values(::core::option::Option::Some([$($text),+]))
                    .into()
            }
        }

        impl $crate::types::macro_support::utoipa::ToSchema for $name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($name))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use crate::types::FromText;

    crate::text_enum! {
        /// A state of the test.
        enum State {
            /// The first.
            Open = "OPEN",
            /// The last.
            InReview = "IN_REVIEW",
        }
    }

    #[test]
    fn a_word_is_read_and_written() {
        for state in State::ALL {
            assert_eq!(State::from_text(state.as_str()), Ok(*state));
            assert_eq!(serde_json::to_string(state).unwrap(), format!("\"{state}\""));
        }
        assert_eq!(serde_json::from_str::<State>("\"IN_REVIEW\"").unwrap(), State::InReview);
    }

    #[test]
    fn another_word_is_refused_with_the_list() {
        for text in ["", "open", " OPEN", "InReview"] {
            let invalid = State::parse(text).unwrap_err();
            assert_eq!(invalid.code, "INVALID_CHOICE");
            assert_eq!(invalid.en, "Choose one of: OPEN, IN_REVIEW.");
        }
    }

    #[test]
    fn the_schema_lists_the_words() {
        let schema = serde_json::to_value(State::schema()).unwrap();
        assert_eq!(schema, serde_json::json!({"type": "string", "enum": ["OPEN", "IN_REVIEW"]}));
    }
}
