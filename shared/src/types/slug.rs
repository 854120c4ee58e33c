//! Slugs: the one way in which this product makes a name fit for an address.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::macros::{parsed_value, plain_serialize, stored_as_text};
use super::{Invalid, schema};

/// The longest slug.
const MAX: usize = 100;

/// Words that address parts of the product itself.
pub const RESERVED_SLUGS: [&str; 9] = ["www", "api", "admin", "portal", "demo", "blog", "mail", "static", "health"];

/// `^[a-z0-9]+(-[a-z0-9]+)*$`, 2 to 100 characters, not reserved.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

impl Slug {
    /// Reads a slug as it is; `slugify` makes one.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
        };
        if !(2..=MAX).contains(&text.len()) || !text.split('-').all(is_word) {
            return Err(Invalid::new(
                "INVALID_SLUG",
                "2–100 karakter yazın: küçük harf (a–z), rakam ve aralarda tek tire.",
                "Write 2 to 100 characters: a to z, digits and single hyphens between them.",
            ));
        }
        if RESERVED_SLUGS.contains(&text) {
            return Err(Invalid::new(
                "RESERVED_SLUG",
                "Bu adres sisteme ayrılmış; başka bir ad seçin.",
                "This address belongs to the system; choose another one.",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The next try after a clash: `name-2`, `name-3` …, shortened where it would grow too long.
    #[must_use]
    pub fn with_suffix(&self, number: u32) -> Self {
        Self(suffixed(&self.0, number))
    }
}

fn suffixed(stem: &str, number: u32) -> String {
    let suffix = format!("-{number}");
    let room = stem.len().min(MAX - suffix.len());
    format!("{}{suffix}", stem[..room].trim_end_matches('-'))
}

/// Makes a slug of a name: Turkish letters first, then every other accent off, all else a hyphen.
/// A reserved word gets the suffix of a clash. Fails when fewer than two letters or digits are left.
pub fn slugify(name: &str) -> Result<Slug, Invalid> {
    let mut slug = String::with_capacity(MAX);
    // Composed first, so that İ and ğ typed as two characters are the letters they look like.
    for char in name.nfc().map(turkish_to_ascii).nfkd() {
        if slug.len() >= MAX {
            break;
        }
        match char {
            char if char.is_ascii_alphanumeric() => slug.push(char.to_ascii_lowercase()),
            char if unicode_normalization::char::is_combining_mark(char) => {}
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_end_matches('-');
    if RESERVED_SLUGS.contains(&slug) {
        return Ok(Slug(suffixed(slug, 2)));
    }
    Slug::parse(slug)
}

fn turkish_to_ascii(char: char) -> char {
    match char {
        'ç' | 'Ç' => 'c',
        'ğ' | 'Ğ' => 'g',
        'ı' | 'I' | 'İ' | 'î' | 'Î' => 'i',
        'ö' | 'Ö' => 'o',
        'ş' | 'Ş' => 's',
        'ü' | 'Ü' | 'û' | 'Û' => 'u',
        'â' | 'Â' => 'a',
        other => other,
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slug({})", self.0)
    }
}

parsed_value!(
    Slug,
    schema::string(
        "Part of an address; reserved: www, api, admin, portal, demo, blog, mail, static, health",
        "istanbul-isik"
    )
    .min_length(Some(2))
    .max_length(Some(MAX))
    .pattern(Some("^[a-z0-9]+(?:-[a-z0-9]+)*$"))
);
plain_serialize!(Slug);
stored_as_text!(Slug);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_slugs() {
        for (name, slug) in [
            ("İstanbul Işık ÖĞÜŞ", "istanbul-isik-ogus"),
            ("I\u{307}stanbul  –  Şişli", "istanbul-sisli"),
            ("Çanakkale Risk Analizi", "canakkale-risk-analizi"),
            ("Hâkim Îman Sükûn", "hakim-iman-sukun"),
            ("--Crème Brûlée № 5!--", "creme-brulee-no-5"),
            ("A.Ş.", "a-s"),
            ("Blog", "blog-2"),
            ("API", "api-2"),
        ] {
            assert_eq!(slugify(name).unwrap().as_str(), slug, "{name:?}");
        }
        for name in ["", "a", "!", "日本", "–"] {
            assert_eq!(slugify(name).unwrap_err().code, "INVALID_SLUG", "{name:?}");
        }
    }

    #[test]
    fn a_slug_has_one_shape() {
        for text in ["ab", "a-b", "2024", "istanbul-isyeri-hekimi", "blog-2"] {
            assert_eq!(Slug::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a", "-ab", "ab-", "a--b", "Ab", "a_b", "a b", "ış", "ab\n", &"a".repeat(101)] {
            assert_eq!(Slug::parse(text).unwrap_err().code, "INVALID_SLUG", "{text:?}");
        }
        for text in RESERVED_SLUGS {
            assert_eq!(Slug::parse(text).unwrap_err().code, "RESERVED_SLUG");
        }
    }

    #[test]
    fn a_clash_gets_a_number() {
        let slug = Slug::parse("isik").unwrap();
        assert_eq!(slug.with_suffix(2).as_str(), "isik-2");
        let long = Slug::parse(&format!("{}-{}", "a".repeat(97), "bc")).unwrap();
        assert_eq!(long.with_suffix(12).as_str(), format!("{}-12", "a".repeat(97)));
    }

    proptest! {
        #[test]
        fn every_slug_has_the_shape_and_is_a_fixed_point(name: String, number in 2_u32..) {
            if let Ok(slug) = slugify(&name) {
                prop_assert_eq!(&Slug::parse(slug.as_str()).unwrap(), &slug);
                prop_assert_eq!(&slugify(slug.as_str()).unwrap(), &slug);
                let next = slug.with_suffix(number);
                prop_assert_eq!(Slug::parse(next.as_str()).unwrap(), next);
            }
        }
    }
}
