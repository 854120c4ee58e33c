//! Comboboxes in which something was typed and nothing chosen, as without the script.

use std::fmt::Display;

use crate::{
    error::{Detail, Text},
    types::turkish::search_key,
};

/// One thing that a look-up offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What is sent.
    pub value: String,
    /// What stands in the field then.
    pub text: String,
    /// What tells it from others of the same name.
    pub more: String,
}

impl Found {
    /// One thing to choose.
    pub fn new(value: impl Display, text: impl Display, more: impl Display) -> Self {
        Self { value: value.to_string(), text: text.to_string(), more: more.to_string() }
    }
}

/// A combobox whose text has no value yet.
#[derive(Debug, Clone)]
pub(super) struct Combo {
    pub(super) name: String,
    pub(super) text: String,
    /// What fits the text; none before it has been looked up.
    pub(super) found: Option<Vec<Found>>,
}

impl Combo {
    pub(super) fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), found: None }
    }

    /// The one that is meant: the only one with this very text, or the only one at all.
    pub(super) fn settle(&mut self, found: Vec<Found>) -> Option<Found> {
        let wanted = search_key(&self.text);
        let exact: Vec<&Found> = found.iter().filter(|one| search_key(&one.text) == wanted).collect();
        let one = match (exact.as_slice(), found.as_slice()) {
            ([one], _) => Some((*one).clone()),
            ([], [one]) => Some(one.clone()),
            _ => None,
        };
        self.found = Some(found);
        one
    }

    pub(super) fn detail(&self) -> Detail {
        let (code, text) = match self.found.as_deref() {
            None => ("CHOOSE_ONE", Text::new("Listeden seçin.", "Choose from the list.")),
            Some([]) => (
                "NOTHING_FOUND",
                Text {
                    tr: format!("“{}” ile eşleşen bir kayıt yok; adın bir bölümünü yazıp listeden seçin.", self.text)
                        .into(),
                    en: format!("Nothing matches “{}”; type a part of the name and choose from the list.", self.text)
                        .into(),
                },
            ),
            Some(_) => (
                "CHOOSE_ONE",
                Text {
                    tr: format!("“{}” birden çok kayıtla eşleşiyor; birini seçin.", self.text).into(),
                    en: format!("“{}” matches several; choose one.", self.text).into(),
                },
            ),
        };
        Detail::new(&*self.name, code, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(text: &str, names: &[&str]) -> Option<String> {
        let found = names.iter().enumerate().map(|(at, name)| Found::new(at, name, "")).collect();
        Combo::new("companyId", text).settle(found).map(|one| one.value)
    }

    #[test]
    fn only_what_can_be_meant_is_taken() {
        assert_eq!(settle("yıldız", &["Yıldız Metal"]).as_deref(), Some("0"));
        assert_eq!(settle("YILDIZ METAL", &["Yıldız Metal Gebze", "Yıldız Metal"]).as_deref(), Some("1"));
        assert_eq!(settle("yıldız", &["Yıldız Metal", "Yıldız Gıda"]), None);
        assert_eq!(settle("Yıldız", &["Yıldız", "Yıldız"]), None);
        assert_eq!(settle("ay", &[]), None);
    }
}
