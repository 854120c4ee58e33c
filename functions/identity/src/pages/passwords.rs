//! `/forgot-password` and `/reset-password/{token}`.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use shared::{
    App, Result,
    web::{Form, FormState, Page},
};

use super::{dead_link, links::is_dead, registration::MailSent};
use crate::{
    links::{self, Purpose},
    passwords::reset::{self, Forgotten, NewPassword},
};

#[derive(Template)]
#[template(path = "forgot_password.html")]
struct Forgot<'a> {
    page: &'a Page,
    form: &'a FormState,
}

#[derive(Template)]
#[template(path = "reset_password.html")]
struct Reset<'a> {
    page: &'a Page,
    form: &'a FormState,
    token: &'a str,
}

/// The form.
pub(super) async fn show_forgotten(page: Page) -> Result<Response> {
    let form = page.form();
    page.show(&Forgot { page: &page, form: &form })
}

/// Sends a link, if there is somebody to send it to.
pub(super) async fn send_forgotten(State(app): State<App>, page: Page, mut form: Form<Forgotten>) -> Result<Response> {
    let done = match form.read() {
        Ok(input) => reset::forgot(&app, &input).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(page.redirect("/forgot-password/sent")),
        Err(error) => {
            let form = form.refused(error)?;
            page.show_again(&form, &Forgot { page: &page, form: &form })
        }
    }
}

/// What to do now.
pub(super) async fn sent(page: Page) -> Result<Response> {
    page.show(&MailSent { page: &page, text: page.t("forgot.sent") })
}

/// The form, while the link is good.
pub(super) async fn show_reset(State(app): State<App>, page: Page, Path(token): Path<String>) -> Result<Response> {
    if let Err(error) = links::look(&app, Purpose::ResetPassword, &token).await {
        return dead_link::show(&page, Purpose::ResetPassword, error);
    }
    let form = page.form();
    page.show(&Reset { page: &page, form: &form, token: &token })
}

/// Sets the password.
pub(super) async fn send_reset(
    State(app): State<App>,
    page: Page,
    Path(token): Path<String>,
    mut form: Form<NewPassword>,
) -> Result<Response> {
    let done = match form.read() {
        Ok(input) => reset::reset(&app, &input).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(page.done("/login", "reset.done")),
        Err(error) if is_dead(&error) => dead_link::show(&page, Purpose::ResetPassword, error),
        Err(error) => {
            let form = form.refused(error)?;
            page.show_again(&form, &Reset { page: &page, form: &form, token: &token })
        }
    }
}
