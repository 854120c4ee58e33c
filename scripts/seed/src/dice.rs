//! Chance that falls the same way each time: the demo data are the same at every reset.

use std::collections::HashSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use shared::types::{Tckn, Vkn, tckn_check_digits};
use uuid::{Builder, Uuid};

/// A small generator of numbers (splitmix64); nothing here is a secret.
#[derive(Debug)]
pub(crate) struct Dice {
    state: u64,
    taken: HashSet<String>,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed, taken: HashSet::new() }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `end`, without it.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A place in a list of this length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// One of several.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.place(from.len())]
    }

    /// True so many times in a hundred.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// So many digits.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0))).collect()
    }

    /// An id that sorts by this instant.
    pub(crate) fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let mut random = [0; 10];
        for chunk in random.chunks_mut(8) {
            let bytes = self.next().to_be_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// A day of the range, both ends in it.
    pub(crate) fn day(&mut self, from: NaiveDate, to: NaiveDate) -> NaiveDate {
        let days = u64::try_from((to - from).num_days()).unwrap_or(0);
        from + Days::new(self.below(days + 1))
    }

    /// An instant in the office hours of a day of the range.
    pub(crate) fn instant(&mut self, from: NaiveDate, to: NaiveDate) -> DateTime<Utc> {
        let minutes = i64::try_from(self.below(9 * 60)).unwrap_or(0);
        shared::types::istanbul::start_of(self.day(from, to)) + TimeDelta::minutes(8 * 60 + minutes)
    }

    /// A made-up TCKN with right check digits, each only once.
    pub(crate) fn tckn(&mut self) -> Tckn {
        loop {
            let mut nine: [u8; 9] = std::array::from_fn(|_| u8::try_from(self.below(10)).unwrap_or(0));
            nine[0] = nine[0].max(1);
            let text: String =
                nine.into_iter().chain(tckn_check_digits(nine)).map(|digit| char::from(b'0' + digit)).collect();
            if let Ok(tckn) = Tckn::parse(&text)
                && self.taken.insert(text)
            {
                return tckn;
            }
        }
    }

    /// A made-up VKN with a right check digit, each only once.
    pub(crate) fn vkn(&mut self) -> Vkn {
        loop {
            let nine = self.digits(9);
            let found = (0..10).find_map(|last| Vkn::parse(&format!("{nine}{last}")).ok());
            if let Some(vkn) = found
                && self.taken.insert(vkn.as_str().to_owned())
            {
                return vkn;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_data() {
        let roll = |seed| {
            let mut dice = Dice::new(seed);
            (dice.tckn().expose().to_owned(), dice.vkn().as_str().to_owned(), dice.digits(7))
        };
        assert_eq!(roll(1), roll(1));
        assert_ne!(roll(1), roll(2));
    }

    #[test]
    fn days_stay_in_their_range() {
        let mut dice = Dice::new(7);
        let (from, to) = ("2026-01-01".parse().unwrap(), "2026-01-03".parse().unwrap());
        assert!((0..100).all(|_| (from..=to).contains(&dice.day(from, to))));
    }
}
