//! What a stand-in looks like, made from chance. One sees that it is none of the real ones.

use serde::Deserialize;
use shared::types::{Vkn, tckn_check_digits, turkish};

/// What a column's values are replaced by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rule {
    /// A first name.
    FirstName,
    /// A last name.
    LastName,
    /// First names and a last name, each as it is elsewhere.
    Person,
    /// A customer's name.
    Company,
    /// An OSGB's name.
    Tenant,
    /// A tenant's name in addresses.
    Slug,
    /// A workplace's title.
    Place,
    /// A postal address.
    Address,
    /// An e-mail address of `.test`, which no mail ever reaches.
    Email,
    /// A mobile number with 0500, which no network has.
    Phone,
    /// A VKN beginning with 000, or a TCKN where one stood.
    TaxId,
    /// A TCKN beginning with 80, encrypted and indexed by staging's keys (src/number.rs).
    Tckn,
    /// A MERSIS number.
    Mersis,
    /// An SGK number of the same province and branch.
    SgkNo,
    /// Other letters and digits in the same places.
    Code,
    /// What somebody works as.
    Position,
    /// Where in the company.
    Department,
    /// Text that people wrote.
    Text,
    /// The fields of a change, without what they held.
    Changes,
}

const FIRST: [&str; 18] = ["b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "y", "z", "ş"];
const VOWEL: [&str; 8] = ["a", "e", "ı", "i", "o", "ö", "u", "ü"];
const LAST: [&str; 8] = ["l", "m", "n", "r", "s", "t", "k", "z"];

/// Bytes of chance, read one after another.
pub(crate) struct Chance<'a>(pub(crate) std::slice::Iter<'a, u8>);

impl Chance<'_> {
    fn byte(&mut self) -> usize {
        self.0.next().copied().unwrap_or_default().into()
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.digit()).collect()
    }

    fn digit(&mut self) -> char {
        char::from(b"0123456789"[self.byte() % 10])
    }

    /// A word that means nothing, of three syllables.
    fn word(&mut self) -> String {
        let mut word = String::new();
        for _ in 0..3 {
            word += FIRST[self.byte() % FIRST.len()];
            word += VOWEL[self.byte() % VOWEL.len()];
        }
        word += LAST[self.byte() % LAST.len()];
        turkish::title_case(&word)
    }

    fn vkn(&mut self) -> String {
        let nine = format!("000{}", self.digits(6));
        (0..10)
            .map(|last| format!("{nine}{last}"))
            .find(|number| Vkn::parse(number).is_ok())
            .unwrap_or_else(|| unreachable!("one of ten digits is the check digit"))
    }

    fn tckn(&mut self) -> String {
        let mut nine = [8, 0, 0, 0, 0, 0, 0, 0, 0];
        nine[2..].fill_with(|| u8::try_from(self.byte() % 10).unwrap_or_default());
        nine.into_iter().chain(tckn_check_digits(nine)).map(|digit| char::from(b'0' + digit)).collect()
    }

    /// Digits for digits, letters for letters.
    fn like(&mut self, old: &str) -> String {
        old.chars()
            .map(|old| match old {
                '0'..='9' => self.digit(),
                _ if old.is_alphabetic() => char::from(b"ABCDEFGHJKLMNPRSTUVYZ"[self.byte() % 21]),
                other => other,
            })
            .collect()
    }
}

impl Rule {
    /// Whether no two values may get the same stand-in.
    pub(crate) fn is_unique(self) -> bool {
        matches!(self, Self::Slug | Self::Email | Self::Phone | Self::TaxId | Self::Tckn | Self::Mersis | Self::SgkNo)
    }

