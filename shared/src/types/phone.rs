//! Telephone numbers.

use std::fmt;

use super::macros::{parsed_value, plain_serialize, stored_as_text};
use super::{Invalid, schema};

/// A number in E.164 (`+905321234567`); Turkish 444 numbers have no such form and stay `4441234`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads what people type: Turkish numbers with or without 0, 90 or +90, others with + or 00.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        normalise(text.trim()).map(Self).ok_or(Invalid::new(
            "INVALID_PHONE",
            "Telefonu alan koduyla yazın, örneğin 0532 123 45 67; yurt dışı için + ile başlayın.",
            "Write the phone number with its area code, such as 0532 123 45 67; start with + for other countries.",
        ))
    }

    /// The stored form, for dialling and for the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For people: `0(532) 123 45 67`, `444 12 34`; numbers of other countries as they are.
    pub fn display(&self) -> String {
        if let Some(national) = self.0.strip_prefix("+90") {
            let (area, line) = national.split_at(3);
            return format!("0({area}) {} {} {}", &line[..3], &line[3..5], &line[5..]);
        }
        if self.0.starts_with('+') {
            return self.0.clone();
        }
        format!("{} {} {}", &self.0[..3], &self.0[3..5], &self.0[5..])
    }

    /// Whether a text message can reach it, as far as the number tells.
    pub fn is_turkish_mobile(&self) -> bool {
        self.0.starts_with("+905")
    }
}

fn normalise(text: &str) -> Option<String> {
    let mut compact = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '0'..='9' => compact.push(char),
            '+' if compact.is_empty() => compact.push(char),
            ' ' | '\u{a0}' | '-' | '.' | '(' | ')' | '/' => {}
            _ => return None,
        }
    }
    let abroad = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"));
    match abroad {
        Some(number) if !number.starts_with("90") => {
            let shaped = (7..=15).contains(&number.len()) && !number.starts_with('0');
            // A second plus is refused above; only digits are left.
            shaped.then(|| format!("+{number}"))
        }
        Some(number) => turkish(&number[2..]),
        None => turkish(compact.strip_prefix("90").unwrap_or(&compact)),
    }
}

/// The number after the country code, with or without the 0 of long-distance calls.
fn turkish(number: &str) -> Option<String> {
    let national = number.strip_prefix('0').unwrap_or(number);
    match national.as_bytes() {
        [b'2'..=b'5', ..] if national.len() == 10 => Some(format!("+90{national}")),
        [b'4', b'4', b'4', ..] if national.len() == 7 => Some(national.to_owned()),
        _ => None,
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone(…{})", &self.0[self.0.len() - 2..])
    }
}

fn pattern() -> String {
    // Blanks, brackets and the like may stand anywhere; each digit is followed by any number of them.
    let gap = r"[ \u00a0\-./()]*";
    let each = |digits: &str| digits.chars().fold(String::new(), |all, digit| format!("{all}{digit}{gap}"));
    let digit = |class: &str, count: usize| format!("(?:{class}{gap}){{{count}}}");
    let prefix =
        format!(r"(?:(?:\+{gap}|{zeros})?{ninety}(?:0{gap})?|0{gap})?", zeros = each("00"), ninety = each("90"));
    let long = format!("{}{}", digit("[2-5]", 1), digit("[0-9]", 9));
    let short = format!("{}{}", each("444"), digit("[0-9]", 4));
    let abroad =
        format!(r"(?:\+{gap}|{zeros})(?:[1-8]{gap}[0-9]|9{gap}[1-9]){gap}(?:[0-9]{gap}){{5,13}}", zeros = each("00"));
    schema::padded(&format!("{gap}(?:{prefix}(?:{long}|{short})|{abroad})"))
}

parsed_value!(
    Phone,
    schema::string("Telephone; Turkish numbers with or without 0 or +90, others with + or 00", "+905321234567")
        .pattern(Some(pattern()))
);
plain_serialize!(Phone);
stored_as_text!(Phone);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_normalised() {
        for (text, stored, display) in [
            ("0532 123 45 67", "+905321234567", "0(532) 123 45 67"),
            ("5321234567", "+905321234567", "0(532) 123 45 67"),
            ("+90 (532) 123-45-67", "+905321234567", "0(532) 123 45 67"),
            ("+90 0532 123 45 67", "+905321234567", "0(532) 123 45 67"),
            ("(+90) 532 123 45 67", "+905321234567", "0(532) 123 45 67"),
            ("90 532 123 45 67", "+905321234567", "0(532) 123 45 67"),
            ("00905321234567", "+905321234567", "0(532) 123 45 67"),
            ("0(532) 123 45 67", "+905321234567", "0(532) 123 45 67"),
            ("0212 345 67 89", "+902123456789", "0(212) 345 67 89"),
            ("444 1 234", "4441234", "444 12 34"),
            ("+90 444 1 234", "4441234", "444 12 34"),
            ("90 444 1 234", "4441234", "444 12 34"),
            ("+49 30 901820", "+4930901820", "+4930901820"),
            ("0049 30 901820", "+4930901820", "+4930901820"),
            ("+1 (415) 555-2671", "+14155552671", "+14155552671"),
        ] {
            let phone = Phone::parse(text).unwrap_or_else(|_| panic!("{text:?}"));
            assert_eq!((phone.as_str(), phone.display().as_str()), (stored, display), "{text:?}");
        }
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "0",
            "123",
            "0632 123 45 67",
            "0132 123 45 67",
            "532 123 45 6",
            "532 123 45 678",
            "555 1234",
            "+90",
            "+",
            "++905321234567",
            "+0905321234567",
            "+9053212345678",
            "+123456",
            "+1234567890123456",
            "0532 abc",
            "٠٥٣٢١٢٣٤٥٦٧",
            "532+1234567",
        ] {
            assert_eq!(Phone::parse(text).unwrap_err().code, "INVALID_PHONE", "{text:?}");
        }
    }

    #[test]
    fn debug_shows_two_digits() {
        assert_eq!(format!("{:?}", Phone::parse("05321234567").unwrap()), "Phone(…67)");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in r"(\+|00|\+90|90|0)?[ (]?[0-9]{3}[) -]?[0-9]{3} ?[0-9]{1,6}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(&Phone::parse(phone.as_str()).unwrap(), &phone);
                prop_assert_eq!(Phone::parse(&phone.display()).unwrap(), phone);
            }
        }
    }
}
