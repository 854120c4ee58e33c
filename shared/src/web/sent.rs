//! A form's body, taken apart.
//!
//! Names that begin with `_` are the protocol's:
//! - `_key`: an Idempotency-Key, so that a form that is sent twice has one effect;
//! - `_version`: the version that was shown;
//! - `_was`: the values that were shown. A field that still has its value is left out, so that only what somebody
//!   changed is changed, and a masked number that nobody touched stays;
//! - `_names`: what the fields are called, and the words of their choices, for whoever must sign in before the form
//!   goes on;
//! - `_choose.name`: after a conflict, whether `mine` or `theirs` counts for a field;
//! - `_text.name`, `_shows.name`: what stands in a combobox, and what its value was shown with. The value counts while
//!   both are the same; what was typed and not chosen is looked up ([`super::FormState::typed`], [`super::Form::found`]).

use std::collections::HashMap;

use super::combo::Combo;
use crate::{
    error::Result,
    http::{extract::pairs, request},
};

/// A form's body, with the protocol's names apart.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) values: Vec<(String, String)>,
    key: Option<String>,
    pub(super) version: Option<i64>,
    pub(super) was: Option<HashMap<String, String>>,
    pub(super) kept: Option<String>,
    theirs: Vec<String>,
    pub(super) combos: Vec<Combo>,
    shows: HashMap<String, String>,
}

impl Sent {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut sent = Self::default();
        for (name, value) in pairs(text)? {
            sent.take(name, value)?;
        }
        Ok(sent)
    }

    /// What the address of a list says; one that cannot be read says nothing.
    pub(super) fn of_address(query: &str) -> Self {
        let mut sent = Self::parse(query).unwrap_or_default();
        sent.empty_combos();
        sent
    }

    /// One field of the body.
    pub(super) fn take(&mut self, name: String, value: String) -> Result<()> {
        match name.as_str() {
            "_key" => self.key = Some(value),
            "_version" => self.version = value.parse().ok(),
            "_kept" => self.kept = Some(value),
            "_was" => self.was = Some(pairs(&value)?.into_iter().collect()),
            _ => match name.strip_prefix('_').and_then(|name| name.split_once('.')) {
                Some(("choose", field)) if value == "theirs" => self.theirs.push(field.to_owned()),
                Some(("text", field)) => self.combos.push(Combo::new(field, value.trim())),
                Some(("shows", field)) => drop(self.shows.insert(field.to_owned(), value.trim().to_owned())),
                _ if name.starts_with('_') => {}
                _ => self.put(name, value.replace("\r\n", "\n")),
            },
        }
        Ok(())
    }

    /// The form's key, if it is one.
    pub(super) fn key(&self) -> Option<&str> {
        self.key.as_deref().filter(|key| request::acceptable_id(key))
    }

    /// The values in one text, as an address has them.
    pub(super) fn text(&self) -> String {
        joined(self.values.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// A name that stands again: a box that is ticked follows its own "false", several boxes make a list.
    fn put(&mut self, name: String, value: String) {
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, earlier)) if earlier == "false" || earlier.is_empty() => *earlier = value,
            Some((_, earlier)) => {
                earlier.push(',');
                earlier.push_str(&value);
            }
            None => self.values.push((name, value)),
        }
    }

    /// Takes away the values that no longer go with the text beside them, and leaves the texts that have no value.
    pub(super) fn empty_combos(&mut self) {
        for combo in std::mem::take(&mut self.combos) {
            if self.shows.get(&combo.name).is_some_and(|shown| *shown == combo.text) && self.has(&combo.name) {
                continue;
            }
            self.values.retain(|(name, _)| *name != combo.name);
            self.values.push((combo.name.clone(), String::new()));
            if !combo.text.is_empty() {
                self.combos.push(combo);
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(known, value)| known == name && !value.is_empty())
    }

    /// What somebody changed, or everything when it is not known what was shown.
    pub(super) fn changed(&self) -> Vec<(String, String)> {
        let is_kept = |name: &str, value: &str| {
            self.theirs.iter().any(|theirs| theirs == name)
                || self.was.as_ref().and_then(|was| was.get(name)).is_some_and(|was| was == value)
        };
        self.values.iter().filter(|(name, value)| !is_kept(name, value)).cloned().collect()
    }
}

/// `a=b&c=d`
pub(super) fn joined<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

pub(super) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_is_sent_on() {
        let was = encoded("name=Y%C4%B1ld%C4%B1z&taxId=123******01&isActive=true");
        let sent = Sent::parse(&format!(
            "_key=k&_version=3&_was={was}&name=Y%C4%B1ld%C4%B1z+A.%C5%9E.&taxId=123******01&isActive=false&isActive=true"
        ))
        .unwrap();
        assert_eq!(sent.changed(), [("name".to_owned(), "Yıldız A.Ş.".to_owned())]);
        assert_eq!((sent.version, sent.key.as_deref()), (Some(3), Some("k")));
    }

    #[test]
    fn what_the_reader_left_to_the_others_is_not_sent_on() {
        let sent = Sent::parse("_was=&_choose.name=theirs&_choose.phone=mine&name=A&phone=B").unwrap();
        assert_eq!(sent.changed(), [("phone".to_owned(), "B".to_owned())]);
    }

    #[test]
    fn boxes_say_no_and_several_make_a_list() {
        let sent = Sent::parse("a=false&b=false&b=true&c=1&c=2&_other=x").unwrap();
        let read: Vec<(&str, &str)> = sent.values.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(read, [("a", "false"), ("b", "true"), ("c", "1,2")]);
    }

    #[test]
    fn a_value_counts_while_the_text_beside_it_is_the_one_that_it_was_shown_with() {
        let read = |text: &str| {
            let mut sent = Sent::parse(text).unwrap();
            sent.empty_combos();
            let typed: Vec<String> = sent.combos.into_iter().map(|combo| combo.text).collect();
            (sent.values[0].1.clone(), typed)
        };
        assert_eq!(read("a=1&_shows.a=One&_text.a=One"), ("1".into(), vec![]));
        assert_eq!(read("a=1&_shows.a=One&_text.a=Two"), (String::new(), vec!["Two".into()]));
        assert_eq!(read("a=&_shows.a=Two&_text.a=Two"), (String::new(), vec!["Two".into()]));
        assert_eq!(read("_shows.a=&_text.a=Two"), (String::new(), vec!["Two".into()]));
        assert_eq!(read("a=1&_shows.a=One&_text.a="), (String::new(), vec![]));
        assert_eq!(read("a=1"), ("1".into(), vec![]));
    }
}
