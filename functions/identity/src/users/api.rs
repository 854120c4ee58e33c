//! `/api/v1/users`.

use axum::extract::State;
use shared::{
    App, Error, Result,
    auth::{Allowed, Caller, CompanyId, UserId, policy},
    db::Key,
    http::{
        Routes,
        extract::{Change, Id, IdempotencyKey, SearchList, Step, Valid},
        page::SortField,
        reply::Reply,
        routes,
    },
};

use super::{ClientUser, NewUser, PatchUser, may_administer, store};
use crate::{
    invitations::Invitation,
    staff::{self, Deactivation},
};

/// What the list can be sorted by.
pub(super) const SORT: &[SortField] = &[("name", "u.name"), ("createdAt", "u.created_at")];
/// The order that it has by itself.
pub(super) const ORDER: (&str, &str) = ("u.name", "u.id");

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_users))
        .add(routes!(create_user))
        .add(routes!(invite_user))
        .add(routes!(get_user))
        .add(routes!(update_user))
        .add(routes!(deactivate_user))
        .add(routes!(reactivate_user))
}

shared::input! {
    /// What the list of users can be narrowed by.
    pub struct UserFilter {
        /// The company.
        pub company_id: Option<CompanyId>,
        /// Whether the user may sign in.
        pub is_active: Option<bool>,
    }
}

/// List customers' users.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(SearchList<UserFilter>),
    responses((status = 200, description = "Users, by name", body = Vec<ClientUser>)))]
pub async fn list_users(
    State(app): State<App>,
    caller: Allowed<policy::ListUsers>,
    SearchList(list): SearchList<UserFilter>,
) -> Result<Reply> {
    may_administer(&caller)?;
    let mut db = app.read(&caller).await?;
    let order = list.paging.order_by(SORT, ORDER.0, ORDER.1)?;
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order).await?;
    Reply::list(&rows, list.paging.pagination(counted))
}

/// Let somebody of a customer in: the same as inviting, for nobody types somebody else's password.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewUser, params(IdempotencyKey),
    responses((status = 201, description = "The invitation", body = Invitation)))]
pub async fn create_user(
    State(app): State<App>,
    caller: Allowed<policy::CreateUser>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(new): Valid<NewUser>,
) -> Result<Reply> {
    invite(&app, &caller, key, new).await
}

/// Invite somebody of a customer.
///
/// The link is good for 72 hours. The answer is the same whether the e-mail has an account already or not.
#[utoipa::path(post, path = "/api/v1/users/invite", tag = "users", request_body = NewUser, params(IdempotencyKey),
    responses((status = 201, description = "The invitation", body = Invitation)))]
pub async fn invite_user(
    State(app): State<App>,
    caller: Allowed<policy::InviteUser>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(new): Valid<NewUser>,
) -> Result<Reply> {
    invite(&app, &caller, key, new).await
}

async fn invite(app: &App, caller: &Caller, key: Option<Key>, new: NewUser) -> Result<Reply> {
    may_administer(caller)?;
    let mut work = app.begin(caller, key).await?;
    let invitation = super::invite(&mut work, caller, new).await?;
    work.commit(Reply::created(&invitation)?).await
}

/// Show a customer's user.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "users", params(("id" = UserId, Path, description = "The user")),
    responses((status = 200, description = "The user", body = ClientUser)))]
pub async fn get_user(State(app): State<App>, caller: Allowed<policy::GetUser>, Id(id): Id<UserId>) -> Result<Reply> {
    may_administer(&caller)?;
    let mut db = app.read(&caller).await?;
    Reply::found(&store::find(&mut db, id).await?.ok_or_else(Error::not_found)?)
}

/// Change a customer's user.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", request_body = Change<PatchUser>,
    params(("id" = UserId, Path, description = "The user")),
    responses((status = 200, description = "The user", body = ClientUser)))]
pub async fn update_user(
    State(app): State<App>,
    caller: Allowed<policy::UpdateUser>,
    Id(id): Id<UserId>,
    Change { version, input }: Change<PatchUser>,
) -> Result<Reply> {
    may_administer(&caller)?;
    let mut work = app.begin(&caller, None).await?;
    let user = super::update(&mut work, caller.user, id, version, input).await?;
    let reply = work.commit(Reply::found(&user)?).await?;
    staff::forget(&app, &caller, id).await;
    Ok(reply)
}

/// Deactivate a customer's user: the sessions end, and signing in is refused.
#[utoipa::path(post, path = "/api/v1/users/{id}/deactivate", tag = "users", request_body = Deactivation,
    params(("id" = UserId, Path, description = "The user"), IdempotencyKey),
    responses((status = 200, description = "The user", body = ClientUser)))]
pub async fn deactivate_user(
    State(app): State<App>,
    caller: Allowed<policy::DeactivateUser>,
    Id(id): Id<UserId>,
    IdempotencyKey(key): IdempotencyKey,
    Step(input): Step<Deactivation>,
) -> Result<Reply> {
    may_administer(&caller)?;
    let mut work = app.begin(&caller, key).await?;
    let user = super::deactivate(&mut work, caller.user, id, input).await?;
    let reply = work.commit(Reply::found(&user)?).await?;
    staff::forget(&app, &caller, id).await;
    Ok(reply)
}

/// Let a deactivated user of a customer in again.
#[utoipa::path(post, path = "/api/v1/users/{id}/reactivate", tag = "users",
    params(("id" = UserId, Path, description = "The user"), IdempotencyKey),
    responses((status = 200, description = "The user", body = ClientUser)))]
pub async fn reactivate_user(
    State(app): State<App>,
    caller: Allowed<policy::ReactivateUser>,
    Id(id): Id<UserId>,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<Reply> {
    may_administer(&caller)?;
    let mut work = app.begin(&caller, key).await?;
    let user = super::reactivate(&mut work, caller.user, id).await?;
    work.commit(Reply::found(&user)?).await
}
