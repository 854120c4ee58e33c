//! The calendar in Istanbul: UTC+3 all year since 2016.

use std::ops::Range;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::Invalid;

const HOURS_EAST: i64 = 3;

/// The offset, for printing times.
pub fn offset() -> FixedOffset {
    FixedOffset::east_opt(3 * 3600).unwrap_or_else(|| unreachable!("three hours are an offset"))
}

/// The date in Istanbul at an instant.
pub fn date_of(instant: DateTime<Utc>) -> NaiveDate {
    (instant.naive_utc() + TimeDelta::hours(HOURS_EAST)).date()
}

/// Today in Istanbul; the instant comes from the application's clock.
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    date_of(now)
}

/// The instant at which a day begins in Istanbul.
pub fn start_of(date: NaiveDate) -> DateTime<Utc> {
    (date.and_time(NaiveTime::MIN) - TimeDelta::hours(HOURS_EAST)).and_utc()
}

/// The instant at which a day is over in Istanbul: the start of the next one.
pub fn end_of(date: NaiveDate) -> DateTime<Utc> {
    start_of(date.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX))
}

/// The half-open UTC range of the inclusive dates `from` to `to`.
pub fn range(from: NaiveDate, to: NaiveDate) -> Result<Range<DateTime<Utc>>, Invalid> {
    if to < from {
        return Err(Invalid::new(
            "INVALID_DATE_RANGE",
            "Bitiş tarihi başlangıç tarihinden önce olamaz.",
            "The end date must not be before the start date.",
        ));
    }
    Ok(start_of(from)..end_of(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_changes_at_nine_in_the_evening_utc() {
        assert_eq!(today(utc("2026-12-31T20:59:59Z")), date("2026-12-31"));
        assert_eq!(today(utc("2026-12-31T21:00:00Z")), date("2027-01-01"));
        // Issued 1 January 00:30 in Istanbul while UTC still has the old year.
        assert_eq!(today(utc("2026-12-31T21:30:00Z")), date("2027-01-01"));
        assert_eq!(utc("2026-12-31T21:30:00Z").with_timezone(&offset()).date_naive(), date("2027-01-01"));
    }

    #[test]
    fn inclusive_dates_become_a_half_open_range() {
        let range_ = range(date("2026-03-01"), date("2026-03-31")).unwrap();
        assert_eq!(range_, utc("2026-02-28T21:00:00Z")..utc("2026-03-31T21:00:00Z"));
        assert_eq!(range(date("2026-03-02"), date("2026-03-01")).unwrap_err().code, "INVALID_DATE_RANGE");
    }

    proptest::proptest! {
        #[test]
        fn every_instant_lies_in_its_own_day(seconds in -2_000_000_000_i64..7_000_000_000) {
            let instant = DateTime::from_timestamp(seconds, 0).unwrap();
            let day = date_of(instant);
            assert!(range(day, day).unwrap().contains(&instant));
        }
    }
}
