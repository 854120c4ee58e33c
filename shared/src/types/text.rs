//! Free text with a length.

use std::borrow::Cow;
use std::fmt;

use sqlx::mysql::{MySql, MySqlTypeInfo, MySqlValueRef};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::{FromText, Invalid, schema, sql};

/// Text of `MIN` to `MAX` characters, trimmed, in Unicode's composed form, without control characters and without
/// the marks that turn the reading direction of the page round. Line breaks and tabs pass when `MULTILINE`.
///
/// `MAX` counts what was typed, blanks at the ends too, as a form's `maxlength` does.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<const MIN: usize, const MAX: usize, const MULTILINE: bool = false>(String);

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> Text<MIN, MAX, MULTILINE> {
    /// Reads the text; a browser's CR LF becomes LF.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let lines = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
        let trimmed = lines.trim();
        if trimmed.chars().any(|char| !is_allowed(char, MULTILINE)) {
            return Err(forbidden(MULTILINE));
        }
        let composed = match is_nfc_quick(trimmed.chars()) {
            IsNormalized::Yes => trimmed.to_owned(),
            _ => trimmed.nfc().collect(),
        };
        let length = composed.chars().count();
        if length == 0 && MIN > 0 {
            return Err(Invalid::new("REQUIRED", "Bu alanı doldurun.", "Fill in this field."));
        }
        if length < MIN {
            return Err(Invalid::with(
                "TOO_SHORT",
                format!("En az {MIN} karakter yazın."),
                format!("Write at least {MIN} characters."),
            ));
        }
        if length > MAX || lines.chars().count() > MAX {
            return Err(Invalid::with(
                "TOO_LONG",
                format!("En çok {MAX} karakter yazın."),
                format!("Write at most {MAX} characters."),
            ));
        }
        Ok(Self(composed))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    pub fn into_string(self) -> String {
        self.0
    }
}

fn is_allowed(char: char, multiline: bool) -> bool {
    match char {
        '\n' | '\t' | '\u{2028}' | '\u{2029}' => multiline,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => false,
        other => !other.is_control(),
    }
}

/// The characters that `is_allowed` refuses, as the inside of a character class.
const fn refused_class(multiline: bool) -> &'static str {
    if multiline {
        r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
    } else {
        r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"
    }
}

