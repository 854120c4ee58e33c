//! What the finders share: escapes and separators, as they occur inside written numbers.

/// The character that starts at `at`, undone from a percent or `\u` escape, and its length in bytes.
pub(super) fn character(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = text.get(at..)?;
    escape(rest.as_bytes()).or_else(|| rest.chars().next().map(|c| (c, c.len_utf8())))
}

/// An escaped printable ASCII sign that is neither a letter nor a digit (`%2B`, `\u0040`, `&#64;`).
///
/// Letters and digits have no reason to be escaped, and `100%0532…` must not lose its digits.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let (digits, length, radix) = match bytes {
        [b'%', b'2', b'5', high, low, ..] if is_sign(*high, *low) => (&bytes[3..5], 5, 16),
        [b'%', _, _, ..] => (&bytes[1..3], 3, 16),
        [b'\\', b'u', b'0', b'0', _, _, ..] => (&bytes[4..6], 6, 16),
        [b'&', b'#', _, _, b';', ..] => (&bytes[2..4], 5, 10),
        _ => return None,
    };
    let code = u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    let sign = char::from(code);
    (code.is_ascii_punctuation() || code == b' ').then_some((sign, length))
}

fn is_sign(high: u8, low: u8) -> bool {
    u8::from_str_radix(&format!("{}{}", char::from(high), char::from(low)), 16)
        .is_ok_and(|code| code.is_ascii_punctuation() || code == b' ')
}

/// Whether people put this between the groups of a number.
pub(super) fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '-' | '.' | '(' | ')' | '/' | '+' | '_' | '*')
        || matches!(c, '\u{a0}' | '\u{2000}'..='\u{200d}' | '\u{202f}' | '\u{205f}' | '\u{2060}' | '\u{feff}')
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{b7}' | '\u{2022}')
}

/// The end of a run of one to four separators that starts at `at`.
pub(super) fn separators(text: &str, at: usize) -> Option<usize> {
    let mut end = at;
    for _ in 0..4 {
        match character(text, end) {
            Some((c, length)) if is_separator(c) => end += length,
            _ => break,
        }
    }
    (end > at).then_some(end)
}
