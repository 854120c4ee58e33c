//! E-mail addresses in the one form under which they are unique.

use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::KnownFormat;
use utoipa::openapi::schema::SchemaFormat;

use super::macros::{parsed_value, plain_serialize, stored_as_text};
use super::{Invalid, schema};

/// The longest address that mail servers carry.
const MAX: usize = 254;

/// A normalised address: NFKC, lower case by ASCII's rules (never Turkish ones), the domain in punycode.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// Reads an address; quoted local parts and addresses in brackets are not people's addresses.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = Invalid::new(
            "INVALID_EMAIL",
            "Geçerli bir e-posta adresi yazın, örneğin ad@firma.com.tr.",
            "Write a valid e-mail address, such as name@company.com.",
        );
        let text = text.trim();
        // Four bytes a character; longer texts are not worth normalising.
        if text.len() > 4 * MAX {
            return Err(invalid);
        }
        let folded = text.nfkc().collect::<String>().to_ascii_lowercase();
        let (local, domain) = folded.rsplit_once('@').ok_or_else(|| invalid.clone())?;
        if !is_local_part(local) {
            return Err(invalid);
        }
        let domain = ascii_domain(domain).ok_or_else(|| invalid.clone())?;
        let address = format!("{local}@{domain}");
        if address.len() > MAX { Err(invalid) } else { Ok(Self(address)) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// `a***@firma.com.tr`, for screens and logs.
    pub fn masked(&self) -> String {
        format!("{}***@{}", &self.0[..1], self.domain())
    }
}

/// Words of ASCII letters, digits and the marks that RFC 5322 allows, joined by single dots.
fn is_local_part(local: &str) -> bool {
    let is_mark = |byte: u8| b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    local.len() <= 64
        && local
            .split('.')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte)))
}

fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .ok()?;
    let (_, top_level) = ascii.rsplit_once('.')?;
    let is_number = top_level.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number).then(|| ascii.into_owned())
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.masked())
    }
}

parsed_value!(
    Email,
    schema::string("E-mail address; stored lower-cased, its domain in punycode", "ad@firma.com.tr")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .min_length(Some(5))
        .max_length(Some(MAX))
);
plain_serialize!(Email);
stored_as_text!(Email);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_normalised() {
        for (text, stored) in [
            (" Ada@Firma.COM.TR ", "ada@firma.com.tr"),
            ("INFO@ISIK.COM", "info@isik.com"),
            ("ad.soyad+etiket@x-y.example", "ad.soyad+etiket@x-y.example"),
            ("bilgi@ışık.com.tr", "bilgi@xn--k-ekaa7p.com.tr"),
            ("ad@xn--k-ekaa7p.com", "ad@xn--k-ekaa7p.com"),
            ("ad＠ｆｉｒｍａ.com", "ad@firma.com"),
            ("o'neil@a.ie", "o'neil@a.ie"),
        ] {
            let email = Email::parse(text).unwrap_or_else(|_| panic!("{text:?}"));
            assert_eq!(email.as_str(), stored);
        }
    }

    #[test]
    fn others_are_refused() {
        let long_local = format!("{}@a.com", "a".repeat(65));
        let long = format!("a@{}com", "abcdefghi.".repeat(25));
        for text in [
            "",
            "@",
            "a",
            "a@",
            "@a.com",
            "a@b",
            "a b@c.com",
            "a@b c.com",
            "a@b..com",
            ".a@b.com",
            "a.@b.com",
            "a..b@c.com",
            "\"a b\"@c.com",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@b@c.com",
            "a@-b.com",
            "a@b_c.com",
            "a@b.com.",
            "ışık@a.com",
            "a\u{0}@b.com",
            "a@b.com\nbcc:c@d.com",
            "<a@b.com>",
            &long_local,
            &long,
        ] {
            assert_eq!(Email::parse(text).unwrap_err().code, "INVALID_EMAIL", "{text:?}");
        }
    }

    #[test]
    fn debug_hides_the_person() {
        let email = Email::parse("ada@firma.com").unwrap();
        assert_eq!(format!("{email:?}"), "Email(a***@firma.com)");
        assert_eq!(email.domain(), "firma.com");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in r"[A-Za-zİIıçşğ0-9.+_-]{1,12}@[A-Za-zİIıçşğ0-9-]{1,12}\.(com|com\.tr|İş)") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()).unwrap(), email);
            }
        }

        #[test]
        fn debug_never_shows_the_local_part(local in "[a-z]{3,20}") {
            let email = Email::parse(&format!("{local}@example.com")).unwrap();
            let shown = format!("{email:?}");
            prop_assert!(!shown.contains(&local) || "email".contains(&local) || "example".contains(&local) || "com" == local);
        }
    }
}
