//! Numbers, amounts, dates and times as people read them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;

use crate::{
    error::Language,
    types::{Amount, Currency, istanbul},
};

/// `12.345` or `12,345`.
pub fn whole(number: i64, language: Language) -> String {
    grouped(&number.unsigned_abs().to_string(), number < 0, language)
}

fn grouped(digits: &str, negative: bool, language: Language) -> String {
    let mark = if language == Language::Tr { '.' } else { ',' };
    let mut out = String::from(if negative { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

/// `1.199,99` or `1,199.99`, with the decimals that it has.
pub fn number(value: Decimal, language: Language) -> String {
    let text = value.abs().to_string();
    let (digits, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = grouped(digits, value.is_sign_negative() && !value.is_zero(), language);
    if !fraction.is_empty() {
        out.push(if language == Language::Tr { ',' } else { '.' });
        out.push_str(fraction);
    }
    out
}

/// `%42` or `42%`.
pub fn percent(number: impl std::fmt::Display, language: Language) -> String {
    match language {
        Language::Tr => format!("%{number}"),
        Language::En => format!("{number}%"),
    }
}

/// `1.199,99 ₺` or `₺1,199.99`.
pub fn money(amount: Amount, currency: Currency, language: Language) -> String {
    let number = number(amount.as_decimal(), language);
    match language {
        // A narrow space that does not break keeps the sign with its number.
        Language::Tr => format!("{number}\u{a0}{}", currency.sign()),
        Language::En => match number.strip_prefix('-') {
            Some(positive) => format!("-{}{positive}", currency.sign()),
            None => format!("{}{number}", currency.sign()),
        },
    }
}

/// `31.12.2026` or `31 Dec 2026`.
pub fn date(date: NaiveDate, language: Language) -> String {
    match language {
        Language::Tr => date.format("%d.%m.%Y").to_string(),
        Language::En => format!("{} {} {}", date.day(), MONTHS[date.month0() as usize], date.year()),
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `31.12.2026 14:05` in Istanbul.
pub fn time(at: DateTime<Utc>, language: Language) -> String {
    let local = at.with_timezone(&istanbul::offset());
    format!("{} {}", date(local.date_naive(), language), local.format("%H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_speaks_the_readers_language() {
        let amount = Amount::parse("-1199.99").unwrap();
        assert_eq!(money(amount, Currency::Try, Language::Tr), "-1.199,99\u{a0}₺");
        assert_eq!(money(amount, Currency::Try, Language::En), "-₺1,199.99");
        assert_eq!(whole(1_234_567, Language::Tr), "1.234.567");
        assert_eq!(number(Decimal::new(125, 1), Language::Tr), "12,5");
        assert_eq!((percent(42, Language::Tr), percent("4.2", Language::En)), ("%42".into(), "4.2%".into()));
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        assert_eq!((date(day, Language::Tr), date(day, Language::En)), ("31.12.2026".into(), "31 Dec 2026".into()));
        let late = day.and_hms_opt(22, 5, 0).unwrap().and_utc();
        assert_eq!(time(late, Language::Tr), "01.01.2027 01:05");
    }
}
