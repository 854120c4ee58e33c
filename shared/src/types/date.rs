//! Calendar dates as people and machines write them: `YYYY-MM-DD` and nothing else.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

use super::Invalid;

/// Years a date may have; a typed `0202` or `20226` is a slip, not a date.
pub const YEARS: RangeInclusive<i32> = 1900..=2200;

/// A date of another year.
pub const OUT_OF_YEARS: Invalid = Invalid::new(
    "OUT_OF_RANGE",
    "Yıl 1900 ile 2200 arasında olmalı; yılı denetleyin.",
    "The year must be between 1900 and 2200; check it.",
);

/// Reads `YYYY-MM-DD`.
pub fn parse(text: &str) -> Result<NaiveDate, Invalid> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let date = shaped.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten().ok_or(Invalid::new(
        "INVALID_DATE",
        "Tarihi YYYY-AA-GG biçiminde yazın, örneğin 2026-11-22.",
        "Write the date as YYYY-MM-DD, such as 2026-11-22.",
    ))?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(OUT_OF_YEARS) }
}

/// A day that no calendar has.
pub const NO_SUCH_DAY: Invalid = Invalid::new(
    "INVALID_DATE",
    "Takvimde böyle bir gün yok; tarihi denetleyin.",
    "There is no such day; check the date.",
);

/// Whether this is written as a date is, and no calendar has it: `2026-02-31`.
pub fn is_no_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_shaped = |(part, length): (&&str, usize)| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3
        && parts.iter().zip([4, 2, 2]).all(is_shaped)
        && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_no_calendar_has_is_told_from_what_is_no_date() {
        assert!(is_no_day("2026-02-31") && is_no_day("2026-13-01"));
        assert!(!is_no_day("2026-02-28") && !is_no_day("31.02.2026") && !is_no_day("9999-12-31"));
    }

    #[test]
    fn a_date_has_one_spelling() {
        for text in ["2026-11-22", "2024-02-29", "1900-01-01", "2200-12-31"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "2026-11-22 ",
            "2026-1-2",
            "22.11.2026",
            "2026/11/22",
            "2025-02-29",
            "2026-13-01",
            "+026-11-22",
            "20261122",
            "2026-11-2x",
        ] {
            assert_eq!(parse(text).unwrap_err().code, "INVALID_DATE", "{text:?}");
        }
        for text in ["0000-01-01", "1899-12-31", "2201-01-01", "9999-12-31"] {
            assert_eq!(parse(text), Err(OUT_OF_YEARS), "{text:?}");
        }
    }
}
