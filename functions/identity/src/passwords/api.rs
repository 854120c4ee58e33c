//! `/api/v1/auth`: forgotten, reset and changed passwords.

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{Routes, extract::Valid, reply::Reply, routes},
};

use super::{
    change::{ChangedPassword, Names},
    reset::{Forgotten, NewPassword},
};
use crate::registration::api::Accepted;

/// The routes.
pub fn routes() -> Routes {
    Routes::new().add(routes!(forgot_password)).add(routes!(reset_password)).add(routes!(change_password))
}

/// Ask for a link that sets a new password.
///
/// The answer is the same whether the e-mail is known or not. A new link makes the earlier one void.
#[utoipa::path(post, path = "/api/v1/auth/forgot-password", tag = "auth", request_body = Forgotten,
    responses((status = 202, description = "A mail was sent, if the e-mail is known", body = Accepted)))]
pub async fn forgot_password(State(app): State<App>, Valid(input): Valid<Forgotten>) -> Result<Reply> {
    super::reset::forgot(&app, &input).await?;
    Reply::accepted(&Accepted::mail())
}

/// Set a new password by the link of a mail.
///
/// Every session of the account ends, in every tenant, and a lock after failed sign-ins is lifted.
#[utoipa::path(post, path = "/api/v1/auth/reset-password", tag = "auth", request_body = NewPassword,
    responses((status = 204, description = "The password was set")))]
pub async fn reset_password(State(app): State<App>, Valid(input): Valid<NewPassword>) -> Result<Reply> {
    super::reset::reset(&app, &input).await
}

/// Change one's own password.
///
/// This session goes on; all others of the account end.
#[utoipa::path(post, path = "/api/v1/auth/change-password", tag = "auth", request_body = ChangedPassword,
    responses((status = 204, description = "The password was changed")))]
pub async fn change_password(
    State(app): State<App>,
    caller: Allowed<policy::ChangePassword>,
    Valid(input): Valid<ChangedPassword>,
) -> Result<Reply> {
    super::change::change(&app, &caller, &input, Names { current: "current", new: "new" }).await
}
