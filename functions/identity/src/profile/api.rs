//! `/api/v1/profile`.

use axum::extract::State;
use shared::{
    App, Error, Result,
    auth::{Allowed, policy},
    http::{
        Routes,
        extract::{Change, Valid},
        reply::Reply,
        routes,
    },
};

use super::{
    PatchProfile, Profile,
    email::{EmailConfirmation, NewEmail},
    store,
};
use crate::registration::api::Accepted;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_profile))
        .add(routes!(update_profile))
        .add(routes!(change_email))
        .add(routes!(confirm_email))
}

/// Show the own profile.
#[utoipa::path(get, path = "/api/v1/profile", tag = "profile",
    responses((status = 200, description = "The profile", body = Profile)))]
pub async fn get_profile(State(app): State<App>, caller: Allowed<policy::GetProfile>) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    Reply::found(&store::find(&mut db, caller.user).await?.ok_or_else(Error::not_found)?)
}

/// Change the own profile; role and company are others' to change.
#[utoipa::path(patch, path = "/api/v1/profile", tag = "profile", request_body = Change<PatchProfile>,
    responses((status = 200, description = "The profile", body = Profile)))]
pub async fn update_profile(
    State(app): State<App>,
    caller: Allowed<policy::UpdateProfile>,
    Change { version, input }: Change<PatchProfile>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    let profile = super::update(&mut work, &caller, version, input).await?;
    work.commit(Reply::found(&profile)?).await
}

/// Ask for another e-mail.
///
/// Nothing changes before the link in the mail to the new address was opened. The old address is told.
#[utoipa::path(post, path = "/api/v1/profile/email", tag = "profile", request_body = NewEmail,
    responses((status = 202, description = "A mail was sent to the new address", body = Accepted)))]
pub async fn change_email(
    State(app): State<App>,
    caller: Allowed<policy::ChangeEmail>,
    Valid(input): Valid<NewEmail>,
) -> Result<Reply> {
    super::email::ask(&app, &caller, &input).await?;
    Reply::accepted(&Accepted::mail())
}

/// Confirm another e-mail by the link of the mail.
///
/// Every session of the account ends; sign in with the new address.
#[utoipa::path(post, path = "/api/v1/profile/email/confirm", tag = "profile", request_body = EmailConfirmation,
    responses((status = 204, description = "The e-mail was changed")))]
pub async fn confirm_email(State(app): State<App>, Valid(input): Valid<EmailConfirmation>) -> Result<Reply> {
    super::email::confirm(&app, &input).await
}
