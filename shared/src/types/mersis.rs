//! MERSİS: a company's number in the central register.

use std::fmt;

use super::macros::{parsed_value, plain_serialize, stored_as_text};
use super::{Invalid, digits, schema};

/// Sixteen digits; only the form can be checked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Mersis(String);

impl Mersis {
    /// Reads sixteen digits, with blanks or hyphens between them.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        digits::collect(text, &[' ', '-'], 16).map(Self).ok_or(Invalid::new(
            "INVALID_MERSIS",
            "MERSİS numarasını 16 rakam olarak yazın.",
            "Write the MERSIS number as 16 digits.",
        ))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mersis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Mersis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mersis({})", self.0)
    }
}

parsed_value!(
    Mersis,
    schema::string("MERSİS no: 16 digits", "0483012345100018")
        .pattern(Some(schema::padded(&digits::pattern("[ -]", 16))))
);
plain_serialize!(Mersis);
stored_as_text!(Mersis);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_sixteen_digits() {
        for text in ["0483012345100018", " 0483-0123-4510-0018 ", "0483 0123 4510 0018"] {
            assert_eq!(Mersis::parse(text).unwrap().as_str(), "0483012345100018");
        }
        for text in
            ["", "048301234510001", "04830123451000188", "0483.0123.4510.0018", "048301234510001a", "-0483012345100018"]
        {
            assert_eq!(Mersis::parse(text).unwrap_err().code, "INVALID_MERSIS", "{text:?}");
        }
    }
}
