//! What may become a password. No rules of composition and no expiry: length, nothing that is
//! guessed first, nothing that is known of its owner. What is typed at sign-in is never judged.

use std::borrow::Cow;

use shared::{
    Code, Detail, Error, Result, auth::Role, auth::password::Password, error::Text, types::Email, types::turkish,
};
use zxcvbn::Score;

/// How long a password must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Staff: they see every customer.
    Staff,
    /// Customers' users.
    Client,
}

impl Strictness {
    /// What the strictest of somebody's roles asks for.
    pub(crate) fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        if roles.into_iter().any(Role::is_staff) { Self::Staff } else { Self::Client }
    }

    fn least(self) -> usize {
        match self {
            Self::Staff => 12,
            Self::Client => 10,
        }
    }
}

/// The longest password: enough for any phrase, and a bound for the work of judging it.
const LONGEST: usize = 128;
/// A shorter part of a name says nothing: every word contains it.
const SHORTEST_PART: usize = 4;
/// The same for an organisation, whose name is made of ordinary words.
const SHORTEST_TENANT_PART: usize = 5;

/// Whose password it will be.
#[derive(Debug)]
pub(crate) struct Owner<'a> {
    /// The account's e-mail.
    pub(crate) email: &'a Email,
    /// The names under which the person is known.
    pub(crate) names: &'a [&'a str],
    /// The names of the tenants.
    pub(crate) tenants: &'a [&'a str],
}

/// Judges a new password; what is wrong is told on `field`.
pub(crate) fn check(field: &'static str, password: &Password, strictness: Strictness, owner: &Owner<'_>) -> Result<()> {
    match judge(password.expose(), strictness, owner) {
        None => Ok(()),
        Some((code, text)) => Err(Error::new(Code::Validation).detail(Detail::new(field, code, text))),
    }
}

fn judge(password: &str, strictness: Strictness, owner: &Owner<'_>) -> Option<(&'static str, Text)> {
    let length = password.chars().count();
    let least = strictness.least();
    if length < least || length > LONGEST {
        let text = Text {
            tr: Cow::Owned(format!("{least}–{LONGEST} karakterlik bir parola seçin.")),
            en: Cow::Owned(format!("Choose a password of {least} to {LONGEST} characters.")),
        };
        return Some(("INVALID_LENGTH", text));
    }
    if holds_a_part(password, owner) {
        return Some((
            "CONTAINS_OWN_DATA",
            Text::new(
                "Parola adınızı, e-posta adresinizi ya da kuruluşunuzun adını içermesin.",
                "The password must not contain your name, your e-mail address or your organisation's name.",
            ),
        ));
    }
    if is_common(password) {
        return Some((
            "TOO_COMMON",
            Text::new(
                "Bu parola kolay tahmin edilir ya da sızan parolalar arasında; birkaç kelimelik başka bir parola seçin.",
                "This password is easily guessed or among those that have leaked; choose another of several words.",
            ),
        ));
    }
    None
}

/// Whether a million guesses find it: zxcvbn knows the passwords that leaked most, words, names,
/// rows of keys, dates and repetitions. Turkish letters are looked at as they are on a keyboard
/// without them.
fn is_common(password: &str) -> bool {
    let plain = plain(password);
    [password, plain.as_str()].iter().any(|typed| zxcvbn::zxcvbn(typed, COMMON_HERE).score() < Score::Two)
}

/// Words that are used for passwords in Turkey and that zxcvbn's English lists do not know.
const COMMON_HERE: &[&str] = &[
    "sifre",
    "parola",
    "sifrem",
    "parolam",
    "galatasaray",
    "fenerbahce",
    "besiktas",
    "trabzonspor",
    "istanbul",
    "ankara",
    "izmir",
    "bursa",
    "antalya",
    "turkiye",
    "ataturk",
    "mustafakemal",
    "cimbom",
    "kartal",
    "kanarya",
    "askim",
    "canim",
    "seviyorum",
    "seniseviyorum",
    "birtanem",
    "hayat",
    "merhaba",
    "yonetici",
    "deneme",
    "osgb",
    "isguvenligi",
    "isyeri",
    "hekim",
    "uzman",
    "prosektor",
    "ramazan",
    "mehmet",
    "ahmet",
    "mustafa",
    "fatma",
    "ayse",
    "emine",
    "hatice",
    "zeynep",
    "huseyin",
    "ibrahim",
    "123456789",
    "qwertyuiop",
    "1q2w3e4r5t",
    "asdfghjkl",
];

