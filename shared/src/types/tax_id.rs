//! Vergi numarası: VKN for companies, TCKN for sole traders.

use std::fmt;

use super::macros::{parsed_value, plain_serialize, stored_as_text};
use super::{Invalid, Tckn, schema};

/// A company's tax number: ten digits, the last one a check digit.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Vkn(String);

impl Vkn {
    /// Ten digits with a check digit.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let digits: Option<[u8; 10]> = text.as_bytes().try_into().ok();
        match digits {
            Some(digits) if digits.iter().all(u8::is_ascii_digit) && has_check_digit(digits) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Invalid::new(
                "INVALID_VKN",
                "Vergi kimlik numarasını 10 rakam olarak yazın; rakamları kontrol edin.",
                "Write the tax number as 10 digits; check the digits.",
            )),
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_check_digit(digits: [u8; 10]) -> bool {
    let digits = digits.map(|byte| u32::from(byte - b'0'));
    let sum: u32 = (1..=9_u32)
        .zip(digits)
        .map(|(i, digit)| match (digit + 10 - i) % 10 {
            9 => 9,
            t => t * 2_u32.pow(10 - i) % 9,
        })
        .sum();
    digits[9] == (10 - sum % 10) % 10
}

impl fmt::Display for Vkn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Vkn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vkn({})", self.0)
    }
}

parsed_value!(
    Vkn,
    schema::string("Vergi kimlik no; the last digit is a check digit", "4830123451")
        .pattern(Some(schema::padded("[0-9]{10}")))
);
plain_serialize!(Vkn);
stored_as_text!(Vkn);

/// The number a company is taxed under. A sole trader's is a TCKN and prints, logs and serialises masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum TaxId {
    /// A company's number.
    Vkn(Vkn),
    /// A sole trader's number.
    Tckn(Tckn),
}

impl TaxId {
    /// Ten digits are a VKN, eleven a TCKN; each by its own rule.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.trim().len() {
            10 => Vkn::parse(text).map(Self::Vkn),
            11 => Tckn::parse(text).map(Self::Tckn),
            _ => Err(Invalid::new(
                "INVALID_TAX_ID",
                "10 haneli vergi numarasını ya da 11 haneli T.C. kimlik numarasını yazın.",
                "Write the 10-digit tax number or the 11-digit TR identity number.",
            )),
        }
    }

    /// The digits, for the database and for documents that must carry them.
    pub fn expose(&self) -> &str {
        match self {
            Self::Vkn(vkn) => vkn.as_str(),
            Self::Tckn(tckn) => tckn.expose(),
        }
    }

    // What the database stores; the column's readers are those of the company.
    fn as_str(&self) -> &str {
        self.expose()
    }
}

impl fmt::Display for TaxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vkn(vkn) => vkn.fmt(f),
            Self::Tckn(tckn) => tckn.fmt(f),
        }
    }
}

impl fmt::Debug for TaxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vkn(vkn) => vkn.fmt(f),
            Self::Tckn(tckn) => tckn.fmt(f),
        }
    }
}

impl serde::Serialize for TaxId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

parsed_value!(
    TaxId,
    schema::string("VKN (10 digits) or TCKN (11 digits; answers show it masked)", "4830123451")
        .pattern(Some(schema::padded(r"[0-9]{10}|[1-9][0-9]{10}|[1-9][0-9]{2}\*{6}[0-9]{2}")))
);
stored_as_text!(TaxId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vkn_has_a_check_digit() {
        for text in ["1234567890", "1111111114", "9999999994", "4830123451", " 4830123451 "] {
            assert_eq!(Vkn::parse(text).unwrap().as_str(), text.trim());
        }
        for text in ["", "1234567891", "123456789", "12345678900", "483012345a", "483 0123451", "١٢٣٤٥٦٧٨٩٠"]
        {
            assert_eq!(Vkn::parse(text).unwrap_err().code, "INVALID_VKN", "{text:?}");
        }
    }

    #[test]
    fn a_tax_id_is_known_by_its_length() {
        assert!(matches!(TaxId::parse("4830123451").unwrap(), TaxId::Vkn(_)));
        assert!(matches!(TaxId::parse(" 19090909018").unwrap(), TaxId::Tckn(_)));
        assert_eq!(TaxId::parse("4830123452").unwrap_err().code, "INVALID_VKN");
        assert_eq!(TaxId::parse("19090909008").unwrap_err().code, "INVALID_TCKN");
        for text in ["", "1", "483012345", "190******18 1", "4830123451-1"] {
            assert_eq!(TaxId::parse(text).unwrap_err().code, "INVALID_TAX_ID", "{text:?}");
        }
    }

    #[test]
    fn a_sole_traders_number_is_masked() {
        let person = TaxId::parse("19090909018").unwrap();
        assert_eq!(person.expose(), "19090909018");
        assert_eq!(format!("{person} {person:?}"), "190******18 Tckn(190******18)");
        assert_eq!(serde_json::to_string(&person).unwrap(), "\"190******18\"");
        let company = TaxId::parse("4830123451").unwrap();
        assert_eq!(serde_json::to_string(&company).unwrap(), "\"4830123451\"");
    }
}
