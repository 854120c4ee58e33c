//! IBAN: bank account numbers.

use std::fmt;

use super::macros::{parsed_value, plain_serialize, stored_as_text};
use super::{Invalid, schema};

/// Lengths by country, of the SWIFT registry; sorted by country.
#[rustfmt::skip]
const LENGTHS: [(&[u8; 2], usize); 88] = [
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16), (b"BG", 22),
    (b"BH", 22), (b"BI", 27), (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22), (b"CY", 28), (b"CZ", 24),
    (b"DE", 22), (b"DJ", 27), (b"DK", 18), (b"DO", 28), (b"EE", 20), (b"EG", 29), (b"ES", 24), (b"FI", 18),
    (b"FK", 18), (b"FO", 18), (b"FR", 27), (b"GB", 22), (b"GE", 22), (b"GI", 23), (b"GL", 18), (b"GR", 27),
    (b"GT", 28), (b"HN", 28), (b"HR", 21), (b"HU", 28), (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26),
    (b"IT", 27), (b"JO", 30), (b"KW", 30), (b"KZ", 20), (b"LB", 28), (b"LC", 32), (b"LI", 21), (b"LT", 20),
    (b"LU", 20), (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22), (b"MK", 19), (b"MN", 20),
    (b"MR", 27), (b"MT", 31), (b"MU", 30), (b"NI", 28), (b"NL", 18), (b"NO", 15), (b"OM", 23), (b"PK", 24),
    (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22), (b"RU", 33), (b"SA", 24),
    (b"SC", 31), (b"SD", 18), (b"SE", 24), (b"SI", 19), (b"SK", 24), (b"SM", 27), (b"SO", 23), (b"ST", 25),
    (b"SV", 28), (b"TL", 23), (b"TN", 24), (b"TR", 26), (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20),
];

/// An account number with right check digits: no blanks, upper case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Iban(String);

impl Iban {
    /// Reads an IBAN with or without blanks.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = Invalid::new(
            "INVALID_IBAN",
            "IBAN'ı eksiksiz yazın, örneğin TR33 0006 1005 1978 6457 8413 26; rakamları kontrol edin.",
            "Write the whole IBAN, such as TR33 0006 1005 1978 6457 8413 26; check the digits.",
        );
        let compact: String =
            text.chars().filter(|char| !char.is_whitespace()).map(|char| char.to_ascii_uppercase()).collect();
        if is_valid(compact.as_bytes()) { Ok(Self(compact)) } else { Err(invalid) }
    }

    /// The number without blanks.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups of four, as on paper.
    pub fn display(&self) -> String {
        self.0.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }
}

fn is_valid(iban: &[u8]) -> bool {
    let [a, b, rest @ ..] = iban else {
        return false;
    };
    let Ok(at) = LENGTHS.binary_search_by(|(country, _)| country.cmp(&&[*a, *b])) else {
        return false;
    };
    let (country, length) = LENGTHS[at];
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    iban.len() == length
        && digits(&rest[..2])
        && rest.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        // Turkey: five digits of the bank, a zero in reserve, sixteen of the account.
        && (country != b"TR" || (digits(&rest[2..7]) && rest[7] == b'0'))
        && remainder(iban) == 1
}

/// The number modulo 97 with its first four characters last and A = 10, B = 11 …
fn remainder(iban: &[u8]) -> u32 {
    iban[4..].iter().chain(&iban[..4]).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    })
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({}…{})", &self.0[..4], &self.0[self.0.len() - 2..])
    }
}

fn pattern() -> String {
    let gap = format!("[{}]*", schema::SPACE);
    schema::padded(&format!("[A-Za-z]{gap}[A-Za-z]{gap}[0-9]{gap}[0-9](?:{gap}[A-Za-z0-9]){{11,29}}"))
}

parsed_value!(
    Iban,
    schema::string("IBAN; its length and check digits are verified", "TR330006100519786457841326")
        .pattern(Some(pattern()))
);
plain_serialize!(Iban);
stored_as_text!(Iban);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_with_right_check_digits_are_accepted() {
        for (text, stored) in [
            ("TR330006100519786457841326", "TR330006100519786457841326"),
            (" tr33 0006 1005 1978 6457 8413 26 ", "TR330006100519786457841326"),
            ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
            ("NO93 8601 1117 947", "NO9386011117947"),
            ("MT84 MALT 0110 0001 2345 MTLC AST0 01S", "MT84MALT011000012345MTLCAST001S"),
        ] {
            assert_eq!(Iban::parse(text).unwrap().as_str(), stored);
        }
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "TR",
            "TR330006100519786457841327",
            "TR33000610051978645784132",
            "TR3300061005197864578413266",
            "TRX30006100519786457841326",
            "XX330006100519786457841326",
            "TR33-0006-1005-1978-6457-8413-26",
            "ŤR330006100519786457841326",
            "DE8937040044053201300",
            "TR33000610051978645784132é",
        ] {
            assert_eq!(Iban::parse(text).unwrap_err().code, "INVALID_IBAN", "{text:?}");
        }
    }

    #[test]
    fn the_reserved_digit_of_a_turkish_number_is_zero() {
        let with_reserve = |reserve: u32| {
            let account = format!("00061{reserve}0519786457841326");
            let rest = remainder(format!("TR00{account}").as_bytes());
            format!("TR{:02}{account}", 98 - rest)
        };
        assert!(Iban::parse(&with_reserve(0)).is_ok());
        assert!(Iban::parse(&with_reserve(1)).is_err());
    }

    #[test]
    fn it_prints_in_groups_and_logs_masked() {
        let iban = Iban::parse("TR330006100519786457841326").unwrap();
        assert_eq!(iban.display(), "TR33 0006 1005 1978 6457 8413 26");
        assert_eq!(format!("{iban:?}"), "Iban(TR33…26)");
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(LENGTHS.is_sorted());
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(account in "[0-9]{16}", at in 8_usize..26, wrong in 1_u8..=9) {
            let rest = remainder(format!("TR00000610{account}").as_bytes());
            let text = format!("TR{:02}000610{account}", 98 - rest);
            prop_assert!(Iban::parse(&text).is_ok());
            let mut bytes = text.into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + wrong) % 10;
            prop_assert!(Iban::parse(&String::from_utf8(bytes).unwrap()).is_err());
        }
    }
}
