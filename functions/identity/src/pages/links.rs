//! Where the other links of mails lead. Opening a page uses no link up: programs that look at mails open it too.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use shared::{
    App, Code, Error, Result,
    auth::{AccountId, UserId},
    web::{Form, FormState, Page},
};
use uuid::Uuid;

use super::dead_link;
use crate::{
    accounts,
    invitations::{
        accept::{self, Acceptance},
        store,
    },
    links::{self, Purpose},
    profile::email::{self, EmailConfirmation},
    registration::{self, Confirmation},
};

#[derive(Template)]
#[template(path = "accept_invite.html")]
struct Invitation<'a> {
    page: &'a Page,
    form: &'a FormState,
    token: &'a str,
    offer: &'a store::Offer,
    has_account: bool,
}

#[derive(Template)]
#[template(path = "confirm_registration.html")]
struct Registered<'a> {
    page: &'a Page,
    form: &'a FormState,
    token: &'a str,
}

/// One button that confirms something.
#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm<'a> {
    page: &'a Page,
    form: &'a FormState,
    token: &'a str,
    title: &'static str,
    text: String,
    button: &'static str,
}

/// Whether it is the link that is wrong, and no field of its form.
pub(super) fn is_dead(error: &Error) -> bool {
    matches!(error.code(), Code::Gone | Code::NotFound)
}

/// What an invitation offers, and whether the invited person has an account.
async fn offer(app: &App, token: &str) -> Result<(store::Offer, bool)> {
    let link = links::look(app, Purpose::Invite, token).await?;
    let id = link.invitation.ok_or_else(|| Error::internal("the link of an invitation without one"))?;
    let (nobody, none) = (UserId::from_uuid(Uuid::nil()), AccountId::from_uuid(Uuid::nil()));
    let mut db = app.read_as(link.context(nobody, none)).await?;
    let offer = store::offer(&mut db, id, app.now()).await?.ok_or_else(|| Error::new(Code::Gone))?;
    drop(db);
    let account = accounts::find(app, &offer.email).await?;
    Ok((offer, account.is_some_and(|account| account.email_confirmed)))
}

/// Who invites, and the form.
pub(super) async fn show_invitation(State(app): State<App>, page: Page, Path(token): Path<String>) -> Result<Response> {
    let (offer, has_account) = match offer(&app, &token).await {
        Ok(found) => found,
        Err(error) => return dead_link::show(&page, Purpose::Invite, error),
    };
    let form = page.form();
    page.show(&Invitation { page: &page, form: &form, token: &token, offer: &offer, has_account })
}

/// Accepts.
pub(super) async fn accept_invitation(
    State(app): State<App>,
    page: Page,
    Path(token): Path<String>,
    mut form: Form<Acceptance>,
) -> Result<Response> {
    let done = match form.read() {
        Ok(input) => accept::accept(&app, &input).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(page.done("/login", "invite.done")),
        Err(error) if is_dead(&error) => dead_link::show(&page, Purpose::Invite, error),
        Err(error) => {
            let form = form.refused(error)?;
            let (offer, has_account) = offer(&app, &token).await?;
            page.show_again(&form, &Invitation { page: &page, form: &form, token: &token, offer: &offer, has_account })
        }
    }
}

/// The form that opens a registered organisation: the password shows that whoever registered reads the mail too.
pub(super) async fn show_registration(
    State(app): State<App>,
    page: Page,
    Path(token): Path<String>,
) -> Result<Response> {
    if let Err(error) = links::look(&app, Purpose::ConfirmEmail, &token).await {
        return dead_link::show(&page, Purpose::ConfirmEmail, error);
    }
    let form = page.form();
    page.show(&Registered { page: &page, form: &form, token: &token })
}

/// Opens it.
pub(super) async fn confirm_registration(
    State(app): State<App>,
    page: Page,
    Path(token): Path<String>,
    mut form: Form<Confirmation>,
) -> Result<Response> {
    let done = match form.read() {
        Ok(input) => registration::confirm(&app, &input).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(page.done("/login", "confirm.registration_done")),
        Err(error) if is_dead(&error) => dead_link::show(&page, Purpose::ConfirmEmail, error),
        Err(error) => {
            let form = form.refused(error)?;
            page.show_again(&form, &Registered { page: &page, form: &form, token: &token })
        }
    }
}

/// The button that changes the e-mail.
pub(super) async fn show_email(State(app): State<App>, page: Page, Path(token): Path<String>) -> Result<Response> {
    let link = match links::look(&app, Purpose::ChangeEmail, &token).await {
        Ok(link) => link,
        Err(error) => return dead_link::show(&page, Purpose::ChangeEmail, error),
    };
    page.show(&Confirm {
        page: &page,
        form: &page.form(),
        token: &token,
        title: page.t("confirm.email"),
        text: page.t1("confirm.email_text", link.email.as_str()),
        button: page.t("confirm.email_button"),
    })
}

/// Changes it.
pub(super) async fn confirm_email(
    State(app): State<App>,
    page: Page,
    mut form: Form<EmailConfirmation>,
) -> Result<Response> {
    let input = form.read()?;
    match email::confirm(&app, &input).await {
        Ok(_) => Ok(page.done("/login", "confirm.email_done")),
        Err(error) => dead_link::show(&page, Purpose::ChangeEmail, error),
    }
}
