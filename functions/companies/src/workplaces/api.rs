//! `/api/v1/workplaces`.

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{
        Change, Expected, Id, IdempotencyKey, List, Paging, Reply, Routes, Seen, Step, Valid, page::SortField, routes,
    },
};

use super::{
    DangerClassOverride, NewWorkplace, PatchWorkplace, WorkplaceError, WorkplaceFilter, WorkplaceId, WorkplaceView,
    store,
};
use crate::reach::Reach;

/// The body of a change, named for the OpenAPI document.
type WorkplaceChange = Change<PatchWorkplace>;

const SORT: &[SortField] = &[
    ("title", "w.title"),
    ("createdAt", "w.created_at"),
    ("dangerClass", "w.danger_class"),
    ("openedAt", "w.opened_at"),
];

/// The routes of workplaces.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_workplaces))
        .add(routes!(create_workplace))
        .add(routes!(get_workplace))
        .add(routes!(update_workplace))
        .add(routes!(delete_workplace))
        .add(routes!(restore_workplace))
        .add(routes!(override_danger_class))
}

/// The order that a list asks for; by title if it asks for none.
pub(crate) fn order(paging: &Paging) -> Result<String> {
    paging.order_by(SORT, "w.title", "w.id")
}

/// List workplaces with their headcounts and the service that the law asks for.
#[utoipa::path(get, path = "/api/v1/workplaces", tag = "workplaces", params(List<WorkplaceFilter>),
    responses((status = 200, description = "The workplaces", body = Vec<WorkplaceView>)))]
pub async fn list_workplaces(
    State(app): State<App>,
    caller: Allowed<policy::ListWorkplaces>,
    list: List<WorkplaceFilter>,
) -> Result<Reply> {
    list.paging.check(&caller)?;
    let order = order(&list.paging)?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, Reach::of(&caller), &list.paging, &list.filter, &order).await?;
    let shown = super::show(&app, &mut db, rows).await?;
    Reply::list(&shown, list.paging.pagination(counted))
}

/// Add a workplace to a company.
#[utoipa::path(post, path = "/api/v1/workplaces", tag = "workplaces", params(IdempotencyKey),
    request_body = NewWorkplace,
    responses((status = 201, description = "The new workplace", body = WorkplaceView)))]
pub async fn create_workplace(
    State(app): State<App>,
    caller: Allowed<policy::CreateWorkplace>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(new): Valid<NewWorkplace>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let workplace = super::create(&mut work, new).await?;
    let shown = super::show_one(&app, &mut work, workplace).await?;
    work.commit(Reply::created(&shown)?).await
}

/// Show a workplace.
#[utoipa::path(get, path = "/api/v1/workplaces/{id}", tag = "workplaces",
    params(("id" = WorkplaceId, Path, description = "The workplace")),
    responses((status = 200, description = "The workplace", body = WorkplaceView)))]
pub async fn get_workplace(
    State(app): State<App>,
    caller: Allowed<policy::GetWorkplace>,
    Id(id): Id<WorkplaceId>,
) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    let workplace = store::find(&mut db, Reach::of(&caller), id).await?.ok_or(WorkplaceError::NotFound)?;
    Reply::found(&super::show_one(&app, &mut db, (workplace, None)).await?)
}

/// Change a workplace. Another activity may mean another danger class.
#[utoipa::path(patch, path = "/api/v1/workplaces/{id}", tag = "workplaces",
    params(("id" = WorkplaceId, Path, description = "The workplace")),
    request_body = WorkplaceChange,
    responses((status = 200, description = "The workplace", body = WorkplaceView)))]
pub async fn update_workplace(
    State(app): State<App>,
    caller: Allowed<policy::UpdateWorkplace>,
    Id(id): Id<WorkplaceId>,
    Change { version, input }: Change<PatchWorkplace>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    let workplace = super::update(&mut work, id, version, input).await?;
    let shown = super::show_one(&app, &mut work, workplace).await?;
    work.commit(Reply::found(&shown)?).await
}

/// Delete a workplace that nobody works at or serves any more.
#[utoipa::path(delete, path = "/api/v1/workplaces/{id}", tag = "workplaces",
    params(("id" = WorkplaceId, Path, description = "The workplace"), Expected),
    responses((status = 204, description = "Deleted")))]
pub async fn delete_workplace(
    State(app): State<App>,
    caller: Allowed<policy::DeleteWorkplace>,
    Id(id): Id<WorkplaceId>,
    Expected(version): Expected,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    super::delete(&mut work, id, version).await?;
    work.commit(Reply::no_content()).await
}

/// Bring a deleted workplace back.
#[utoipa::path(post, path = "/api/v1/workplaces/{id}/restore", tag = "workplaces",
    params(("id" = WorkplaceId, Path, description = "The workplace"), IdempotencyKey, Seen),
    responses((status = 200, description = "The workplace", body = WorkplaceView)))]
pub async fn restore_workplace(
    State(app): State<App>,
    caller: Allowed<policy::RestoreWorkplace>,
    Id(id): Id<WorkplaceId>,
    IdempotencyKey(key): IdempotencyKey,
    Seen(version): Seen,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let workplace = super::restore(&mut work, id, version).await?;
    let shown = super::show_one(&app, &mut work, (workplace, None)).await?;
    work.commit(Reply::found(&shown)?).await
}

/// Decide a danger class otherwise than the activity says, after an objection; null goes back.
#[utoipa::path(post, path = "/api/v1/workplaces/{id}/danger-class", tag = "workplaces",
    params(("id" = WorkplaceId, Path, description = "The workplace"), IdempotencyKey),
    request_body = DangerClassOverride,
    responses((status = 200, description = "The workplace", body = WorkplaceView)))]
pub async fn override_danger_class(
    State(app): State<App>,
    caller: Allowed<policy::OverrideDangerClass>,
    Id(id): Id<WorkplaceId>,
    IdempotencyKey(key): IdempotencyKey,
    Step(change): Step<DangerClassOverride>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let workplace = super::override_class(&mut work, id, change).await?;
    let shown = super::show_one(&app, &mut work, (workplace, None)).await?;
    work.commit(Reply::found(&shown)?).await
}
