//! T.C. Kimlik No: the citizen's number.

use std::fmt;

use super::macros::parsed_value;
use super::{Invalid, schema};

/// A valid citizen's (or foreigner's) number. It prints, logs and serialises masked; the database gets it encrypted
/// and as a blind index, never as text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tckn(String);

impl Tckn {
    /// Eleven digits with two check digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let invalid = Invalid::new(
            "INVALID_TCKN",
            "T.C. kimlik numarasını 11 rakam olarak yazın; rakamları kontrol edin.",
            "Write the TR identity number as 11 digits; check the digits.",
        );
        let digits: [u8; 11] = text.as_bytes().try_into().map_err(|_| invalid.clone())?;
        if !digits.iter().all(u8::is_ascii_digit) || digits[0] == b'0' {
            return Err(invalid);
        }
        let digits = digits.map(|byte| byte - b'0');
        let first_nine = std::array::from_fn(|at| digits[at]);
        if check_digits(first_nine) == [digits[9], digits[10]] { Ok(Self(text.to_owned())) } else { Err(invalid) }
    }

    /// The digits. Whoever shows them has asked whether the reader may see them, and has it audited.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `123******01`.
    pub fn masked(&self) -> MaskedTckn {
        MaskedTckn(format!("{}******{}", &self.0[..3], &self.0[9..]))
    }
}

/// The tenth and the eleventh digit that belong to the first nine.
pub fn check_digits(first_nine: [u8; 9]) -> [u8; 2] {
    let digit = |at: usize| i32::from(first_nine[at]);
    let odd: i32 = (0..9).step_by(2).map(digit).sum();
    let even: i32 = (1..8).step_by(2).map(digit).sum();
    // The inner value can be negative (19090909018: −29); a plain remainder would refuse those people.
    let tenth = (7 * odd - even).rem_euclid(10);
    let eleventh = (odd + even + tenth).rem_euclid(10);
    [tenth, eleventh].map(|digit| u8::try_from(digit).unwrap_or(0))
}

impl fmt::Display for Tckn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.masked().fmt(f)
    }
}

impl fmt::Debug for Tckn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tckn({})", self.masked())
    }
}

impl serde::Serialize for Tckn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.masked().serialize(serializer)
    }
}

parsed_value!(
    Tckn,
    schema::string("T.C. kimlik no; d10 and d11 are check digits", "19090909018")
        .pattern(Some(schema::padded("[1-9][0-9]{10}")))
);

/// A citizen's number as answers show it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct MaskedTckn(String);

impl fmt::Display for MaskedTckn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl utoipa::PartialSchema for MaskedTckn {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        schema::string("T.C. kimlik no, masked", "190******18").pattern(Some(r"^[1-9][0-9]{2}\*{6}[0-9]{2}$")).into()
    }
}

impl utoipa::ToSchema for MaskedTckn {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_with_right_check_digits_are_accepted() {
        for text in ["10000000146", "10000000078", "12345678950", "19090909018", " 19090909018\n"] {
            assert_eq!(Tckn::parse(text).unwrap().expose(), text.trim());
        }
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "12345678951",
            "19090909008",
            "00000000000",
            "11111111111",
            "01234567890",
            "1234567895",
            "123456789500",
            "1234567895O",
            "１２３４５６７８９５０",
            "190 909 090 18",
            "123******50",
        ] {
            assert_eq!(Tckn::parse(text).unwrap_err().code, "INVALID_TCKN", "{text:?}");
        }
    }

    #[test]
    fn it_prints_masked() {
        let tckn = Tckn::parse("12345678950").unwrap();
        assert_eq!(tckn.to_string(), "123******50");
        assert_eq!(format!("{tckn:?}"), "Tckn(123******50)");
        assert_eq!(serde_json::to_string(&tckn).unwrap(), "\"123******50\"");
        assert_eq!(serde_json::from_str::<Tckn>("\"12345678950\"").unwrap(), tckn);
    }

    proptest! {
        #[test]
        fn computed_check_digits_are_accepted_and_no_others(first in 1_u8..=9, rest: [u8; 8], wrong in 1_u8..=9) {
            let mut nine = [first; 9];
            for (at, digit) in rest.iter().enumerate() {
                nine[at + 1] = digit % 10;
            }
            let [tenth, eleventh] = check_digits(nine);
            let text = |last| nine.iter().chain(&[tenth, last]).map(u8::to_string).collect::<String>();
            let right = text(eleventh);
            let tckn = Tckn::parse(&right).unwrap();
            prop_assert!(Tckn::parse(&text((eleventh + wrong) % 10)).is_err());
            let shown = format!("{tckn} {tckn:?} {}", serde_json::to_string(&tckn).unwrap());
            prop_assert!(!shown.contains(&right) && !shown.contains(&right[3..9]));
        }
    }
}
