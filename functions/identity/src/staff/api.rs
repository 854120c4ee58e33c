//! `/api/v1/staff`.

use axum::extract::State;
use shared::{
    App, Error, Result,
    auth::{Allowed, UserId, policy},
    http::{
        Routes,
        extract::{Change, Id, IdempotencyKey, SearchList, Step, Valid},
        page::SortField,
        reply::Reply,
        routes,
    },
};

use super::{
    NewStaff, Staff, StaffRole, StaffSeen,
    change::{self, Deactivation, PatchStaff},
    store,
};
use crate::{invitations::Invitation, registration::api::Accepted};

/// What the list can be sorted by.
pub(super) const SORT: &[SortField] = &[("name", "u.name"), ("createdAt", "u.created_at")];
/// The order that it has by itself.
pub(super) const ORDER: (&str, &str) = ("u.name", "u.id");

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_staff))
        .add(routes!(create_staff))
        .add(routes!(get_staff))
        .add(routes!(update_staff))
        .add(routes!(deactivate_staff))
        .add(routes!(reactivate_staff))
        .add(routes!(reset_staff_password))
}

shared::input! {
    /// What the list of staff can be narrowed by.
    pub struct StaffFilter {
        /// The role.
        pub role: Option<StaffRole>,
        /// Whether the user may sign in.
        pub is_active: Option<bool>,
    }
}

/// List staff.
///
/// OFFICE, which assigns them, is shown who they are and what they do; ADMIN everything.
#[utoipa::path(get, path = "/api/v1/staff", tag = "staff", params(SearchList<StaffFilter>),
    responses((status = 200, description = "Staff, by name", body = Vec<StaffSeen>)))]
pub async fn list_staff(
    State(app): State<App>,
    caller: Allowed<policy::ListStaff>,
    SearchList(list): SearchList<StaffFilter>,
) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    let order = list.paging.order_by(SORT, ORDER.0, ORDER.1)?;
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order).await?;
    let seen: Vec<_> = rows.into_iter().map(|staff| StaffSeen::by(caller.role, staff)).collect();
    Reply::list(&seen, list.paging.pagination(counted))
}

/// Invite somebody to the staff.
///
/// The invited person gets a link that is good for 72 hours and chooses the password himself. The
/// answer is the same whether the e-mail has an account already or not.
#[utoipa::path(post, path = "/api/v1/staff", tag = "staff", request_body = NewStaff, params(IdempotencyKey),
    responses((status = 201, description = "The invitation", body = Invitation)))]
pub async fn create_staff(
    State(app): State<App>,
    caller: Allowed<policy::CreateStaff>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(new): Valid<NewStaff>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let invitation = super::invite(&mut work, &caller, new).await?;
    work.commit(Reply::created(&invitation)?).await
}

/// Show one of the staff: to OFFICE in short, as in the list.
#[utoipa::path(get, path = "/api/v1/staff/{id}", tag = "staff", params(("id" = UserId, Path, description = "The user")),
    responses((status = 200, description = "The user", body = StaffSeen)))]
pub async fn get_staff(State(app): State<App>, caller: Allowed<policy::GetStaff>, Id(id): Id<UserId>) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    let staff = store::find(&mut db, id).await?.ok_or_else(Error::not_found)?;
    Reply::found(&StaffSeen::by(caller.role, staff))
}

/// Change one of the staff.
///
/// A change of role is audited and ends the user's sessions. Nobody changes the own role, and the
/// last active administrator stays one.
#[utoipa::path(patch, path = "/api/v1/staff/{id}", tag = "staff", request_body = Change<PatchStaff>,
    params(("id" = UserId, Path, description = "The user")),
    responses((status = 200, description = "The user", body = Staff)))]
pub async fn update_staff(
    State(app): State<App>,
    caller: Allowed<policy::UpdateStaff>,
    Id(id): Id<UserId>,
    Change { version, input }: Change<PatchStaff>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    let staff = change::update(&mut work, &caller, id, version, input).await?;
    let reply = work.commit(Reply::found(&staff)?).await?;
    super::forget(&app, &caller, id).await;
    Ok(reply)
}

/// Deactivate one of the staff: the sessions end, and signing in is refused.
#[utoipa::path(post, path = "/api/v1/staff/{id}/deactivate", tag = "staff", request_body = Deactivation,
    params(("id" = UserId, Path, description = "The user"), IdempotencyKey),
    responses((status = 200, description = "The user", body = Staff)))]
pub async fn deactivate_staff(
    State(app): State<App>,
    caller: Allowed<policy::DeactivateStaff>,
    Id(id): Id<UserId>,
    IdempotencyKey(key): IdempotencyKey,
    Step(input): Step<Deactivation>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let staff = change::deactivate(&mut work, id, input).await?;
    let reply = work.commit(Reply::found(&staff)?).await?;
    super::forget(&app, &caller, id).await;
    Ok(reply)
}

/// Let a deactivated one of the staff in again.
#[utoipa::path(post, path = "/api/v1/staff/{id}/reactivate", tag = "staff",
    params(("id" = UserId, Path, description = "The user"), IdempotencyKey),
    responses((status = 200, description = "The user", body = Staff)))]
pub async fn reactivate_staff(
    State(app): State<App>,
    caller: Allowed<policy::ReactivateStaff>,
    Id(id): Id<UserId>,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let staff = change::reactivate(&mut work, id).await?;
    work.commit(Reply::found(&staff)?).await
}

/// Send one of the staff a link that sets a new password.
#[utoipa::path(post, path = "/api/v1/staff/{id}/reset-password", tag = "staff",
    params(("id" = UserId, Path, description = "The user")),
    responses((status = 202, description = "A mail was sent", body = Accepted)))]
pub async fn reset_staff_password(
    State(app): State<App>,
    caller: Allowed<policy::ResetStaffPassword>,
    Id(id): Id<UserId>,
) -> Result<Reply> {
    super::send_password_link(&app, &caller, id).await?;
    Reply::accepted(&Accepted::mail())
}
