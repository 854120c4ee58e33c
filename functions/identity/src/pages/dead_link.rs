//! A link that opens nothing: what may have happened to it, and how to come by another.

use askama::Template;
use axum::response::Response;
use shared::{Code, Error, Result, web::Page};

use crate::links::Purpose;

#[derive(Template)]
#[template(path = "dead_link.html")]
struct DeadLink<'a> {
    page: &'a Page,
    text: &'static str,
    what_to_do: &'static str,
    /// Where to go, and its words: first what most will want.
    ways: &'static [(&'static str, &'static str)],
}

const SIGN_IN: (&str, &str) = ("/login", "login.title");

/// The page of a link that was never ours or is good no more; another error as it is.
pub(super) fn show(page: &Page, purpose: Purpose, error: Error) -> Result<Response> {
    let text = match error.code() {
        Code::Gone => "dead.gone",
        Code::NotFound => "dead.unknown",
        _ => return Err(error),
    };
    let (what_to_do, ways): (_, &[_]) = match purpose {
        Purpose::Invite => ("dead.invite", &[SIGN_IN]),
        Purpose::ResetPassword => ("dead.reset", &[("/forgot-password", "dead.reset_button"), SIGN_IN]),
        Purpose::ConfirmEmail => ("dead.registration", &[SIGN_IN, ("/register", "register.title")]),
        Purpose::ChangeEmail => ("dead.email", &[SIGN_IN]),
    };
    page.show_as(error.code().status(), &DeadLink { page, text: page.t(text), what_to_do: page.t(what_to_do), ways })
}
