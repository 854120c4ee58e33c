//! The page that asks before somebody is let out: staff and customers' users alike.

use askama::Template;
use axum::response::Response;
use shared::{
    Result,
    web::{FormState, Page},
};

/// Who is to be let out.
#[derive(Debug)]
pub(crate) struct Leaving<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// The person's own page.
    pub(crate) back: String,
    /// The list that the person stands in: its address and its title.
    pub(crate) list: (&'a str, &'a str),
    /// How many workplaces the person serves.
    pub(crate) served: i64,
}

#[derive(Template)]
#[template(path = "people/deactivate.html")]
struct Deactivate<'a> {
    page: &'a Page,
    form: &'a FormState,
    leaving: &'a Leaving<'a>,
}

/// What follows, and a place for the reason.
pub(crate) fn show(page: &Page, form: &FormState, leaving: &Leaving<'_>) -> Result<Response> {
    page.show_again(form, &Deactivate { page, form, leaving })
}
