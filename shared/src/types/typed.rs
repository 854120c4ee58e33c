//! What people type into a form: dates and numbers as Turkey writes them, turned into what programs write.

use std::borrow::Cow;

/// `31.12.2026`, `1/2/2026` and `31122026` become `2026-12-31`; anything else stays for the type to refuse.
pub fn date(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let parts: Vec<&str> = if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        vec![&text[..2], &text[2..4], &text[4..]]
    } else {
        text.split(['.', '/', ' ', '-']).collect()
    };
    match parts.as_slice() {
        [day, month, year]
            if (1..=2).contains(&day.len())
                && (1..=2).contains(&month.len())
                && year.len() == 4
                && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) =>
        {
            Cow::Owned(format!("{year}-{month:0>2}-{day:0>2}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// `1.199,99`, `1199,99` and `1.199` (a thousand and some) become `1199.99` and `1199`.
pub fn number(text: &str) -> Cow<'_, str> {
    let text = text.trim().trim_end_matches(['₺', '%']).trim_end();
    let is_grouped = {
        let mut groups = text.trim_start_matches('-').split('.');
        let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()) && is_digits(group));
        let mut rest = groups.peekable();
        first && rest.peek().is_some() && rest.all(|group| group.len() == 3 && is_digits(group))
    };
    if text.contains(',') || is_grouped {
        return Cow::Owned(text.replace('.', "").replace(',', "."));
    }
    Cow::Borrowed(text)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_as_people_write_it() {
        let cases = [
            ("31.12.2026", "2026-12-31"),
            (" 1.2.2026 ", "2026-02-01"),
            ("01/02/2026", "2026-02-01"),
            ("31122026", "2026-12-31"),
            ("2026-12-31", "2026-12-31"),
            ("31.12.26", "31.12.26"),
            ("dün", "dün"),
        ];
        for (typed, read) in cases {
            assert_eq!(date(typed), read, "{typed}");
        }
    }

    #[test]
    fn a_number_as_people_write_it() {
        let cases = [
            ("1.199,99", "1199.99"),
            ("1199,9", "1199.9"),
            ("1199.99", "1199.99"),
            ("1.199", "1199"),
            ("-1.234.567,05 ₺", "-1234567.05"),
            ("12", "12"),
            ("1.19", "1.19"),
            ("x", "x"),
        ];
        for (typed, read) in cases {
            assert_eq!(number(typed), read, "{typed}");
        }
    }
}
