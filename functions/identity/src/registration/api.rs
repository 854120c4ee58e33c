//! `/api/v1/auth`: registration.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    error::Text,
    http::{Routes, extract::Valid, reply::Reply, request, routes},
};
use utoipa::ToSchema;

use super::{Confirmation, Registration};

/// The routes.
pub fn routes() -> Routes {
    Routes::new().add(routes!(register)).add(routes!(confirm_registration))
}

/// What somebody is told whose request may or may not lead to a mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// What happens next, in the caller's language.
    pub message: String,
}

impl Accepted {
    /// A mail is on its way, if there is somebody to send it to.
    pub(crate) fn mail() -> Self {
        let text = Text::new(
            "Adres uygunsa birkaç dakika içinde bir e-posta alacaksınız. İçindeki bağlantıyı açın.",
            "If the address is eligible, you will get an e-mail within a few minutes. Open the link in it.",
        );
        Self { message: text.in_language(request::current().language).to_owned() }
    }
}

/// Register an organisation with its first administrator.
///
/// Nobody can sign in before the link in the mail was opened. The answer is the same whether the
/// e-mail is known or not; the account of a known e-mail keeps its password and gets a further
/// organisation, once the link was opened.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "auth", request_body = Registration,
    responses((status = 202, description = "A mail was sent", body = Accepted)))]
pub async fn register(State(app): State<App>, Valid(input): Valid<Registration>) -> Result<Reply> {
    super::register(&app, &input).await?;
    Reply::accepted(&Accepted::mail())
}

/// Confirm a registration by the link of the mail and the password.
///
/// A wrong password is 400 on `password` and leaves the link good; wrong ones count towards the lock-out.
#[utoipa::path(post, path = "/api/v1/auth/confirm-registration", tag = "auth", request_body = Confirmation,
    responses((status = 204, description = "Confirmed: the administrator can sign in")))]
pub async fn confirm_registration(State(app): State<App>, Valid(input): Valid<Confirmation>) -> Result<Reply> {
    super::confirm(&app, &input).await
}
