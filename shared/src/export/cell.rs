//! What stands in a file: cells with types, so that a worksheet can calculate with them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;

use crate::{
    error::{Language, Text},
    types::istanbul,
};

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// What stands above it.
    pub heading: Text,
    /// How wide it is in a worksheet, in characters.
    pub width: u8,
}

impl Column {
    /// A column with this heading.
    pub const fn new(tr: &'static str, en: &'static str, width: u8) -> Self {
        Self { heading: Text::new(tr, en), width }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, also of numbers that nobody adds up: identity and register numbers.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Decimal(Decimal),
    /// A day.
    Date(NaiveDate),
    /// An instant, shown by the clock of Istanbul.
    Instant(DateTime<Utc>),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// Text, if there is some.
    pub fn text(value: Option<impl ToString>) -> Self {
        value.map_or(Self::Empty, |value| Self::Text(value.to_string()))
    }

    /// A day, if there is one.
    pub fn date(value: Option<NaiveDate>) -> Self {
        value.map_or(Self::Empty, Self::Date)
    }

    /// A flag, if it is known.
    pub fn flag(value: Option<bool>) -> Self {
        value.map_or(Self::Empty, Self::Flag)
    }

    /// One of two texts, by the language.
    pub fn word(text: &Text, language: Language) -> Self {
        Self::Text(text.in_language(language).to_owned())
    }
}

/// What the clock in Istanbul shows.
pub(super) fn in_istanbul(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&istanbul::offset()).naive_local()
}

/// Yes or no.
pub(super) fn flag(value: bool, language: Language) -> &'static str {
    match (value, language) {
        (true, Language::Tr) => "Evet",
        (false, Language::Tr) => "Hayır",
        (true, Language::En) => "Yes",
        (false, Language::En) => "No",
    }
}