fn plain(text: &str) -> String {
    turkish::search_key(text).replace(' ', "")
}

fn holds_a_part(password: &str, owner: &Owner<'_>) -> bool {
    let typed = plain(password);
    let holds = |text: &str, shortest: usize| {
        turkish::search_key(text).split(' ').any(|part| part.chars().count() >= shortest && typed.contains(part))
    };
    let address = owner.email.as_str();
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    // Of the domain the name before the endings: `yildiz` of yildiz.com.tr.
    let domain = domain.split('.').next().unwrap_or_default();
    holds(local, SHORTEST_PART)
        || holds(domain, SHORTEST_PART)
        || owner.names.iter().any(|name| holds(name, SHORTEST_PART))
        || owner.tenants.iter().any(|name| holds(name, SHORTEST_TENANT_PART))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_not_guessed_first_and_says_nothing_of_its_owner() {
        let email = Email::parse("ayse.yilmaz@yildiz-metal.com.tr").unwrap();
        let owner = Owner { email: &email, names: &["Ayşe Gül Yılmaz"], tenants: &["Anadolu OSGB"] };
        let long = "uzun bir cümle ".repeat(20);
        let cases: &[(&str, Strictness, Option<&str>)] = &[
            ("doğru at pil zımba", Strictness::Staff, None),
            ("Kapı-Deniz-Limon-42", Strictness::Staff, None),
            ("vTq8#mLz2xWp", Strictness::Staff, None),
            // No rules of composition: small letters and blanks are enough.
            ("sessiz kırmızı tepsi", Strictness::Client, None),
            ("vTq8#mLz2x", Strictness::Client, None),
            ("vTq8#mLz2x", Strictness::Staff, Some("INVALID_LENGTH")),
            ("vTq8#mLz2", Strictness::Client, Some("INVALID_LENGTH")),
            (&long, Strictness::Staff, Some("INVALID_LENGTH")),
            // Letters are counted, not bytes.
            ("şşşşşşşşş", Strictness::Client, Some("INVALID_LENGTH")),
            ("password1234", Strictness::Staff, Some("TOO_COMMON")),
            ("Password123!", Strictness::Staff, Some("TOO_COMMON")),
            ("qwertyuiop12", Strictness::Staff, Some("TOO_COMMON")),
            ("1234567890123", Strictness::Staff, Some("TOO_COMMON")),
            ("aaaaaaaaaaaaaaaa", Strictness::Staff, Some("TOO_COMMON")),
            ("galatasaray1905", Strictness::Staff, Some("TOO_COMMON")),
            ("Fenerbahçe1907", Strictness::Staff, Some("TOO_COMMON")),
            ("istanbul1453", Strictness::Staff, Some("TOO_COMMON")),
            ("Şifre123456!", Strictness::Staff, Some("TOO_COMMON")),
            ("iloveyou1234", Strictness::Staff, Some("TOO_COMMON")),
            ("Yılmaz#kapı-limon", Strictness::Staff, Some("CONTAINS_OWN_DATA")),
            ("YILMAZ#kapı-limon", Strictness::Staff, Some("CONTAINS_OWN_DATA")),
            ("kapı-AYSE-limon", Strictness::Staff, Some("CONTAINS_OWN_DATA")),
            ("limon-metal-kapı", Strictness::Staff, Some("CONTAINS_OWN_DATA")),
            ("Anadolu!limon-9", Strictness::Staff, Some("CONTAINS_OWN_DATA")),
            // "Gül" and "OSGB" are too short to count.
            ("güller-osgb-kapı!", Strictness::Staff, None),
        ];
        for (password, strictness, expected) in cases {
            let found = judge(password, *strictness, &owner).map(|(code, _)| code);
            assert_eq!(found, *expected, "{password}");
        }
    }

    #[test]
    fn whoever_is_staff_anywhere_is_staff() {
        assert_eq!(Strictness::of([Role::Client, Role::Office]), Strictness::Staff);
        assert_eq!(Strictness::of([Role::Client]), Strictness::Client);
    }
}
