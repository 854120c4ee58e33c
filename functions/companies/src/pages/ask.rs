//! A page that asks before something is deleted or brought back, and says what stands in the way.

use std::fmt::Display;

use askama::Template;
use axum::response::Response;
use chrono::{DateTime, Utc};
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

impl<'a> Ask<'a> {
    /// Whether to bring a deleted record back: asked alike for all, at the list's address and name.
    pub(crate) fn restoring(
        page: &'a Page,
        form: FormState,
        (list, list_title): (&str, &str),
        title: &'a str,
        name: impl Display,
        deleted_at: Option<DateTime<Utc>>,
    ) -> Self {
        let at = deleted_at.map(|at| page.time(at)).unwrap_or_default();
        Self {
            page,
            form,
            crumbs: vec![(list.to_owned(), list_title.to_owned())],
            title,
            text: page.t2("lists.restore_text", name, at),
            blockers: Vec::new(),
            is_deletion: false,
            back: format!("{list}?includeDeleted=true"),
        }
    }

    /// The page, with the form's own status.
    pub(crate) fn show(self) -> Result<Response> {
        self.page.show_again(&self.form, &self)
    }
}
