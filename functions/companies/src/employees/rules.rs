//! The rules of employments; pure, so that each can be tried at its edges.

use chrono::{Days, Months, NaiveDate};
use shared::{Code, Detail, Error, auth::Role, error::Text};

/// Nobody works before this age.
const LEAST_AGE_YEARS: u32 = 15;
/// An employment is registered at most this long before it starts.
const MOST_DAYS_AHEAD: u64 = 60;

/// The first and the last day of an employment; both count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: NaiveDate,
    /// The last day; none while it goes on.
    pub end: Option<NaiveDate>,
}

impl Period {
    /// Whether the two share a day.
    pub fn overlaps(self, other: Self) -> bool {
        self.end.is_none_or(|end| end >= other.start) && other.end.is_none_or(|end| end >= self.start)
    }

    /// Whether the day lies in it.
    pub fn covers(self, day: NaiveDate) -> bool {
        self.overlaps(Self { start: day, end: Some(day) })
    }
}

/// Who may see a whole TCKN: administrators, and physicians of those whom they serve.
pub(super) const fn may_reveal(role: Role) -> bool {
    match role {
        Role::Admin | Role::Doctor => true,
        Role::Office | Role::Expert | Role::Client => false,
    }
}

/// Who is shown that somebody is pregnant or disabled: whoever answers for the tenant, and physicians of those
/// whom they serve. That a person works at night or is young says nothing of his health: staff plan by it.
pub(super) const fn may_see_health(role: Role) -> bool {
    may_reveal(role)
}

/// Checks an employment's days against each other, the person's age and the calendar; all that is wrong at once.
pub(crate) fn check(period: Period, birth: Option<NaiveDate>, today: NaiveDate) -> Result<(), Error> {
    let mut wrong = Vec::new();
    if period.end.is_some_and(|end| end < period.start) {
        wrong.push(Detail::new(
            "endDate",
            "END_BEFORE_START",
            Text::new(
                "İşten ayrılma tarihi işe girişten önce olamaz.",
                "The end date must not be before the start date.",
            ),
        ));
    }
    if today.checked_add_days(Days::new(MOST_DAYS_AHEAD)).is_some_and(|latest| period.start > latest) {
        wrong.push(Detail::new(
            "startDate",
            "START_TOO_FAR",
            Text::new(
                "İşe giriş tarihi bugünden en çok 60 gün sonra olabilir.",
                "The start date can be at most 60 days ahead.",
            ),
        ));
    }
    let of_age = birth.and_then(|birth| birth.checked_add_months(Months::new(12 * LEAST_AGE_YEARS)));
    if birth.is_some() && of_age.is_none_or(|of_age| of_age > period.start) {
        wrong.push(Detail::new(
            "birthDate",
            "TOO_YOUNG",
            Text::new(
                "Çalışan işe girişte en az 15 yaşında olmalıdır.",
                "An employee must be at least 15 years old at the start.",
            ),
        ));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::new(Code::BusinessRule).details(wrong)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn period(start: &str, end: Option<&str>) -> Period {
        Period { start: day(start), end: end.map(day) }
    }

    fn codes(period: Period, birth: Option<&str>) -> Vec<String> {
        match check(period, birth.map(day), day("2026-11-22")) {
            Ok(()) => Vec::new(),
            Err(error) => error.list().iter().map(|detail| detail.code.to_string()).collect(),
        }
    }

    #[test]
    fn an_employment_ends_when_it_starts_or_later() {
        assert!(codes(period("2026-11-01", Some("2026-11-01")), None).is_empty());
        assert_eq!(codes(period("2026-11-01", Some("2026-10-31")), None), ["END_BEFORE_START"]);
    }

    #[test]
    fn it_starts_at_most_sixty_days_ahead() {
        assert!(codes(period("2027-01-21", None), None).is_empty());
        assert_eq!(codes(period("2027-01-22", None), None), ["START_TOO_FAR"]);
    }

    #[test]
    fn nobody_works_before_the_fifteenth_birthday() {
        assert!(codes(period("2026-11-01", None), Some("2011-11-01")).is_empty());
        assert_eq!(codes(period("2026-11-01", None), Some("2011-11-02")), ["TOO_YOUNG"]);
        // Born on 29 February: of age on the last day of February.
        assert!(codes(period("2023-02-28", None), Some("2008-02-29")).is_empty());
        assert_eq!(codes(period("2023-02-27", None), Some("2008-02-29")), ["TOO_YOUNG"]);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let wrong = codes(period("2027-06-01", Some("2027-05-01")), Some("2020-01-01"));
        assert_eq!(wrong, ["END_BEFORE_START", "START_TOO_FAR", "TOO_YOUNG"]);
    }

    #[test]
    fn the_last_day_counts() {
        let first = period("2026-01-01", Some("2026-06-30"));
        assert!(first.overlaps(period("2026-06-30", None)));
        assert!(!first.overlaps(period("2026-07-01", None)));
        assert!(period("2026-01-01", None).overlaps(period("2030-01-01", Some("2030-01-02"))));
        assert!(first.covers(day("2026-06-30")) && !first.covers(day("2026-07-01")));
    }

    proptest! {
        #[test]
        fn two_periods_overlap_exactly_when_they_share_a_day(a in 0_u64..40, al in prop::option::of(0_u64..20), b in 0_u64..40, bl in prop::option::of(0_u64..20)) {
            let of = |start: u64, length: Option<u64>| {
                let start = day("2026-01-01") + Days::new(start);
                Period { start, end: length.map(|length| start + Days::new(length)) }
            };
            let (one, other) = (of(a, al), of(b, bl));
            let shared = (0..80).map(|n| day("2026-01-01") + Days::new(n)).any(|day| one.covers(day) && other.covers(day));
            prop_assert_eq!(one.overlaps(other), shared);
            prop_assert_eq!(one.overlaps(other), other.overlaps(one));
        }
    }

    #[test]
    fn what_is_known_of_health_is_for_administrators_and_physicians() {
        let may = |role: &Role| may_see_health(*role);
        let roles = [Role::Admin, Role::Office, Role::Doctor, Role::Expert, Role::Client];
        assert!(roles.into_iter().filter(may).eq([Role::Admin, Role::Doctor]));
    }

    #[test]
    fn a_whole_number_is_for_administrators_and_physicians() {
        let may = |role: &Role| may_reveal(*role);
        let roles = [Role::Admin, Role::Office, Role::Doctor, Role::Expert, Role::Client];
        assert!(roles.into_iter().filter(may).eq([Role::Admin, Role::Doctor]));
    }
}