    /// A stand-in for this value. What is made of several, or keeps a part, is not made here.
    pub(crate) fn make(self, old: &str, mut chance: Chance<'_>) -> String {
        let chance = &mut chance;
        match self {
            Self::FirstName | Self::LastName | Self::Person => chance.word(),
            Self::Company => format!("{} {} A.Ş.", chance.word(), ["Sanayi", "Ticaret", "Hizmet"][chance.byte() % 3]),
            Self::Tenant => format!("{} OSGB", chance.word()),
            Self::Slug => format!("osgb-{}", chance.digits(10)),
            Self::Place => format!("{} İşyeri", chance.word()),
            Self::Address => {
                format!("{} Mah. {}. Sok. No: {}", chance.word(), chance.digits(3), 1 + chance.byte() % 99)
            }
            Self::Email => format!("kisi{}@ornek.test", chance.digits(12)),
            Self::Phone => format!("+90500{}", chance.digits(7)),
            Self::TaxId if old.len() != 11 => chance.vkn(),
            Self::TaxId | Self::Tckn => chance.tckn(),
            Self::Mersis => format!("0000{}", chance.digits(12)),
            Self::SgkNo if old.len() == 26 && old.is_ascii() => {
                format!("{}{}{}{}{}", &old[..9], chance.digits(7), &old[16..21], chance.digits(2), &old[23..])
            }
            Self::SgkNo | Self::Code => chance.like(old),
            Self::Position => format!("Görev {}", chance.digits(4)),
            Self::Department => format!("Bölüm {}", chance.digits(4)),
            Self::Text => format!("Deneme metni {}", chance.digits(6)),
            Self::Changes => without_values(old),
        }
    }
}

/// The same structure with nothing that somebody wrote.
fn without_values(json: &str) -> String {
    fn mask(value: &mut serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::Null => {}
            Value::Array(items) => items.iter_mut().for_each(mask),
            Value::Object(fields) => fields.values_mut().for_each(mask),
            leaf => *leaf = "***".into(),
        }
    }
    let mut value = serde_json::from_str(json).unwrap_or_else(|_| serde_json::json!({}));
    mask(&mut value);
    value.to_string()
}

#[cfg(test)]
mod tests {
    use shared::types::{Email, Mersis, Phone, SgkNo, Slug, TaxId, Tckn};

    use super::*;

    #[test]
    fn stand_ins_pass_the_products_own_checks() {
        for seed in 0..=255_u8 {
            let bytes: Vec<u8> = (0..64).map(|at: u8| seed.wrapping_mul(at).wrapping_add(at)).collect();
            let make = |rule: Rule, old: &str| rule.make(old, Chance(bytes.iter()));
            assert!(Tckn::parse(&make(Rule::Tckn, "")).is_ok());
            assert!(matches!(TaxId::parse(&make(Rule::TaxId, "4830123451")), Ok(TaxId::Vkn(_))));
            assert!(matches!(TaxId::parse(&make(Rule::TaxId, "19090909018")), Ok(TaxId::Tckn(_))));
            assert!(Phone::parse(&make(Rule::Phone, "")).is_ok_and(|phone| phone.as_str() == make(Rule::Phone, "")));
            assert!(Email::parse(&make(Rule::Email, "")).is_ok());
            assert!(Mersis::parse(&make(Rule::Mersis, "")).is_ok());
            assert!(Slug::parse(&make(Rule::Slug, "")).is_ok());
            let sgk = SgkNo::parse(&make(Rule::SgkNo, "26201010112345670341234000")).unwrap();
            assert_eq!((sgk.province(), sgk.activity_branch(), sgk.is_main_employer()), ("034", "6201", true));
            assert!(make(Rule::FirstName, "").chars().next().unwrap().is_uppercase());
        }
    }

    #[test]
    fn a_change_keeps_its_fields_only() {
        let old = r#"{"name":{"before":"Ayşe","after":null},"tags":["x",1,true]}"#;
        let new: serde_json::Value = serde_json::from_str(&without_values(old)).unwrap();
        assert_eq!(new, serde_json::json!({"name": {"before": "***", "after": null}, "tags": ["***", "***", "***"]}));
        assert_eq!(without_values("no JSON"), "{}");
    }
}
