//! What comboboxes are answered with.

use std::fmt::Display;

use askama::Template;
use axum::response::Response;
use shared::{Result, web::Page};

/// One thing to choose.
pub(crate) struct Found {
    /// What is sent.
    pub value: String,
    /// What stands in the field then.
    pub text: String,
    /// What tells it from others of the same name.
    pub more: String,
}

impl Found {
    /// One thing to choose.
    pub(crate) fn new(value: impl Display, text: impl Display, more: impl Display) -> Self {
        Self { value: value.to_string(), text: text.to_string(), more: more.to_string() }
    }
}

#[derive(Template)]
#[template(path = "look_up.html")]
struct LookUp<'a> {
    page: &'a Page,
    found: Vec<Found>,
}

/// The options of a combobox.
pub(crate) fn show(page: &Page, found: Vec<Found>) -> Result<Response> {
    page.show(&LookUp { page, found })
}
