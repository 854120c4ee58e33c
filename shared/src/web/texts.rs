//! Texts for people, in files: `locales/tr.toml` and `locales/en.toml` of each feature, and of this crate for what
//! every page shares. A test finds what is missing, unused or different in the two languages.

use std::{collections::HashMap, sync::OnceLock};

use super::format;
use crate::error::Language;

/// The texts of one feature; made by [`texts!`](crate::texts).
#[derive(Debug)]
pub struct Texts {
    tr: &'static str,
    en: &'static str,
    read: OnceLock<[HashMap<String, String>; 2]>,
}

/// The texts that every page shares.
pub(super) static SHARED: Texts = crate::texts!();

/// The texts of the crate that names it: `pub static TEXTS: Texts = shared::texts!();`
#[macro_export]
macro_rules! texts {
    () => {
        $crate::web::Texts::new(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/tr.toml")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/en.toml")),
        )
    };
}

impl Texts {
    /// The texts of these two files.
    pub const fn new(tr: &'static str, en: &'static str) -> Self {
        Self { tr, en, read: OnceLock::new() }
    }

    /// The text of this name, if there is one.
    pub fn find(&'static self, language: Language, key: &str) -> Option<&'static str> {
        let [tr, en] = self.read.get_or_init(|| [flat(self.tr), flat(self.en)]);
        let texts = match language {
            Language::Tr => tr,
            Language::En => en,
        };
        texts.get(key).map(String::as_str)
    }

    /// Every name in one language, for the tests.
    pub fn keys(&'static self, language: Language) -> Vec<&'static str> {
        self.find(language, "");
        self.read
            .get()
            .into_iter()
            .flat_map(|[tr, en]| if language == Language::Tr { tr } else { en }.keys())
            .map(String::as_str)
            .collect()
    }
}

/// `[companies] title = "…"` becomes `companies.title`.
fn flat(file: &str) -> HashMap<String, String> {
    fn walk(prefix: &str, table: toml::Table, out: &mut HashMap<String, String>) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::Table(inner) => walk(&key, inner, out),
                toml::Value::String(text) => {
                    out.insert(key, text);
                }
                // Anything else is no text: its name is missing, and the tests say so.
                _ => {}
            }
        }
    }
    let mut out = HashMap::new();
    match file.parse::<toml::Table>() {
        Ok(table) => walk("", table, &mut out),
        Err(error) => tracing::error!(category = "error", error = %error, "texts.unreadable"),
    }
    out
}

/// A text of a feature, else of this crate; a missing one shows its name and is logged.
pub(super) fn find(own: Option<&'static Texts>, language: Language, key: &str) -> &'static str {
    let found = own.and_then(|own| own.find(language, key)).or_else(|| SHARED.find(language, key));
    found.unwrap_or_else(|| {
        tracing::error!(category = "error", key, "texts.missing");
        "…"
    })
}

/// A text for so many: its forms are `<key>.one` and `<key>.other`, and `{n}` stands for the number.
pub(super) fn plural(own: Option<&'static Texts>, language: Language, key: &str, count: i64) -> String {
    // Both languages know two forms; English uses the first for one, and Turkish texts may do so too.
    let form = if count == 1 { "one" } else { "other" };
    find(own, language, &format!("{key}.{form}")).replace("{n}", &format::whole(count, language))
}

/// A number of things.
pub trait Count {
    /// The number.
    fn count(&self) -> i64;
}

macro_rules! counts {
    ($($type:ty),*) => {$(
        impl Count for $type {
            fn count(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )*};
}
counts!(i64, u64, usize, u32, u16, u8);

impl Count for i32 {
    fn count(&self) -> i64 {
        i64::from(*self)
    }
}

impl<T: Count + ?Sized> Count for &T {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SOME: Texts = Texts::new(
        "[a]\ntitle = \"Başlık\"\n[a.rows]\none = \"{n} satır\"\nother = \"{n} satır\"",
        "[a]\ntitle = \"Title\"\n[a.rows]\none = \"{n} row\"\nother = \"{n} rows\"",
    );

    #[test]
    fn a_text_is_found_by_its_path_in_its_language() {
        assert_eq!(find(Some(&SOME), Language::Tr, "a.title"), "Başlık");
        assert_eq!(find(Some(&SOME), Language::En, "a.title"), "Title");
        assert_eq!(plural(Some(&SOME), Language::En, "a.rows", 1), "1 row");
        assert_eq!(plural(Some(&SOME), Language::En, "a.rows", 1200), "1,200 rows");
        assert_eq!(plural(Some(&SOME), Language::Tr, "a.rows", 1200), "1.200 satır");
        assert_eq!(SOME.keys(Language::Tr).len(), 3);
    }
}