const fn forbidden(multiline: bool) -> Invalid {
    if multiline {
        Invalid::new(
            "INVALID_CHARACTERS",
            "Görünmeyen denetim karakterlerini kaldırın.",
            "Remove invisible control characters.",
        )
    } else {
        Invalid::new(
            "INVALID_CHARACTERS",
            "Satır sonlarını ve görünmeyen denetim karakterlerini kaldırın.",
            "Remove line breaks and invisible control characters.",
        )
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> fmt::Display for Text<MIN, MAX, MULTILINE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> fmt::Debug for Text<MIN, MAX, MULTILINE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> AsRef<str> for Text<MIN, MAX, MULTILINE> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> FromText for Text<MIN, MAX, MULTILINE> {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }

    fn describe() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <Self as utoipa::PartialSchema>::schema()
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> std::str::FromStr for Text<MIN, MAX, MULTILINE> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> serde::Serialize for Text<MIN, MAX, MULTILINE> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize, const MULTILINE: bool> serde::Deserialize<'de>
    for Text<MIN, MAX, MULTILINE>
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> sqlx::Type<MySql> for Text<MIN, MAX, MULTILINE> {
    fn type_info() -> MySqlTypeInfo {
        sql::text_type()
    }

    fn compatible(column: &MySqlTypeInfo) -> bool {
        sql::is_text(column)
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> sqlx::Encode<'_, MySql> for Text<MIN, MAX, MULTILINE> {
    fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        sql::encode_text(&self.0, buffer)
    }
}

impl<'r, const MIN: usize, const MAX: usize, const MULTILINE: bool> sqlx::Decode<'r, MySql>
    for Text<MIN, MAX, MULTILINE>
{
    fn decode(value: MySqlValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        sql::decode_text(value)
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> utoipa::PartialSchema for Text<MIN, MAX, MULTILINE> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let refused = refused_class(MULTILINE);
        let any = format!("[^{refused}]");
        // A first and a last character that survive trimming, and enough between them.
        let edge = format!("[^{refused}{}]", schema::SPACE);
        let inner = match MIN {
            0 => format!("(?:{edge}(?:{any}*{edge})?)?"),
            1 => format!("{edge}(?:{any}*{edge})?"),
            min => format!("{edge}{any}{{{},}}{edge}", min - 2),
        };
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length((MIN > 0).then_some(MIN))
            .max_length(Some(MAX))
            .pattern(Some(schema::padded(&inner)))
            .into()
    }
}

impl<const MIN: usize, const MAX: usize, const MULTILINE: bool> utoipa::ToSchema for Text<MIN, MAX, MULTILINE> {
    fn name() -> Cow<'static, str> {
        let kind = if MULTILINE { "Lines" } else { "Text" };
        Cow::Owned(format!("{kind}{MIN}To{MAX}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Name = Text<2, 10>;
    type Note = Text<0, 20, true>;

    #[test]
    fn text_is_trimmed_and_composed() {
        assert_eq!(Name::parse("  Işık \n").unwrap().as_str(), "Işık");
        assert_eq!(Name::parse("g\u{306}u\u{308}").unwrap().as_str(), "ğü");
        assert_eq!(Note::parse("bir\r\niki\tüç").unwrap().as_str(), "bir\niki\tüç");
        assert_eq!(Note::parse(" \n ").unwrap().as_str(), "");
    }

    #[test]
    fn length_counts_characters() {
        for (text, code) in [
            ("", "REQUIRED"),
            ("   ", "REQUIRED"),
            ("a", "TOO_SHORT"),
            (" ş ", "TOO_SHORT"),
            ("ğğğğğğğğğğğ", "TOO_LONG"),
            ("0123456789 ", "TOO_LONG"),
        ] {
            assert_eq!(Name::parse(text).unwrap_err().code, code, "{text:?}");
        }
        assert!(Name::parse("ğğğğğğğğğğ").is_ok());
        assert!(Note::parse(&"a\r\n".repeat(10)).is_ok());
    }

    #[test]
    fn hidden_characters_are_refused() {
        for text in ["a\0b", "a\nb", "a\tb", "a\u{7f}b", "a\u{85}b", "a\u{202e}b", "a\u{2066}b\u{2069}", "a\u{2028}b"] {
            assert_eq!(Name::parse(text).unwrap_err().code, "INVALID_CHARACTERS", "{text:?}");
        }
        for text in ["a\0b", "a\rb", "a\u{202d}b", "a\u{1b}[0m"] {
            assert_eq!(Note::parse(text).unwrap_err().code, "INVALID_CHARACTERS", "{text:?}");
        }
    }

    #[test]
    fn each_length_has_its_own_schema() {
        use utoipa::{PartialSchema, ToSchema};
        assert_eq!(Name::name(), "Text2To10");
        assert_eq!(Note::name(), "Lines0To20");
        let schema = serde_json::to_value(Name::schema()).unwrap();
        assert_eq!((schema["minLength"].as_u64(), schema["maxLength"].as_u64()), (Some(2), Some(10)));
    }

    #[test]
    fn a_derived_schema_refers_to_each_length() {
        use utoipa::ToSchema;

        #[derive(ToSchema)]
        #[expect(dead_code, reason = "only its schema is of interest")]
        struct Form {
            name: Text<2, 255>,
            short: Option<Name>,
            notes: Vec<Text<0, 2000, true>>,
        }

        let mut schemas = Vec::new();
        Form::schemas(&mut schemas);
        let mut names: Vec<_> = schemas.into_iter().map(|(name, _)| name).collect();
        names.sort();
        assert_eq!(names, ["Lines0To2000", "Text2To10", "Text2To255"]);
        let form = serde_json::to_value(<Form as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(form["properties"]["name"]["$ref"], "#/components/schemas/Text2To255");
    }

    proptest! {
        #[test]
        fn parsed_text_is_a_fixed_point(text in "\\PC{0,14}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(name.as_str()).unwrap(), name);
            }
        }
    }
}
