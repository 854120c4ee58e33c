//! `/register`.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    web::{Form, FormState, Page},
};

use crate::registration::{self, Registration};

#[derive(Template)]
#[template(path = "register.html")]
struct Register<'a> {
    page: &'a Page,
    form: &'a FormState,
}

#[derive(Template)]
#[template(path = "mail_sent.html")]
pub(super) struct MailSent<'a> {
    pub(super) page: &'a Page,
    pub(super) text: &'static str,
}

/// The form.
pub(super) async fn show(page: Page) -> Result<Response> {
    let form = page.form();
    page.show(&Register { page: &page, form: &form })
}

/// Registers; the answer is the same whether the e-mail is known or not.
pub(super) async fn send(State(app): State<App>, page: Page, mut form: Form<Registration>) -> Result<Response> {
    let done = match form.read() {
        Ok(input) => registration::register(&app, &input).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(page.redirect("/register/sent")),
        Err(error) => {
            let form = form.refused(error)?;
            page.show_again(&form, &Register { page: &page, form: &form })
        }
    }
}

/// What to do now.
pub(super) async fn sent(page: Page) -> Result<Response> {
    page.show(&MailSent { page: &page, text: page.t("register.sent") })
}
