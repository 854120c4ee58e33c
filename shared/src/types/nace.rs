//! NACE Rev. 2: the code of an economic activity.

use std::fmt;

use super::macros::{parsed_value, plain_serialize, stored_as_text};
use super::{Invalid, schema};

/// Six digits. Whether the code exists, and which danger class it has, is said by the reference table.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NaceCode(String);

impl NaceCode {
    /// Reads `NN.NN.NN` or six digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let shaped = match text.len() {
            6 => true,
            8 => text.bytes().enumerate().all(|(at, byte)| (byte == b'.') == (at == 2 || at == 5)),
            _ => false,
        };
        let digits: String = text.chars().filter(|char| *char != '.').collect();
        if shaped && digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(digits));
        }
        Err(Invalid::new(
            "INVALID_NACE_CODE",
            "NACE kodunu 6 rakam olarak yazın, örneğin 62.01.01.",
            "Write the NACE code as 6 digits, such as 62.01.01.",
        ))
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first four digits, which SGK uses as the activity branch.
    pub fn activity_branch(&self) -> &str {
        &self.0[..4]
    }
}

impl fmt::Display for NaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", &self.0[..2], &self.0[2..4], &self.0[4..])
    }
}

impl fmt::Debug for NaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NaceCode({self})")
    }
}

parsed_value!(
    NaceCode,
    schema::string("NACE Rev. 2 code: six digits, in answers without points", "620101")
        .pattern(Some(schema::padded(r"[0-9]{6}|[0-9]{2}\.[0-9]{2}\.[0-9]{2}")))
);
plain_serialize!(NaceCode);
stored_as_text!(NaceCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_six_digits() {
        for text in ["620101", "62.01.01", " 62.01.01 "] {
            let code = NaceCode::parse(text).unwrap();
            assert_eq!((code.as_str(), code.to_string().as_str()), ("620101", "62.01.01"));
            assert_eq!(code.activity_branch(), "6201");
        }
        for text in
            ["", "62", "6201", "62.01", "6201010", "62.0101", "620.101", "62 01 01", "6201O1", "62.01.0.", "......"]
        {
            assert_eq!(NaceCode::parse(text).unwrap_err().code, "INVALID_NACE_CODE", "{text:?}");
        }
    }
}
