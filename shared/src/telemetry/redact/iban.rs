//! International bank account numbers, in one piece or in groups.

use super::{Find, Kind, number, scan};

/// The shortest IBAN with the fewest digits has about this many; texts with fewer are not read.
pub(super) const FEWEST_DIGITS: usize = 8;

/// The countries of the IBAN registry and the length of theirs.
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 \
    DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 \
    JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 \
    PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 \
    VA22 VG24 XK20 YE30";

/// Finds Turkish ones by their form alone (a mistyped one is still somebody's), others by their check digits.
pub(super) fn find(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 4 <= bytes.len() {
        if number::is_uuid(&bytes[at..]) {
            at += 36;
        } else if let Some(end) = iban_at(text, at) {
            finds.push(Find::new(at..end, Kind::Iban));
            at = end;
        } else {
            at += 1;
        }
    }
}

fn iban_at(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let country = [bytes[at].to_ascii_uppercase(), bytes[at + 1].to_ascii_uppercase()];
    if !country.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    let turkish = country == *b"TR";
    if !turkish && at.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric()) {
        return None;
    }
    let length = length_of(country)?;
    let mut compact = Vec::with_capacity(length);
    compact.extend(country);
    let mut end = at + 2;
    while compact.len() < length {
        let next = match bytes.get(end) {
            Some(c) if c.is_ascii_alphanumeric() => end,
            _ => scan::separators(text, end)?,
        };
        let c = bytes.get(next)?.to_ascii_uppercase();
        let digit_due = turkish || compact.len() < 4;
        if !(c.is_ascii_digit() || (c.is_ascii_uppercase() && !digit_due)) {
            return None;
        }
        compact.push(c);
        end = next + 1;
    }
    if turkish {
        return Some(end);
    }
    let ended = !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
    // One hash in ten thousand passes the check; none that is an IBAN has letters after its country.
    let hash = number::ordinary(text, at).is_some() && !compact[2..].iter().all(u8::is_ascii_digit);
    (ended && !hash && checks(&compact)).then_some(end)
}

fn length_of(country: [u8; 2]) -> Option<usize> {
    LENGTHS.split_ascii_whitespace().find(|entry| entry.as_bytes()[..2] == country)?[2..].parse().ok()
}

/// ISO 7064: the first four signs moved to the end, letters as numbers, modulo 97 is 1.
fn checks(compact: &[u8]) -> bool {
    let rest = compact[4..].iter().chain(&compact[..4]).fold(0u32, |sum, c| match c {
        b'0'..=b'9' => (sum * 10 + u32::from(c - b'0')) % 97,
        _ => (sum * 100 + u32::from(c - b'A') + 10) % 97,
    });
    rest == 1
}
