//! One action on many chosen records: each by its own rule and in a unit of work of its own.

use std::fmt::Display;

use askama::Template;
use axum::response::Response;
use shared::{
    Code, Detail, Error, Result,
    error::Text,
    http::Reply,
    web::{FormState, Page},
};
use uuid::Uuid;

/// As many as one page of a list shows.
const MOST: usize = 100;

/// What became of one record.
pub(crate) struct Outcome {
    name: String,
    href: String,
    /// Why it was refused; none when it was done.
    refused: Option<String>,
}

impl Outcome {
    /// What became of a record. An error that is no refusal of this one record ends the whole.
    pub(crate) fn of(page: &Page, name: impl Display, href: String, result: Result<Reply>) -> Result<Self> {
        let refused = match result {
            Ok(_) => None,
            Err(error) if error.code().status().is_client_error() => Some(why(page, &error)),
            Err(error) => return Err(error),
        };
        Ok(Self { name: name.to_string(), href, refused })
    }
}

/// What is wrong, in one line.
fn why(page: &Page, error: &Error) -> String {
    let language = page.language();
    let details: Vec<_> = error.list().iter().map(|detail| detail.text.in_language(language)).collect();
    if details.is_empty() { error.message(language) } else { details.join(" ") }
}

/// The records that were chosen on a list.
pub(crate) fn keys(form: &FormState) -> Result<Vec<Uuid>> {
    let keys: Vec<_> = form.value("ids").split(',').filter_map(|id| id.parse().ok()).collect();
    if (1..=MOST).contains(&keys.len()) {
        return Ok(keys);
    }
    Err(Error::field("ids", "OUT_OF_RANGE", "Listeden 1 ile 100 arasında kayıt seçin.", "Choose 1 to 100 records."))
}

/// What the page that asks cannot do without.
pub(crate) fn missing(fields: impl IntoIterator<Item = &'static str>) -> Error {
    let text = || Text::new("Bu alan zorunlu.", "This field is required.");
    Error::new(Code::Validation).details(fields.into_iter().map(|field| Detail::new(field, "REQUIRED", text())))
}

#[derive(Template)]
#[template(path = "bulk_done.html")]
struct Done<'a> {
    page: &'a Page,
    title: &'a str,
    back: &'a str,
    accepted: Vec<Outcome>,
    refused: Vec<Outcome>,
}

/// Shows what became of each.
pub(crate) fn show(page: &Page, title: &str, back: &str, outcomes: Vec<Outcome>) -> Result<Response> {
    let (accepted, refused) = outcomes.into_iter().partition(|one| one.refused.is_none());
    page.show(&Done { page, title, back, accepted, refused })
}
