//! `/api/v1/users/invitations`, and the acceptance under `/api/v1/auth`.

use axum::extract::State;
use shared::{
    App, Error, Result,
    auth::{Allowed, CompanyId, Role, policy},
    http::{
        Routes,
        extract::{Id, IdempotencyKey, SearchList, Valid},
        page::SortField,
        reply::Reply,
        routes,
    },
};

use super::{Invitation, InvitationId, InvitationStatus, accept::Acceptance, reaches, store};
use crate::users::may_administer;

/// What the list can be sorted by.
pub(super) const SORT: &[SortField] = &[("createdAt", "created_at"), ("email", "email"), ("expiresAt", "expires_at")];
/// The order that it has by itself.
pub(super) const ORDER: (&str, &str) = ("created_at DESC", "id DESC");

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(accept_invite))
        .add(routes!(list_invitations))
        .add(routes!(get_invitation))
        .add(routes!(revoke_invitation))
        .add(routes!(resend_invitation))
}

shared::input! {
    /// What the list of invitations can be narrowed by; `q` is the beginning of an e-mail.
    pub struct InvitationFilter {
        /// Where the invitation stands.
        pub status: Option<InvitationStatus>,
        /// The role.
        pub role: Option<Role>,
        /// The company of a customer's user.
        pub company_id: Option<CompanyId>,
    }
}

/// Accept an invitation by the link of the mail.
///
/// Whoever has an account proves it with its password; a new account gets the password that is
/// typed. Afterwards the person signs in as usual.
#[utoipa::path(post, path = "/api/v1/auth/accept-invite", tag = "auth", request_body = Acceptance,
    responses((status = 204, description = "Accepted")))]
pub async fn accept_invite(State(app): State<App>, Valid(input): Valid<Acceptance>) -> Result<Reply> {
    super::accept::accept(&app, &input).await
}

/// List invitations; those of staff are shown to ADMIN only.
#[utoipa::path(get, path = "/api/v1/users/invitations", tag = "users", params(SearchList<InvitationFilter>),
    responses((status = 200, description = "Invitations, the newest first", body = Vec<Invitation>)))]
pub async fn list_invitations(
    State(app): State<App>,
    caller: Allowed<policy::ListInvitations>,
    SearchList(list): SearchList<InvitationFilter>,
) -> Result<Reply> {
    may_administer(&caller)?;
    let mut db = app.read(&caller).await?;
    let order = list.paging.order_by(SORT, ORDER.0, ORDER.1)?;
    let only_clients = caller.role != Role::Admin;
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order, only_clients, app.now()).await?;
    Reply::list(&rows, list.paging.pagination(counted))
}

/// Show an invitation.
#[utoipa::path(get, path = "/api/v1/users/invitations/{id}", tag = "users",
    params(("id" = InvitationId, Path, description = "The invitation")),
    responses((status = 200, description = "The invitation", body = Invitation)))]
pub async fn get_invitation(
    State(app): State<App>,
    caller: Allowed<policy::GetInvitation>,
    Id(id): Id<InvitationId>,
) -> Result<Reply> {
    may_administer(&caller)?;
    let mut db = app.read(&caller).await?;
    let found = store::find(&mut db, id, app.now()).await?.filter(|found| reaches(&caller, found));
    Reply::found(&found.ok_or_else(Error::not_found)?)
}

/// Take a pending invitation back; its link is void at once.
#[utoipa::path(post, path = "/api/v1/users/invitations/{id}/revoke", tag = "users",
    params(("id" = InvitationId, Path, description = "The invitation"), IdempotencyKey),
    responses((status = 200, description = "The invitation", body = Invitation)))]
pub async fn revoke_invitation(
    State(app): State<App>,
    caller: Allowed<policy::RevokeInvitation>,
    Id(id): Id<InvitationId>,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<Reply> {
    may_administer(&caller)?;
    let mut work = app.begin(&caller, key).await?;
    let invitation = super::revoke(&mut work, &caller, id).await?;
    work.commit(Reply::found(&invitation)?).await
}

/// Send an invitation again: the same words with a new link, which makes the earlier one void.
///
/// One that came too late can be sent again too.
#[utoipa::path(post, path = "/api/v1/users/invitations/{id}/resend", tag = "users",
    params(("id" = InvitationId, Path, description = "The invitation"), IdempotencyKey),
    responses((status = 201, description = "The new invitation", body = Invitation)))]
pub async fn resend_invitation(
    State(app): State<App>,
    caller: Allowed<policy::ResendInvitation>,
    Id(id): Id<InvitationId>,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<Reply> {
    may_administer(&caller)?;
    let mut work = app.begin(&caller, key).await?;
    let invitation = super::resend(&mut work, &caller, id).await?;
    work.commit(Reply::created(&invitation)?).await
}
