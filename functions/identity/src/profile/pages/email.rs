//! Another e-mail address.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, policy},
    web::{Form, FormState, Page},
};

use super::{TABS, address};
use crate::profile::email::{self, NewEmail};

#[derive(Template)]
#[template(path = "profile/email.html")]
struct EmailPage<'a> {
    page: &'a Page,
    form: &'a FormState,
}

/// The form.
pub(super) async fn show(page: Page, _: Allowed<policy::GetProfile>) -> Result<Response> {
    let form = page.form();
    page.show(&EmailPage { page: &page, form: &form })
}

/// Sends a link to the new address; nothing changes before it was opened.
pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ChangeEmail>,
    mut form: Form<NewEmail>,
) -> Result<Response> {
    let done = async {
        let input = form.read()?;
        email::ask(&app, &caller, &input).await
    };
    match done.await {
        Ok(()) => Ok(page.done(&address(&page, "/email"), "profile.email_sent")),
        Err(error) => {
            let form = form.refused(error)?;
            page.show_again(&form, &EmailPage { page: &page, form: &form })
        }
    }
}
