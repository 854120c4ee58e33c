//! Short codes of the reference data, read strictly: whether one exists is said by its table.

/// Makes a type of a code that only its characters can be wrong with.
macro_rules! code {
    ($(#[$meta:meta])* $name:ident, $read:expr, $pattern:literal, $example:literal, $refused:literal, $tr:literal, $en:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl shared::types::FromText for $name {
            fn from_text(text: &str) -> Result<Self, shared::types::Invalid> {
                let read: fn(&str) -> Option<String> = $read;
                read(text.trim()).map(Self).ok_or(shared::types::Invalid::new($refused, $tr, $en))
            }

            fn describe() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                <Self as utoipa::PartialSchema>::schema()
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                shared::types::schema::string($en, $example)
                    .pattern(Some(shared::types::schema::padded($pattern)))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl sqlx::Type<sqlx::MySql> for $name {
            fn type_info() -> sqlx::mysql::MySqlTypeInfo {
                shared::types::sql::text_type()
            }

            fn compatible(column: &sqlx::mysql::MySqlTypeInfo) -> bool {
                shared::types::sql::is_text(column)
            }
        }

        impl sqlx::Encode<'_, sqlx::MySql> for $name {
            fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                shared::types::sql::encode_text(&self.0, buffer)
            }
        }

        impl<'r> sqlx::Decode<'r, sqlx::MySql> for $name {
            fn decode(value: sqlx::mysql::MySqlValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                shared::types::sql::decode_text(value)
            }
        }
    };
}

code!(
    /// A province, by its vehicle plate code.
    ProvinceCode,
    |text| (digits(text, 2..=2)).then(|| text.to_owned()),
    "[0-9]{2}",
    "34",
    "INVALID_PROVINCE",
    "İl kodunu iki rakam olarak yazın, örneğin 34.",
    "Write the province code as two digits, such as 34."
);

code!(
    /// A district, by its code in the national address database.
    DistrictCode,
    |text| (digits(text, 1..=5)).then(|| text.to_owned()),
    "[0-9]{1,5}",
    "1421",
    "INVALID_DISTRICT",
    "İlçe kodunu rakamlarla yazın, örneğin 1421.",
    "Write the district code in digits, such as 1421."
);

code!(
    /// The beginning of a NACE code: two to six digits, points or not.
    NacePrefix,
    |text| {
        let plain = text.replace('.', "");
        digits(&plain, 2..=6).then_some(plain)
    },
    r"[0-9]{2,6}|[0-9]{2}\.[0-9]{1,2}|[0-9]{2}\.[0-9]{2}\.[0-9]{1,2}",
    "25.11",
    "INVALID_NACE_CODE",
    "NACE kodunun ilk 2–6 rakamını yazın, örneğin 25.11.",
    "Write the first 2 to 6 digits of the NACE code, such as 25.11."
);

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use shared::types::FromText;

    use super::*;

    #[test]
    fn codes_are_digits_of_the_right_number() {
        assert_eq!(ProvinceCode::from_text(" 06 ").unwrap().as_str(), "06");
        assert_eq!(DistrictCode::from_text("1421").unwrap().as_str(), "1421");
        for text in ["", "6", "006", "0a", "-1"] {
            assert_eq!(ProvinceCode::from_text(text).unwrap_err().code, "INVALID_PROVINCE", "{text:?}");
        }
        assert!(DistrictCode::from_text("123456").is_err());
    }

    #[test]
    fn a_nace_prefix_is_stored_without_points() {
        assert_eq!(NacePrefix::from_text("25.11").unwrap().as_str(), "2511");
        assert_eq!(NacePrefix::from_text("251101").unwrap().as_str(), "251101");
        for text in ["", "2", "2511011", "25%"] {
            assert!(NacePrefix::from_text(text).is_err(), "{text:?}");
        }
    }
}
