//! Takes personal data and secrets out of whatever is about to leave the process as telemetry.
//!
//! Each finder reads the text once, from left to right, and looks ahead by a bounded number of
//! characters only, so that no input makes a log line expensive.

mod email;
mod iban;
mod number;
mod scan;
mod secret;

use std::{borrow::Cow, ops::Range};

use serde_json::Value;

/// What was found; its placeholder stands in the text afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Email,
    Phone,
    Tckn,
    Iban,
    Secret,
}

impl Kind {
    const fn placeholder(self) -> &'static str {
        match self {
            Self::Email => "[email]",
            Self::Phone => "[phone]",
            Self::Tckn => "[tckn]",
            Self::Iban => "[iban]",
            Self::Secret => "[secret]",
        }
    }
}

/// One find: where it stands and what it is.
#[derive(Debug)]
struct Find {
    at: Range<usize>,
    kind: Kind,
}

impl Find {
    const fn new(at: Range<usize>, kind: Kind) -> Self {
        Self { at, kind }
    }
}

/// The text without e-mail addresses, telephone numbers, identity numbers, IBANs and tokens.
pub fn text(input: &str) -> Cow<'_, str> {
    let mut finds = Vec::new();
    email::find(input, &mut finds);
    secret::find(input, &mut finds);
    // Ten digits are the shortest number that is anyone's; most messages have fewer and end here.
    if input.bytes().filter(u8::is_ascii_digit).count() >= iban::FEWEST_DIGITS {
        iban::find(input, &mut finds);
        number::find(input, &mut finds);
    }
    if finds.is_empty() {
        return Cow::Borrowed(input);
    }
    finds.sort_by_key(|find| (find.at.start, std::cmp::Reverse(find.at.end)));
    let mut out = String::with_capacity(input.len());
    let mut done = 0;
    for Find { at, kind } in finds {
        if at.start >= done {
            out.push_str(&input[done..at.start]);
            out.push_str(kind.placeholder());
        }
        // A find that overlaps the one before only lengthens it.
        done = done.max(at.end);
    }
    out.push_str(&input[done..]);
    Cow::Owned(out)
}

/// Redacts a JSON value in place: its texts, its keys, and whatever stands under a telling name.
pub(super) fn value(name: &str, value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Array(items) => {
            for item in items {
                self::value(name, item);
            }
        }
        Value::Object(map) => {
            let entries = std::mem::take(map);
            for (key, mut inner) in entries {
                self::value(&key, &mut inner);
                map.insert(text(&key).into_owned(), inner);
            }
        }
        Value::String(inner) => {
            if let Some(kind) = named(name)
                && !inner.is_empty()
            {
                kind.placeholder().clone_into(inner);
            } else if let Cow::Owned(redacted) = text(inner) {
                *inner = redacted;
            }
        }
        Value::Number(number) => {
            let kind = named(name).or_else(|| number.as_u64().and_then(number::of_integer));
            if let Some(kind) = kind {
                *value = Value::from(kind.placeholder());
            }
        }
    }
}

/// What a field of this name holds, whatever its value looks like.
fn named(name: &str) -> Option<Kind> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let ends = |endings: &[&str]| endings.iter().any(|ending| plain.ends_with(ending));
    if secret::is_name(&plain) {
        Some(Kind::Secret)
    } else if ends(&["email", "emailaddress"]) {
        Some(Kind::Email)
    } else if ends(&["phone", "phonenumber", "mobile", "gsm"]) {
        Some(Kind::Phone)
    } else if ends(&["tckn", "identitynumber"]) {
        Some(Kind::Tckn)
    } else if ends(&["iban"]) {
        Some(Kind::Iban)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
