//! CSV as Excel in Turkey opens it by a double click: UTF-8 with its mark, semicolons, CRLF.

use super::cell::{Cell, flag, in_istanbul};
use crate::error::Language;

/// The mark without which Excel reads UTF-8 as Windows-1254.
pub(super) const MARK: &str = "\u{feff}";

/// Adds one line.
pub(super) fn line<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a Cell>, language: Language) {
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(';');
        }
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => quoted(out, text),
            Cell::Integer(number) => out.push_str(&number.to_string()),
            Cell::Decimal(number) => out.push_str(&decimal(&number.to_string(), language)),
            Cell::Date(day) => out.push_str(&day.format(date_format(language)).to_string()),
            Cell::Instant(instant) => {
                let format = format!("{} %H:%M", date_format(language));
                out.push_str(&in_istanbul(*instant).format(&format).to_string());
            }
            Cell::Flag(value) => out.push_str(flag(*value, language)),
        }
    }
    out.push_str("\r\n");
}

fn date_format(language: Language) -> &'static str {
    match language {
        Language::Tr => "%d.%m.%Y",
        Language::En => "%Y-%m-%d",
    }
}

fn decimal(number: &str, language: Language) -> String {
    match language {
        Language::Tr => number.replace('.', ","),
        Language::En => number.to_owned(),
    }
}

/// A text. One that a spreadsheet would take for a formula gets an apostrophe, which makes it text again.
fn quoted(out: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let special = text.contains([';', '"', '\n', '\r', ',', '\t']);
    if special {
        out.push('"');
    }
    if formula {
        out.push('\'');
    }
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    if special {
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeZone as _, Utc};

    use super::*;

    fn written(cells: &[Cell], language: Language) -> String {
        let mut out = String::new();
        line(&mut out, cells, language);
        out
    }

    fn text(text: &str) -> String {
        written(&[Cell::Text(text.into())], Language::Tr)
    }

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for (given, expected) in [
            ("=1+1", "'=1+1"),
            ("+90 532", "'+90 532"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("=HYPERLINK(\"http://x\";\"y\")", "\"'=HYPERLINK(\"\"http://x\"\";\"\"y\"\")\""),
            ("a=1", "a=1"),
            ("Yıldız; Metal", "\"Yıldız; Metal\""),
            ("iki\nsatır", "\"iki\nsatır\""),
            ("", ""),
        ] {
            assert_eq!(text(given), format!("{expected}\r\n"), "{given:?}");
        }
    }

    #[test]
    fn numbers_and_days_are_written_as_the_language_has_them() {
        let day = NaiveDate::from_ymd_opt(1990, 12, 31).unwrap();
        let cells = [
            Cell::Date(day),
            Cell::Decimal("1234.50".parse().unwrap()),
            Cell::Integer(-7),
            Cell::Flag(true),
            Cell::Empty,
            Cell::Instant(Utc.with_ymd_and_hms(2026, 11, 25, 22, 5, 0).unwrap()),
        ];
        assert_eq!(written(&cells, Language::Tr), "31.12.1990;1234,50;-7;Evet;;26.11.2026 01:05\r\n");
        assert_eq!(written(&cells, Language::En), "1990-12-31;1234.50;-7;Yes;;2026-11-26 01:05\r\n");
    }
}
