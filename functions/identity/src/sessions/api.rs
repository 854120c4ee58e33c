//! `/api/v1/auth`: signing in and out, the own sessions.

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, SessionId, cookie, policy},
    http::{
        Routes,
        extract::{Id, Valid},
        reply::Reply,
        routes,
    },
};

use super::{
    Device, Me, SignedIn,
    refresh::Refresh,
    sign_in::{SignIn, SignInAnswer},
};

/// The route of signing in.
pub fn sign_in_routes() -> Routes {
    Routes::new().add(routes!(sign_in))
}

/// The routes of what comes after.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(refresh_tokens))
        .add(routes!(sign_out))
        .add(routes!(sign_out_everywhere))
        .add(routes!(get_me))
        .add(routes!(list_sessions))
        .add(routes!(end_session))
        .add(routes!(end_other_sessions))
}

/// Sign in.
///
/// An unknown e-mail, a wrong password, a deactivated user and an account whose e-mail is not
/// confirmed get the same answer after the same time. An account with several tenants is asked
/// which one (`tenantRequired`), once its password was right.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = SignIn,
    responses((status = 200, description = "Signed in, or asked which tenant", body = SignInAnswer)))]
pub async fn sign_in(State(app): State<App>, Valid(input): Valid<SignIn>) -> Result<Reply> {
    super::sign_in::sign_in(&app, input).await
}

/// Exchange a refresh token for the next pair.
///
/// Each token is good once. Sent again within ten seconds it gets the same successor; later it
/// ends the session, for somebody else has it.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", request_body = Refresh,
    responses((status = 200, description = "The next tokens", body = SignedIn)))]
pub async fn refresh_tokens(State(app): State<App>, Valid(input): Valid<Refresh>) -> Result<Reply> {
    super::refresh::refresh(&app, &input).await
}

/// Sign out of this session.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(State(app): State<App>, caller: Allowed<policy::SignOut>) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    super::end(&mut work, &caller, caller.session, "SIGNED_OUT").await?;
    let reply = Reply::no_content().cookie(cookie::clear(app.config().is_https()));
    work.commit(reply).await
}

/// Sign out of every session, in every tenant.
#[utoipa::path(post, path = "/api/v1/auth/logout-all", tag = "auth",
    responses((status = 204, description = "Signed out everywhere")))]
pub async fn sign_out_everywhere(State(app): State<App>, caller: Allowed<policy::SignOutEverywhere>) -> Result<Reply> {
    let reply = super::end_all(&app, &caller).await?;
    Ok(reply.cookie(cookie::clear(app.config().is_https())))
}

/// Who is signed in, and what he may do.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth",
    responses((status = 200, description = "The caller", body = Me)))]
pub async fn get_me(State(app): State<App>, caller: Allowed<policy::GetMe>) -> Result<Reply> {
    Reply::ok(&super::me(&app, &caller).await?)
}

/// List the account's open sessions, in all tenants.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "auth",
    responses((status = 200, description = "The sessions, the one seen last first", body = Vec<Device>)))]
pub async fn list_sessions(State(app): State<App>, caller: Allowed<policy::ListSessions>) -> Result<Reply> {
    Reply::ok(&super::list(&app, &caller).await?)
}

/// End all of the account's sessions but the one that asks, in all tenants.
#[utoipa::path(delete, path = "/api/v1/auth/sessions", tag = "auth",
    responses((status = 204, description = "Ended")))]
pub async fn end_other_sessions(State(app): State<App>, caller: Allowed<policy::EndOtherSessions>) -> Result<Reply> {
    super::end_others(&app, &caller).await
}

/// End one of the account's sessions.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "auth",
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 204, description = "Ended")))]
pub async fn end_session(
    State(app): State<App>,
    caller: Allowed<policy::EndSession>,
    Id(id): Id<SessionId>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    super::end(&mut work, &caller, id, "ENDED_BY_OWNER").await?;
    work.commit(Reply::no_content()).await
}
