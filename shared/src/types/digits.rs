//! Numbers that people write in groups.

/// The digits of a number of `count` digits, with any of the separators between them but not around them.
pub(super) fn collect(text: &str, separators: &[char], count: usize) -> Option<String> {
    let text = text.trim();
    let edges_are_digits = text.starts_with(is_digit) && text.ends_with(is_digit);
    let known = text.chars().all(|char| is_digit(char) || separators.contains(&char));
    let digits: String = text.chars().filter(|char| is_digit(*char)).collect();
    (edges_are_digits && known && digits.len() == count).then_some(digits)
}

/// The regular expression of what `collect` takes.
pub(super) fn pattern(separators: &str, count: usize) -> String {
    format!("[0-9](?:{separators}*[0-9]){{{}}}", count - 1)
}

fn is_digit(char: char) -> bool {
    char.is_ascii_digit()
}
