//! Another password.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, password::Password, policy},
    web::{Form, FormState, Page},
};

use super::{TABS, address};
use crate::passwords::change::{ChangedPassword, Names, change};

#[derive(Template)]
#[template(path = "profile/password.html")]
struct PasswordPage<'a> {
    page: &'a Page,
    form: &'a FormState,
}

shared::input! {
    /// The API's input under names by which a form whose session has ended knows what not to carry along.
    pub struct PasswordForm {
        /// The present password.
        pub current_password: Password,
        /// The new one.
        pub new_password: Password,
    }
}

/// The form.
pub(super) async fn show(page: Page, _: Allowed<policy::GetProfile>) -> Result<Response> {
    let form = page.form();
    page.show(&PasswordPage { page: &page, form: &form })
}

/// Changes the password: whoever is signed in elsewhere is out.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ChangePassword>,
    mut form: Form<PasswordForm>,
) -> Result<Response> {
    let done = async {
        let PasswordForm { current_password, new_password } = form.read()?;
        let input = ChangedPassword { current: current_password, new: new_password };
        change(&app, &caller, &input, Names { current: "currentPassword", new: "newPassword" }).await
    };
    match done.await {
        Ok(_) => Ok(page.done(&address(&page, "/password"), "profile.password_changed")),
        Err(error) => {
            let form = form.refused(error)?;
            page.show_again(&form, &PasswordPage { page: &page, form: &form })
        }
    }
}
