//! OpenAPI schemas of text values; the patterns say exactly what `parse` lets pass, short of check digits.

use utoipa::openapi::KnownFormat;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};

/// Unicode's `White_Space`, which `str::trim` removes, as the inside of a character class.
/// Spelt out because `\s` means something else in each dialect of regular expressions.
pub const SPACE: &str = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

/// A string with an example.
pub fn string(description: &str, example: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description)).examples([example])
}

/// An id.
pub fn uuid() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
}

/// The pattern of a value that is trimmed before it is read.
pub fn padded(inner: &str) -> String {
    format!("^[{SPACE}]*(?:{inner})[{SPACE}]*$")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::string_regex;
    use proptest::test_runner::TestRunner;
    use utoipa::PartialSchema;

    use crate::types::{Amount, FromText, Mersis, NaceCode, Phone, SgkNo, Slug, Text};

    /// Whatever the documented pattern allows is accepted; types with check digits cannot promise that.
    fn pattern_is_true<T: FromText + PartialSchema>() {
        let schema = serde_json::to_value(T::schema()).unwrap();
        let pattern = schema["pattern"].as_str().unwrap();
        let max = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
        let unanchored = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).unwrap();
        let fitting =
            string_regex(unanchored).unwrap().prop_filter("length", |text| text.chars().count() as u64 <= max);
        let outcome = TestRunner::default().run(&fitting, |text| {
            prop_assert!(T::from_text(&text).is_ok());
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn what_the_schema_promises_is_accepted() {
        pattern_is_true::<Amount>();
        pattern_is_true::<Mersis>();
        pattern_is_true::<NaceCode>();
        pattern_is_true::<Phone>();
        pattern_is_true::<SgkNo>();
        pattern_is_true::<Text<0, 80>>();
        pattern_is_true::<Text<1, 80, true>>();
        pattern_is_true::<Text<3, 200>>();
    }

    #[test]
    fn a_slug_of_the_schema_is_accepted_unless_too_short() {
        assert!(Slug::parse("a-1").is_ok());
        assert_eq!(serde_json::to_value(Slug::schema()).unwrap()["minLength"], 2);
    }
}
