//! A form that was sent after its session had ended: the reader signs in on the spot and what was typed goes on.
//!
//! The page that asks for the password carries the form's values in one sealed field; after the sign-in they stand in
//! a form of their own that leads to where they were going. Nothing is kept on the server, and no script is needed.

use askama::Template;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::{Page, errors::Visit};
use crate::{
    app::App,
    error::{Error, Result},
    http::extract::pairs,
};

const PURPOSE: &str = "KEPT_FORM";
/// A larger form is not kept: it would come back as a request that is too large.
const MAX: usize = 256 * 1024;

/// What somebody typed and could not send.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Where it was going: path and query.
    pub path: String,
    /// The names and values; passwords are not among them.
    pub fields: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "recover.html")]
struct RecoverHtml<'a> {
    page: &'a Page,
    text: String,
    kept: String,
    is_kept: bool,
}

/// The sign-in in the place of the answer.
pub(super) fn sign_in(page: &Page, visit: &Visit, error: &Error) -> Result<Response> {
    let body = visit.body.as_deref().unwrap_or_default();
    let is_form = visit
        .headers
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let fields = match std::str::from_utf8(body) {
        Ok(text) if is_form && body.len() <= MAX => pairs(text)?,
        _ => Vec::new(),
    };
    let fields: Vec<_> =
        fields.into_iter().filter(|(name, _)| !name.to_ascii_lowercase().contains("password")).collect();
    let is_kept = !fields.is_empty();
    let kept = Kept { path: page.here(), fields };
    let kept = page.app().signer().seal(PURPOSE, &serde_json::to_vec(&kept)?);
    let html = RecoverHtml { page, text: error.message(page.language()), kept, is_kept };
    page.show_as(error.code().status(), &html)
}

impl Kept {
    /// What somebody typed or chose, in the words of the form that it was typed in. What the form has no words for,
    /// such as an id that stands behind a name, is left out.
    pub fn typed(&self) -> Vec<(String, String)> {
        let told = self.fields.iter().find(|(name, _)| name == "_names").map_or("", |(_, names)| names.as_str());
        let names = pairs(told).unwrap_or_default();
        let word = |key: &str| names.iter().find(|(name, _)| name == key).map(|(_, text)| text.clone());
        let mut typed: Vec<(String, String)> = Vec::new();
        for (name, value) in self.fields.iter().filter(|(name, value)| !name.starts_with('_') && !value.is_empty()) {
            let Some(label) = word(name) else { continue };
            let words = word(&format!("{name}={value}"));
            if words.is_none() && value.parse::<uuid::Uuid>().is_ok() {
                continue;
            }
            // A box that is ticked follows its own "no".
            typed.retain(|(known, _)| *known != label);
            typed.push((label, words.unwrap_or_else(|| value.clone())));
        }
        typed
    }

    /// What was sealed, if it was by us.
    pub fn open(app: &App, sealed: &str) -> Option<Self> {
        serde_json::from_slice(&app.signer().open(PURPOSE, sealed)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_told_in_the_words_of_its_form() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let kept = Kept {
            path: "/".to_owned(),
            fields: vec![
                field("name", "Yıldız"),
                field("status", "CUSTOMER"),
                field("active", "false"),
                field("active", "true"),
                field("phone", ""),
                field("companyId", "01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f"),
                field("unnamed", "x"),
                field(
                    "_names",
                    "name=Ad&status=Durum&status%3DCUSTOMER=M%C3%BC%C5%9Fteri&active=Etkin&active%3Dtrue=Evet&companyId=%C5%9Eirket",
                ),
            ],
        };
        let expected = [("Ad", "Yıldız"), ("Durum", "Müşteri"), ("Etkin", "Evet")];
        assert_eq!(kept.typed(), expected.map(|(label, value)| (label.to_owned(), value.to_owned())));
    }
}
