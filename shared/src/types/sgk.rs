//! SGK işyeri sicil numarası: the workplace's number at the social security institution.

use std::fmt;

use super::macros::{parsed_value, plain_serialize, stored_as_text};
use super::{Invalid, digits, schema};

/// 26 digits: nature 1, activity branch 4, new unit 2, old unit 2, serial 7, province 3, district 2, control 2,
/// sub-employer 3. The check digits' rule is not public, so only the form and the province are checked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SgkNo(String);

impl SgkNo {
    /// Reads 26 digits, with blanks or points between them.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        digits::collect(text, &[' ', '.'], 26)
            .map(Self)
            .filter(|number| number.province().parse().is_ok_and(|province: u8| (1..=81).contains(&province)))
            .ok_or(Invalid::new(
                "INVALID_SGK_NO",
                "SGK işyeri sicil numarasını 26 rakam olarak yazın; il kodu 001 ile 081 arasındadır.",
                "Write the SGK workplace number as 26 digits; the province code is 001 to 081.",
            ))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Nature of the workplace: the first digit.
    pub fn nature(&self) -> &str {
        &self.0[..1]
    }

    /// The four digits of the activity branch, which usually are the first four of the NACE code.
    pub fn activity_branch(&self) -> &str {
        &self.0[1..5]
    }

    /// `001` to `081`.
    pub fn province(&self) -> &str {
        &self.0[16..19]
    }

    /// `000` for the main employer.
    pub fn sub_employer(&self) -> &str {
        &self.0[23..]
    }

    /// Whether this is the main employer's number.
    pub fn is_main_employer(&self) -> bool {
        self.sub_employer() == "000"
    }
}

impl fmt::Display for SgkNo {
    /// In the groups of the form: `2 6201 01 01 1234567 034 12 34 000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_str();
        for width in [1, 4, 2, 2, 7, 3, 2, 2] {
            let (group, others) = rest.split_at(width);
            write!(f, "{group} ")?;
            rest = others;
        }
        f.write_str(rest)
    }
}

impl fmt::Debug for SgkNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SgkNo({})", self.0)
    }
}

fn pattern() -> String {
    let gap = "[ .]*";
    let province = format!("0{gap}0{gap}[1-9]|0{gap}[1-7]{gap}[0-9]|0{gap}8{gap}[01]");
    let [before, after] = [16, 7].map(|count| digits::pattern("[ .]", count));
    schema::padded(&format!("{before}{gap}(?:{province}){gap}{after}"))
}

parsed_value!(
    SgkNo,
    schema::string("SGK işyeri sicil no: 26 digits, province 001 to 081", "26201010112345670341234000")
        .pattern(Some(pattern()))
);
plain_serialize!(SgkNo);
stored_as_text!(SgkNo);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_26_digits_and_a_province() {
        let number = SgkNo::parse(" 2 6201 01.01 1234567 034 12 34 000 ").unwrap();
        assert_eq!(number.as_str(), "26201010112345670341234000");
        assert_eq!(number.to_string(), "2 6201 01 01 1234567 034 12 34 000");
        assert_eq!(SgkNo::parse(&number.to_string()).unwrap(), number);
        assert_eq!((number.nature(), number.activity_branch()), ("2", "6201"));
        assert_eq!((number.province(), number.sub_employer()), ("034", "000"));
        assert!(number.is_main_employer());
        for province in ["001", "081"] {
            assert!(SgkNo::parse(&format!("2620101011234567{province}1234007")).is_ok());
        }
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "2620101011234567034123400",
            "262010101123456703412340001",
            "26201010112345670001234000",
            "26201010112345670821234000",
            "26201010112345679991234000",
            "2620101011234567034123400x",
            ".26201010112345670341234000",
            "26201010112345670341234000-",
            "2-6201-01-01-1234567-034-12-34-000",
        ] {
            assert_eq!(SgkNo::parse(text).unwrap_err().code, "INVALID_SGK_NO", "{text:?}");
        }
    }
}
