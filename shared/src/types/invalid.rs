//! Why a text is not a value.

use std::borrow::Cow;
use std::fmt;

/// A refusal: a stable code for programs and what to do next for people. It never carries the refused text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Stable, `UPPER_SNAKE`; stands in `details[].code` of the error envelope.
    pub code: &'static str,
    /// Turkish: what to do.
    pub tr: Cow<'static, str>,
    /// English: what to do.
    pub en: Cow<'static, str>,
}

impl Invalid {
    /// A refusal with fixed texts.
    pub const fn new(code: &'static str, tr: &'static str, en: &'static str) -> Self {
        Self { code, tr: Cow::Borrowed(tr), en: Cow::Borrowed(en) }
    }

    /// A refusal whose texts name a limit or the allowed values.
    pub const fn with(code: &'static str, tr: String, en: String) -> Self {
        Self { code, tr: Cow::Owned(tr), en: Cow::Owned(en) }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.en)
    }
}

impl std::error::Error for Invalid {}
