//! One way to read a value from text, for forms, queries, paths and JSON strings alike.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;
use utoipa::{
    PartialSchema,
    openapi::{
        KnownFormat, RefOr,
        schema::{ObjectBuilder, Schema, SchemaFormat, Type},
    },
};
use uuid::Uuid;

use super::{Invalid, date, schema, typed};

/// How a value stands in JSON; forms and queries write every value as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// A string.
    Text,
    /// A number without a fraction.
    Integer,
    /// `true` or `false`.
    Boolean,
}

/// A value that can be read from text.
pub trait FromText: Sized {
    /// How the value stands in JSON.
    const JSON: JsonKind = JsonKind::Text;

    /// Reads the value or says what to do.
    fn from_text(text: &str) -> Result<Self, Invalid>;

    /// Reads the value as a person types it into a form of a page: dates and numbers by Turkish habit.
    fn from_typed(text: &str) -> Result<Self, Invalid> {
        Self::from_text(text)
    }

    /// How the OpenAPI document describes it. Not a bound on `PartialSchema`, which utoipa leaves
    /// out for dates and ids.
    fn describe() -> RefOr<Schema>;
}

/// The longest text that a bare `String` takes; a field with a meaning has a type with its own limit.
const MAX_STRING: usize = 10_000;

impl FromText for String {
    /// Unchanged: not trimmed, for passwords.
    fn from_text(text: &str) -> Result<Self, Invalid> {
        if text.chars().any(char::is_control) {
            return Err(Invalid::new(
                "INVALID_CHARACTERS",
                "Satır sonu ve denetim karakterlerini kaldırın.",
                "Remove line breaks and control characters.",
            ));
        }
        if text.chars().nth(MAX_STRING).is_some() {
            return Err(Invalid::with(
                "TOO_LONG",
                format!("En çok {MAX_STRING} karakter yazın."),
                format!("Write at most {MAX_STRING} characters."),
            ));
        }
        Ok(text.to_owned())
    }

    fn describe() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).max_length(Some(MAX_STRING)).into()
    }
}

impl FromText for bool {
    const JSON: JsonKind = JsonKind::Boolean;

    fn from_text(text: &str) -> Result<Self, Invalid> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Invalid::new("INVALID_BOOLEAN", "true ya da false yazın.", "Write true or false.")),
        }
    }

    fn describe() -> RefOr<Schema> {
        Self::schema()
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl FromText for $type {
            const JSON: JsonKind = JsonKind::Integer;

            fn from_text(text: &str) -> Result<Self, Invalid> {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let shaped = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                if !shaped {
                    return Err(Invalid::new("INVALID_NUMBER", "Bir tam sayı yazın.", "Write a whole number."));
                }
                text.parse().map_err(|_| {
                    let (min, max) = (<$type>::MIN, <$type>::MAX);
                    Invalid::with(
                        "INVALID_NUMBER",
                        format!("{min} ile {max} arasında bir tam sayı yazın."),
                        format!("Write a whole number between {min} and {max}."),
                    )
                })
            }

            fn from_typed(text: &str) -> Result<Self, Invalid> {
                Self::from_text(&typed::number(text))
            }

            fn describe() -> RefOr<Schema> {
                Self::schema()
            }
        }
    )*};
}
whole_numbers!(i64, i32, i16, u64, u32, u16, u8);

impl FromText for Decimal {
    /// Digits with an optional sign and a point: no exponent, no thousands, nothing that would be rounded.
    fn from_text(text: &str) -> Result<Self, Invalid> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (digits(whole) && digits(fraction)).then(|| Decimal::from_str_exact(text).ok()).flatten().ok_or(Invalid::new(
            "INVALID_NUMBER",
            "Sayıyı ondalık nokta ile yazın, örneğin 1199.99.",
            "Write the number with a decimal point, such as 1199.99.",
        ))
    }

    fn from_typed(text: &str) -> Result<Self, Invalid> {
        Self::from_text(&typed::number(text)).map_err(|_| {
            Invalid::new("INVALID_NUMBER", "Bir sayı yazın, örneğin 1.199,99.", "Write a number, such as 1.199,99.")
        })
    }

    fn describe() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^-?[0-9]+(\.[0-9]+)?$")).into()
    }
}

impl FromText for NaiveDate {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        date::parse(text)
    }

    fn from_typed(text: &str) -> Result<Self, Invalid> {
        let text = typed::date(text);
        if date::is_no_day(&text) {
            return Err(date::NO_SUCH_DAY);
        }
        date::parse(&text).map_err(|invalid| {
            if invalid == date::OUT_OF_YEARS {
                return invalid;
            }
            Invalid::new(
                "INVALID_DATE",
                "Tarihi gün.ay.yıl olarak yazın, örneğin 31.12.2026.",
                "Write the date as day.month.year, such as 31.12.2026.",
            )
        })
    }

    fn describe() -> RefOr<Schema> {
        formatted(KnownFormat::Date)
    }
}

