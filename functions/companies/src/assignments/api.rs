//! `/api/v1/assignments`.

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{Change, Expected, Id, IdempotencyKey, List, Paging, Reply, Routes, Seen, Valid, page::SortField, routes},
    types::istanbul,
};

use super::{Assignment, AssignmentError, AssignmentFilter, AssignmentId, NewAssignment, PatchAssignment, store};

/// The body of a change, named for the OpenAPI document.
type AssignmentChange = Change<PatchAssignment>;

const SORT: &[SortField] =
    &[("startsOn", "a.starts_on"), ("endsOn", "a.ends_on"), ("kind", "a.kind"), ("createdAt", "a.created_at")];

/// The routes of assignments.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_assignments))
        .add(routes!(create_assignment))
        .add(routes!(get_assignment))
        .add(routes!(update_assignment))
        .add(routes!(delete_assignment))
        .add(routes!(restore_assignment))
}

/// The order that a list asks for; the latest first if it asks for none.
pub(crate) fn order(paging: &Paging) -> Result<String> {
    paging.order_by(SORT, "a.starts_on DESC", "a.id")
}

/// List assignments, the latest first; `q` looks for the workplace's name.
#[utoipa::path(get, path = "/api/v1/assignments", tag = "assignments", params(List<AssignmentFilter>),
    responses((status = 200, description = "The assignments", body = Vec<Assignment>)))]
pub async fn list_assignments(
    State(app): State<App>,
    caller: Allowed<policy::ListAssignments>,
    list: List<AssignmentFilter>,
) -> Result<Reply> {
    list.paging.check(&caller)?;
    let order = order(&list.paging)?;
    let mut db = app.read(&caller).await?;
    let today = istanbul::today(app.now());
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order, today).await?;
    Reply::list(&rows, list.paging.pagination(counted))
}

/// Assign a professional to a workplace.
#[utoipa::path(post, path = "/api/v1/assignments", tag = "assignments", params(IdempotencyKey),
    request_body = NewAssignment, responses((status = 201, description = "The new assignment", body = Assignment)))]
pub async fn create_assignment(
    State(app): State<App>,
    caller: Allowed<policy::CreateAssignment>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(new): Valid<NewAssignment>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let assignment = super::create(&mut work, new).await?;
    work.commit(Reply::created(&assignment)?).await
}

/// Show an assignment.
#[utoipa::path(get, path = "/api/v1/assignments/{id}", tag = "assignments",
    params(("id" = AssignmentId, Path, description = "The assignment")),
    responses((status = 200, description = "The assignment", body = Assignment)))]
pub async fn get_assignment(
    State(app): State<App>,
    caller: Allowed<policy::GetAssignment>,
    Id(id): Id<AssignmentId>,
) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    Reply::found(&store::find(&mut db, id).await?.ok_or(AssignmentError::NotFound)?)
}

/// Change an assignment's kind, days or minutes.
#[utoipa::path(patch, path = "/api/v1/assignments/{id}", tag = "assignments",
    params(("id" = AssignmentId, Path, description = "The assignment")),
    request_body = AssignmentChange, responses((status = 200, description = "The assignment", body = Assignment)))]
pub async fn update_assignment(
    State(app): State<App>,
    caller: Allowed<policy::UpdateAssignment>,
    Id(id): Id<AssignmentId>,
    Change { version, input }: Change<PatchAssignment>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    let assignment = super::update(&mut work, id, version, input).await?;
    work.commit(Reply::found(&assignment)?).await
}

/// Delete an assignment that should never have been; to end one, set its last day.
#[utoipa::path(delete, path = "/api/v1/assignments/{id}", tag = "assignments",
    params(("id" = AssignmentId, Path, description = "The assignment"), Expected),
    responses((status = 204, description = "Deleted")))]
pub async fn delete_assignment(
    State(app): State<App>,
    caller: Allowed<policy::DeleteAssignment>,
    Id(id): Id<AssignmentId>,
    Expected(version): Expected,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    super::delete(&mut work, id, version).await?;
    work.commit(Reply::no_content()).await
}

/// Bring a deleted assignment back.
#[utoipa::path(post, path = "/api/v1/assignments/{id}/restore", tag = "assignments",
    params(("id" = AssignmentId, Path, description = "The assignment"), IdempotencyKey, Seen),
    responses((status = 200, description = "The assignment", body = Assignment)))]
pub async fn restore_assignment(
    State(app): State<App>,
    caller: Allowed<policy::RestoreAssignment>,
    Id(id): Id<AssignmentId>,
    IdempotencyKey(key): IdempotencyKey,
    Seen(version): Seen,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let assignment = super::restore(&mut work, id, version).await?;
    work.commit(Reply::found(&assignment)?).await
}
