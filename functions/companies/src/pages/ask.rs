//! A page that asks before something is deleted or brought back, and says what stands in the way.

use askama::Template;
use axum::response::Response;
use shared::{
    Result,
    web::{FormState, Page},
};

/// The question.
#[derive(Template)]
#[template(path = "ask.html")]
pub(crate) struct Ask<'a> {
    pub page: &'a Page,
    pub form: FormState,
    /// The way to the record: addresses and names.
    pub crumbs: Vec<(String, String)>,
    /// What is asked; also the button's text.
    pub title: &'a str,
    /// What follows from it.
    pub text: String,
    /// What has to go first: what it is, and the list that shows it.
    pub blockers: Vec<(String, Option<String>)>,
    pub is_deletion: bool,
    /// Where who thinks better of it goes.
    pub back: String,
}

impl Ask<'_> {
    /// The page, with the form's own status.
    pub(crate) fn show(self) -> Result<Response> {
        self.page.show_again(&self.form, &self)
    }
}