impl FromText for Uuid {
    /// The hyphenated form only: one id, one spelling.
    fn from_text(text: &str) -> Result<Self, Invalid> {
        (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten().ok_or(Invalid::new(
            "INVALID_ID",
            "Geçerli bir kimlik (UUID) yazın.",
            "Write a valid id (UUID).",
        ))
    }

    fn describe() -> RefOr<Schema> {
        schema::uuid().into()
    }
}

impl FromText for DateTime<Utc> {
    /// RFC 3339 with any offset, kept as UTC.
    fn from_text(text: &str) -> Result<Self, Invalid> {
        // chrono also takes a space between date and time.
        let shaped = text.as_bytes().get(10) == Some(&b'T');
        shaped
            .then(|| DateTime::parse_from_rfc3339(text).ok())
            .flatten()
            .map(|time| time.to_utc())
            .filter(|time| date::YEARS.contains(&time.year()))
            .ok_or(Invalid::new(
                "INVALID_TIME",
                "Zamanı 2026-11-22T18:00:00Z biçiminde yazın.",
                "Write the time like 2026-11-22T18:00:00Z.",
            ))
    }

    fn describe() -> RefOr<Schema> {
        formatted(KnownFormat::DateTime)
    }
}

fn formatted(format: KnownFormat) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_true_or_false() {
        assert_eq!(bool::from_text("true"), Ok(true));
        assert_eq!(bool::from_text("false"), Ok(false));
        for text in ["", "TRUE", "1", "on", " true"] {
            assert_eq!(bool::from_text(text).unwrap_err().code, "INVALID_BOOLEAN", "{text:?}");
        }
    }

    #[test]
    fn whole_numbers_have_no_plus_no_blank_and_no_overflow() {
        assert_eq!(i32::from_text("-7"), Ok(-7));
        assert_eq!(u32::from_typed("11.700"), Ok(11_700));
        assert!(u32::from_text("11.700").is_err() && u32::from_typed("11,5").is_err());
        assert_eq!(u32::from_text("4294967295"), Ok(u32::MAX));
        assert_eq!(i64::from_text("9223372036854775807"), Ok(i64::MAX));
        for text in ["", "-", "+1", " 1", "1.0", "1e3", "٣", "4294967296", "-1"] {
            assert!(u32::from_text(text).is_err(), "{text:?}");
        }
        assert_eq!(u32::from_typed("1.200"), Ok(1200), "as people write a thousand");
        assert!(u32::from_typed("1,5").is_err());
    }

    #[test]
    fn decimals_are_read_strictly() {
        assert_eq!(Decimal::from_text("-0.25"), Ok(Decimal::new(-25, 2)));
        assert_eq!(Decimal::from_text("1199.99"), Ok(Decimal::new(119_999, 2)));
        for text in ["", ".5", "5.", "1,5", "1e3", "+1", "1_000", "--1", "0.00000000000000000000000000001"] {
            assert!(Decimal::from_text(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn ids_are_hyphenated() {
        let id = "01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f";
        assert_eq!(Uuid::from_text(id).unwrap().to_string(), id);
        for text in ["", "01938f2e6b1a7c448d550a1b2c3d4e5f", "{01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f}", "x"] {
            assert!(Uuid::from_text(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn times_carry_an_offset() {
        let utc = DateTime::<Utc>::from_text("2026-11-22T18:00:00Z").unwrap();
        assert_eq!(DateTime::<Utc>::from_text("2026-11-22T21:00:00+03:00"), Ok(utc));
        for text in ["", "2026-11-22", "2026-11-22T18:00:00", "2026-11-22 18:00:00Z", "1800-01-01T00:00:00Z"] {
            assert!(DateTime::<Utc>::from_text(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_string_has_a_length_and_no_control_characters() {
        assert_eq!(String::from_text("  çay "), Ok("  çay ".to_owned()));
        assert!(String::from_text(&"ğ".repeat(10_000)).is_ok());
        assert_eq!(String::from_text(&"ğ".repeat(10_001)).unwrap_err().code, "TOO_LONG");
        assert_eq!(String::from_text("a\0b").unwrap_err().code, "INVALID_CHARACTERS");
        assert_eq!(String::from_text("a\nb").unwrap_err().code, "INVALID_CHARACTERS");
    }
}
