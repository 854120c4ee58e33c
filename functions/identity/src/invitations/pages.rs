//! `/panel/invitations`: who is invited, and what becomes of it. A customer's own administrator finds those who wait
//! under `/portal/colleagues`.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use shared::{
    App, Result,
    auth::{Allowed, CompanyId, Role, policy},
    http::{Id, Routes, reply::Pagination},
    web::{Choice, Page, PageList, Tone},
};

use super::{
    Invitation, InvitationId, InvitationStatus,
    api::{self, InvitationFilter},
    store,
};
use crate::users::{self, may_administer};

/// The order that the list has by itself.
const ORDER: &str = "-createdAt";

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListInvitations>("/panel/invitations", get(list))
        .page::<policy::RevokeInvitation>("/panel/invitations/{id}/revoke", post(revoke))
        .page::<policy::ResendInvitation>("/panel/invitations/{id}/resend", post(resend))
        .page::<policy::RevokeInvitation>("/portal/colleagues/invitations/{id}/revoke", post(revoke))
        .page::<policy::ResendInvitation>("/portal/colleagues/invitations/{id}/resend", post(resend))
}

#[derive(Template)]
#[template(path = "invitations/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    rows: Vec<Invitation>,
    pagination: Pagination,
    q: &'a str,
    filter: &'a InvitationFilter,
    statuses: Vec<Choice>,
    companies: HashMap<CompanyId, String>,
}

/// The invitations; those of staff only for ADMIN.
async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListInvitations>,
    list: PageList<InvitationFilter>,
) -> Result<Response> {
    may_administer(&caller)?;
    let order = list.order(api::SORT, api::ORDER)?;
    let only_clients = caller.role != Role::Admin;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order, only_clients, app.now()).await?;
    let companies = users::store::company_names(&mut db, rows.iter().filter_map(|row| row.company_id)).await?;
    page.show(&ListPage {
        rows,
        pagination: list.paging.pagination(counted),
        q: list.paging.q.as_deref().unwrap_or_default(),
        filter: &list.filter,
        statuses: page.words::<InvitationStatus>("invitationStatus"),
        companies,
        page: &page,
    })
}

/// Where the reader sees invitations.
fn address(page: &Page) -> &'static str {
    if page.home() == "/portal" { "/portal/colleagues" } else { "/panel/invitations" }
}

/// Takes one back.
async fn revoke(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::RevokeInvitation>,
    Id(id): Id<InvitationId>,
) -> Result<Response> {
    may_administer(&caller)?;
    let mut work = app.begin(&caller, None).await?;
    super::revoke(&mut work, &caller, id).await?;
    work.finish().await?;
    Ok(page.done(address(&page), "invitations.revoked"))
}

/// Sends one again.
async fn resend(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ResendInvitation>,
    Id(id): Id<InvitationId>,
) -> Result<Response> {
    may_administer(&caller)?;
    let mut work = app.begin(&caller, None).await?;
    super::resend(&mut work, &caller, id).await?;
    work.finish().await?;
    Ok(page.done(address(&page), "invitations.sent"))
}

impl InvitationStatus {
    /// What the status means on a screen.
    fn tone(self) -> Tone {
        match self {
            Self::Pending => Tone::Info,
            Self::Accepted => Tone::Ok,
            Self::Revoked => Tone::Plain,
            Self::Expired => Tone::Warn,
        }
    }
}
