//! Telephone and identity numbers, however their digits are grouped.
//!
//! The text is cut into runs of digits. Runs with only separators between them form a chain, and
//! every stretch of a chain is tried as a number. Ids and dates cut a chain, so that they survive.

use std::ops::Range;

use super::{Find, Kind, scan};

/// No telephone number has more digits (E.164), nor an identity number.
const MOST_DIGITS: usize = 15;

/// Runs of digits with only separators in between.
#[derive(Default)]
struct Chain {
    runs: Vec<Range<usize>>,
    /// Where the plus sign before the first run stands.
    plus: Option<usize>,
}

/// Finds telephone numbers and identity numbers.
pub(super) fn find(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    let mut chain = Chain::default();
    let mut before = ' ';
    let mut at = 0;
    while at < bytes.len() {
        let word_starts = !before.is_ascii_alphanumeric();
        let skipped = word_starts.then(|| ordinary(text, at).or_else(|| time(&bytes[at..]).map(|length| at + length)));
        if let Some(end) = skipped.flatten() {
            chain.settle(text, finds);
            before = '0';
            at = end;
        } else if bytes[at].is_ascii_digit() {
            let length = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            chain.runs.push(at..at + length);
            before = '0';
            at += length;
            match scan::separators(text, at) {
                // A time is no end: in "532 123 45 67:30" the last group looks like one.
                Some(end) if bytes.get(end).is_some_and(u8::is_ascii_digit) && ordinary(text, end).is_none() => {
                    before = '0';
                    at = end;
                }
                _ => chain.settle(text, finds),
            }
        } else {
            let Some((c, length)) = scan::character(text, at) else {
                break;
            };
            at += length;
            if c == '+' && !before.is_ascii_digit() {
                // "1.0.0+20261122" is a version, "+ 12345678" a difference, "+(90) …" a telephone.
                let begins = bytes.get(at).is_some_and(|next| next.is_ascii_digit() || *next == b'(');
                chain.plus = begins.then(|| at - length);
            } else if !scan::is_separator(c) {
                chain.plus = None;
            }
            before = c;
        }
    }
    chain.settle(text, finds);
}

impl Chain {
    /// Tries every stretch of the chain, the longest first, and starts a new chain.
    fn settle(&mut self, text: &str, finds: &mut Vec<Find>) {
        let mut first = 0;
        while first < self.runs.len() {
            let plus = if first == 0 { self.plus } else { plus_before(text, &self.runs[first - 1..=first]) };
            let found = (first..self.runs.len())
                .scan(0, |digits, last| {
                    *digits += self.runs[last].len();
                    (*digits <= MOST_DIGITS).then_some(last)
                })
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .find_map(|last| number(text, &self.runs[first..=last], plus.is_some()).map(|kind| (last, kind)));
            if let Some((last, kind)) = found {
                let start = plus.unwrap_or(self.runs[first].start);
                finds.push(Find::new(start..self.runs[last].end, kind));
                first = last + 1;
            } else {
                first += 1;
            }
        }
        self.runs.clear();
        self.plus = None;
    }
}

/// A plus sign in the middle of a chain begins a number too: `1 +49 151 …`.
fn plus_before(text: &str, pair: &[Range<usize>]) -> Option<usize> {
    let mut at = pair[0].end;
    while at < pair[1].start {
        let (c, length) = scan::character(text, at)?;
        if c == '+' && at > pair[0].end {
            return Some(at);
        }
        at += length;
    }
    None
}

/// What these runs are when they are read as one number.
fn number(text: &str, runs: &[Range<usize>], plus: bool) -> Option<Kind> {
    let digits: String = runs.iter().map(|run| &text[run.clone()]).collect();
    let gaps = || runs.windows(2).map(|pair| &text[pair[0].end..pair[1].start]);
    // Two runs with a full stop between them are a decimal (5.123456789 s), unless zeros lead it.
    let zeros_lead = digits.starts_with('0') && runs[0].len() > 1;
    if runs.len() == 2 && !plus && !zeros_lead && gaps().any(|gap| gap == ".") {
        return None;
    }
    if is_tckn(&digits, runs) {
        return Some(Kind::Tckn);
    }
    is_phone(&digits, runs, plus, gaps().any(|gap| gap.contains('/'))).then_some(Kind::Phone)
}

/// Eleven digits in one piece, or in groups when the check digits fit.
fn is_tckn(digits: &str, runs: &[Range<usize>]) -> bool {
    digits.len() == 11
        && !digits.starts_with('0')
        && (runs.len() == 1 || (runs.iter().all(|run| run.len() >= 2) && tckn_checks(digits.as_bytes())))
}

fn tckn_checks(digits: &[u8]) -> bool {
    let d: Vec<i32> = digits.iter().map(|digit| i32::from(digit - b'0')).collect();
    let odd: i32 = d.iter().step_by(2).take(5).sum();
    let even: i32 = d.iter().skip(1).step_by(2).take(4).sum();
    (7 * odd - even).rem_euclid(10) == d[9] && d[..10].iter().sum::<i32>() % 10 == d[10]
}

