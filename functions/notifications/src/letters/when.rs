//! Instants in words, on Istanbul's clock.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use shared::types::istanbul;

const MONTHS_TR: [&str; 12] =
    ["Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `22 Kasım 2026, 21:14`.
pub(super) fn tr(at: DateTime<Utc>) -> String {
    in_words(at, &MONTHS_TR)
}

/// `22 November 2026, 21:14 (Istanbul time)`: whoever reads English may be elsewhere.
pub(super) fn en(at: DateTime<Utc>) -> String {
    format!("{} (Istanbul time)", in_words(at, &MONTHS_EN))
}

fn in_words(at: DateTime<Utc>, months: &[&str; 12]) -> String {
    let there = at.with_timezone(&istanbul::offset());
    let month = usize::try_from(there.month0()).ok().and_then(|month| months.get(month)).copied().unwrap_or_default();
    format!("{} {month} {}, {:02}:{:02}", there.day(), there.year(), there.hour(), there.minute())
}
