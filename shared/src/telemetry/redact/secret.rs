//! Bearer tokens, JWTs, link tokens, passwords in addresses, and whatever a telling name announces.

use super::{Find, Kind, scan};

/// A name that ends like this announces a secret.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "parola",
    "sifre",
    "secret",
    "token",
    "authorization",
    "cookie",
    "apikey",
    "privatekey",
    "signature",
    "credential",
    "otp",
    "mfacode",
    "recoverycode",
];
/// Shorter than the shortest token in use (32 bytes are 43 signs, 24 are 32).
const FEWEST_SIGNS: usize = 32;

/// Whether a name (lower case, letters and digits only) announces a secret.
pub(super) fn is_name(plain: &str) -> bool {
    NAMES.iter().any(|name| plain.ends_with(name))
}

/// Finds secrets word by word.
pub(super) fn find(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_word(bytes[at]) {
            if bytes[at..].starts_with(b"://") {
                user_info(text, at + 3, finds);
            }
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|b| is_word(**b)).count();
        let word = &text[at..end];
        if let Some(value) = after_scheme(text, word, end).or_else(|| after_name(text, word, end)) {
            at = value.end.max(end);
            finds.push(Find::new(value, Kind::Secret));
        } else if let Some(jwt) = word.find("eyJ").filter(|jwt| word.len() - jwt >= 12) {
            let stop = |b: &u8| is_word(*b) || *b == b'.';
            let jwt_end = end + bytes[end..].iter().take_while(|b| stop(b)).count();
            finds.push(Find::new(at + jwt..jwt_end, Kind::Secret));
            at = jwt_end;
        } else {
            if is_opaque(word) {
                finds.push(Find::new(at..end, Kind::Secret));
            }
            at = end;
        }
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// `Bearer <token>` and `Basic <base64>`.
fn after_scheme(text: &str, word: &str, end: usize) -> Option<std::ops::Range<usize>> {
    let lower = word.to_ascii_lowercase();
    let basic = lower.ends_with("basic");
    if !basic && !lower.ends_with("bearer") {
        return None;
    }
    let start = scan::separators(text, end)?;
    let is_part = |b: &u8| is_word(*b) || matches!(b, b'.' | b'~' | b'+' | b'/' | b'=');
    let length = text.as_bytes()[start..].iter().take_while(|b| is_part(b)).count();
    let value = &text[start..start + length];
    // "basic authentication" is English.
    let enough = if basic { length >= 8 && !value.bytes().all(|b| b.is_ascii_lowercase()) } else { length > 0 };
    enough.then_some(start..start + length)
}

/// `token=…`, `"password": "…"`, `Cookie: …`.
fn after_name(text: &str, word: &str, end: usize) -> Option<std::ops::Range<usize>> {
    if word.len() > 64 {
        return None;
    }
    let plain: String = word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if !is_name(&plain) {
        return None;
    }
    let mut at = skip(text, end, &['"', '\'', '\\', ' ', ']']);
    let (sign, length) = scan::character(text, at).filter(|(sign, _)| matches!(sign, '=' | ':'))?;
    at += length;
    // `token::parse` is a path in the code.
    if sign == ':' && text[at..].starts_with(':') {
        return None;
    }
    let start = skip(text, at, &['"', '\'', '\\', ' ', '=', '>']);
    let quoted = text[at..start].contains(['"', '\'']);
    let whole_line = plain.ends_with("cookie") || plain.ends_with("authorization");
    let mut stop = start;
    while let Some((c, length)) = scan::character(text, stop) {
        let stops = match c {
            '\n' | '\r' | '"' => true,
            '\\' if quoted => text[stop + 1..].starts_with(['"', '\'']),
            '\'' => quoted,
            _ if quoted || whole_line => false,
            _ => c.is_whitespace() || matches!(c, '&' | ';' | ',' | '<' | '>' | ')' | '}' | ']' | '|'),
        };
        if stops {
            break;
        }
        stop += length;
    }
    (stop > start).then_some(start..stop)
}

/// The first place from `at` on, at most eight signs away, where none of these stands.
fn skip(text: &str, mut at: usize, signs: &[char]) -> usize {
    for _ in 0..8 {
        match scan::character(text, at) {
            Some((c, length)) if signs.contains(&c) => at += length,
            _ => break,
        }
    }
    at
}

/// `user:password@` in an address.
fn user_info(text: &str, at: usize, finds: &mut Vec<Find>) {
    let authority: usize = text[at..]
        .chars()
        .take_while(|c| !c.is_whitespace() && !matches!(c, '/' | '?' | '"' | '\'' | '<' | '>'))
        .map(char::len_utf8)
        .sum();
    if let Some(sign) = text[at..at + authority].rfind('@').filter(|sign| *sign > 0) {
        finds.push(Find::new(at..at + sign, Kind::Secret));
    }
}

/// Base64 of something random: long, of both cases, and changing between its classes all the time.
///
/// Hashes and ids in hex have one case only, names in code change class once a word.
fn is_opaque(word: &str) -> bool {
    let class = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let bytes = word.as_bytes();
    let has = |wanted: u8| bytes.iter().any(|b| class(*b) == wanted);
    if bytes.len() < FEWEST_SIGNS || !has(0) || !has(1) {
        return false;
    }
    let changes = bytes.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    let enough = if has(2) { 30 } else { 35 };
    changes * 100 >= bytes.len() * enough
}