fn is_phone(digits: &str, runs: &[Range<usize>], plus: bool, slash: bool) -> bool {
    if plus && !digits.starts_with('0') && (8..=MOST_DIGITS).contains(&digits.len()) {
        return true;
    }
    let groups = || runs.iter().map(ExactSizeIterator::len);
    // 0049 …: the first run must hold more than the zeros, or a clock's seconds would count.
    if digits.starts_with("00") && !digits.starts_with("000") && digits.len() >= 12 && runs[0].len() > 2 {
        return true;
    }
    let Some(national) = digits.len().checked_sub(10).map(|prefix| &digits[prefix..]) else {
        return false;
    };
    let prefix = &digits[..digits.len() - 10];
    if !matches!(prefix, "" | "0" | "90" | "0090") {
        return false;
    }
    match national.as_bytes()[0] {
        // Mobile numbers are grouped in every way there is; "512/1048576" is progress.
        b'5' => !prefix.is_empty() || !slash,
        b'2'..=b'4' if prefix.is_empty() => {
            !slash && matches!(*groups().collect::<Vec<_>>(), [10] | [3, 7] | [3, 3, 4] | [3, 3, 2, 2])
        }
        b'2'..=b'4' | b'8' => !prefix.is_empty(),
        _ => false,
    }
}

/// The end of an id or a date that starts at `at`: digits that belong to nobody.
pub(super) fn ordinary(text: &str, at: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[at..];
    if is_uuid(bytes) {
        return Some(at + 36);
    }
    if is_date(bytes) && !bytes.get(10).is_some_and(u8::is_ascii_digit) {
        let joined = matches!(bytes.get(10), Some(b'T' | b' ' | b't' | b'_'));
        return Some(at + 10 + if joined { time(&bytes[11..]).map_or(0, |length| length + 1) } else { 0 });
    }
    let word = bytes.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    // Span, trace and X-Ray ids, MD5, SHA-1, SHA-256, SHA-384, SHA-512.
    let hash = matches!(word, 16 | 24 | 32 | 40 | 64 | 96 | 128) && bytes[..word].iter().all(u8::is_ascii_hexdigit);
    hash.then_some(at + word)
}

/// Whether a UUID stands at the start.
pub(super) fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() >= 36
        && !bytes.get(36).is_some_and(u8::is_ascii_alphanumeric)
        && bytes[..36].iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `2026-11-22`, `2026/11/22`, `2026.11.22` or `22.11.2026`, in a century that logs are from.
fn is_date(bytes: &[u8]) -> bool {
    let Some(date) = bytes.get(..10) else {
        return false;
    };
    let matches = |form: &str| {
        form.bytes().zip(date).all(
            |(wanted, byte)| {
                if wanted == b'9' { byte.is_ascii_digit() } else { wanted == *byte }
            },
        )
    };
    let pair = |at: usize| (date[at] - b'0') * 10 + (date[at + 1] - b'0');
    let sensible = |year: usize, month: usize, day: usize| {
        matches!(pair(year), 19 | 20) && (1..=12).contains(&pair(month)) && (1..=31).contains(&pair(day))
    };
    if matches("9999-99-99") || matches("9999/99/99") || matches("9999.99.99") {
        sensible(0, 5, 8)
    } else if matches("99.99.9999") || matches("99/99/9999") || matches("99-99-9999") {
        sensible(6, 3, 0)
    } else {
        false
    }
}

/// The length of a time of day (`18:00`, `18:00:05.123456+03:00`).
fn time(bytes: &[u8]) -> Option<usize> {
    let pair = |at: usize, below: u8| match bytes.get(at..at + 2) {
        Some([a @ b'0'..=b'9', b @ b'0'..=b'9']) => (a - b'0') * 10 + (b - b'0') < below,
        _ => false,
    };
    let sign = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
    if !(pair(0, 24) && sign(2, b":") && pair(3, 60)) {
        return None;
    }
    let mut end = 5;
    if sign(end, b":") && pair(end + 1, 61) {
        end += 3;
        if sign(end, b".,") {
            end += 1 + bytes[end + 1..].iter().take(9).take_while(|b| b.is_ascii_digit()).count();
        }
    }
    if sign(end, b"+-") && pair(end + 1, 15) {
        end += 3;
        if sign(end, b":") && pair(end + 1, 60) {
            end += 3;
        } else if pair(end, 60) {
            end += 2;
        }
    }
    // Something longer than a time began like one.
    (!bytes.get(end).is_some_and(u8::is_ascii_digit)).then_some(end)
}

/// What a bare integer is; only forms that no counter and no clock takes by accident.
pub(super) fn of_integer(number: u64) -> Option<Kind> {
    match number {
        10_000_000_000..=99_999_999_999 if tckn_checks(number.to_string().as_bytes()) => Some(Kind::Tckn),
        905_000_000_000..=905_999_999_999 => Some(Kind::Phone),
        _ => None,
    }
}
