//! Where one is signed in.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, SessionId, policy},
    http::Id,
    web::{Page, Tone},
};

use super::{TABS, address};
use crate::sessions::{self, Device};

#[derive(Template)]
#[template(path = "profile/sessions.html")]
struct SessionsPage<'a> {
    page: &'a Page,
    devices: Vec<Device>,
    caller: &'a Allowed<policy::ListSessions>,
}

/// The open sessions of the account.
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListSessions>,
) -> Result<Response> {
    let devices = sessions::list(&app, &caller).await?;
    page.show(&SessionsPage { page: &page, devices, caller: &caller })
}

/// Ends one of them.
pub(super) async fn end(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::EndSession>,
    Id(id): Id<SessionId>,
) -> Result<Response> {
    let mut work = app.begin(&caller, None).await?;
    sessions::end(&mut work, &caller, id, "ENDED_BY_OWNER").await?;
    work.finish().await?;
    Ok(page.done(&address(&page, "/sessions"), "profile.session_ended"))
}

/// Ends all of them but the one that asks.
pub(super) async fn end_others(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::EndOtherSessions>,
) -> Result<Response> {
    sessions::end_others(&app, &caller).await?;
    Ok(page.done(&address(&page, "/sessions"), "profile.others_ended"))
}
