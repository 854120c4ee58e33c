//! How text values travel to and from the database.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySql, MySqlTypeInfo, MySqlValueRef};
use sqlx::{Decode, Encode, Type};

use super::FromText;

/// VARCHAR.
pub fn text_type() -> MySqlTypeInfo {
    <str as Type<MySql>>::type_info()
}

/// Also the columns with a `_bin` collation, which the driver takes for bytes.
pub fn is_text(column: &MySqlTypeInfo) -> bool {
    <str as Type<MySql>>::compatible(column) || <[u8] as Type<MySql>>::compatible(column)
}

/// Writes a text.
pub fn encode_text(text: &str, buffer: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
    <&str as Encode<'_, MySql>>::encode_by_ref(&text, buffer)
}

/// Reads a text and applies the type's rule to it.
pub fn decode_text<T: FromText>(value: MySqlValueRef<'_>) -> Result<T, BoxDynError> {
    Ok(T::from_text(<&str as Decode<'_, MySql>>::decode(value)?)?)
}
