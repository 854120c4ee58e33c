//! Stand-ins: the same value has the same one in a whole run, so that what belonged together still does.

use std::collections::{HashMap, HashSet};

use shared::crypto::{digest::sha256, random};

use crate::rule::{Chance, Rule};

/// Which value stands for which. The key lives as long as the run: afterwards nobody can compute a stand-in again.
pub(crate) struct StandIns {
    key: [u8; 32],
    /// Marks of the values that stood there before the run.
    originals: HashSet<u64>,
    given: HashMap<u64, String>,
    /// Marks of the stand-ins that may be given once only.
    taken: HashSet<u64>,
}

impl StandIns {
    pub(crate) fn new() -> Self {
        Self { key: random::bytes(), originals: HashSet::new(), given: HashMap::new(), taken: HashSet::new() }
    }

    fn hash(&self, rule: Rule, value: &str, attempt: u32) -> [u8; 32] {
        let place = format!("{rule:?}|{attempt}|");
        sha256(&[self.key.as_slice(), place.as_bytes(), value.as_bytes()].concat())
    }

    /// Among ten million values the chance that two have one mark is one in 370,000; then a unique key stops the run.
    fn mark(&self, rule: Rule, value: &str) -> u64 {
        let hash = self.hash(rule, value, u32::MAX);
        u64::from_be_bytes(*hash.first_chunk().unwrap_or(&[0; 8]))
    }

    /// Remembers a value that must not be left anywhere.
    pub(crate) fn remember(&mut self, rule: Rule, value: &str) {
        self.originals.insert(self.mark(rule, value));
        if rule == Rule::Person {
            for (rule, part) in parts(value) {
                self.originals.insert(self.mark(rule, part));
            }
        }
    }

    /// Whether this is one of the values that must not be left.
    pub(crate) fn is_original(&self, rule: Rule, value: &str) -> bool {
        self.originals.contains(&self.mark(rule, value))
    }

    /// What stands for a value.
    pub(crate) fn of(&mut self, rule: Rule, value: &str) -> String {
        if value.is_empty() {
            return String::new();
        }
        if rule == Rule::Changes {
            return rule.make(value, Chance([].iter()));
        }
        if rule == Rule::Person {
            return parts(value).map(|(rule, part)| self.of(rule, part)).collect::<Vec<_>>().join(" ");
        }
        let mark = self.mark(rule, value);
        if let Some(given) = self.given.get(&mark) {
            return given.clone();
        }
        let made = self.draw(rule, value);
        self.given.insert(mark, made.clone());
        made
    }

    /// Draws until something comes that was there for nobody before, and for nobody else where that matters.
    fn draw(&mut self, rule: Rule, value: &str) -> String {
        let mut attempt = 0;
        loop {
            let chance = [self.hash(rule, value, attempt), self.hash(rule, value, attempt + 1)].concat();
            let made = rule.make(value, Chance(chance.iter()));
            let mark = self.mark(rule, &made);
            if !self.originals.contains(&mark) && (!rule.is_unique() || self.taken.insert(mark)) {
                return made;
            }
            attempt += 2;
        }
    }
}

/// A name's first names and its last one.
fn parts(name: &str) -> impl Iterator<Item = (Rule, &str)> {
    let (first, last) = name.rsplit_once(' ').map_or((name, None), |(first, last)| (first, Some(last)));
    std::iter::once((Rule::FirstName, first)).chain(last.map(|last| (Rule::LastName, last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_stand_in_and_the_next_run_has_others() {
        let (mut one, mut other) = (StandIns::new(), StandIns::new());
        let email = one.of(Rule::Email, "ayse@firma.com");
        assert_eq!(email, one.of(Rule::Email, "ayse@firma.com"));
        assert_ne!(email, one.of(Rule::Email, "fatma@firma.com"));
        assert_ne!(email, other.of(Rule::Email, "ayse@firma.com"));
        assert_eq!(one.of(Rule::Text, ""), "");
    }

    #[test]
    fn a_whole_name_is_made_of_its_parts() {
        let mut names = StandIns::new();
        let whole = names.of(Rule::Person, "Ayşe Nur Kaya");
        assert_eq!(whole, format!("{} {}", names.of(Rule::FirstName, "Ayşe Nur"), names.of(Rule::LastName, "Kaya")));
    }

    #[test]
    fn what_must_be_unique_is_and_no_original_is_drawn_again() {
        let mut numbers = StandIns::new();
        let first: Vec<String> = (0..20_000).map(|at| numbers.of(Rule::TaxId, &at.to_string())).collect();
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), first.len());
        let mut again = StandIns::new();
        for number in &first {
            again.remember(Rule::TaxId, number);
        }
        for number in &first {
            let new = again.of(Rule::TaxId, number);
            assert!(!again.is_original(Rule::TaxId, &new), "{new} was there before");
        }
    }
}
