//! `/api/v1/companies`.

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, CompanyId, policy},
    http::{
        Change, Expected, Id, IdempotencyKey, List, Paging, PlainList, Reply, Routes, Seen, Step, Valid,
        page::SortField, routes,
    },
};

use super::{
    Company, CompanyError, CompanyFilter, CompanyView, NewCompany, PatchCompany, StatusChange, StatusStep, store,
};
use crate::reach::Reach;

/// The body of a change, named for the OpenAPI document.
type CompanyChange = Change<PatchCompany>;

pub(super) const SORT: &[SortField] = &[("name", "c.name"), ("createdAt", "c.created_at"), ("status", "c.status")];

/// The routes of companies.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_companies))
        .add(routes!(create_company))
        .add(routes!(get_company))
        .add(routes!(update_company))
        .add(routes!(delete_company))
        .add(routes!(restore_company))
        .add(routes!(change_company_status))
        .add(routes!(list_company_status_history))
}

/// The order that a list asks for; by name if it asks for none.
pub(crate) fn order(paging: &Paging) -> Result<String> {
    paging.order_by(SORT, "c.name", "c.id")
}

/// List companies.
///
/// Physicians and experts see the companies that they serve, a customer's user his own.
#[utoipa::path(get, path = "/api/v1/companies", tag = "companies", params(List<CompanyFilter>),
    responses((status = 200, description = "The companies", body = Vec<Company>)))]
pub async fn list_companies(
    State(app): State<App>,
    caller: Allowed<policy::ListCompanies>,
    list: List<CompanyFilter>,
) -> Result<Reply> {
    list.paging.check(&caller)?;
    let order = order(&list.paging)?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, Reach::of(&caller), &list.paging, &list.filter, &order).await?;
    Reply::list(&rows, list.paging.pagination(counted))
}

/// Add a company.
#[utoipa::path(post, path = "/api/v1/companies", tag = "companies", params(IdempotencyKey),
    request_body = NewCompany, responses((status = 201, description = "The new company", body = CompanyView)))]
pub async fn create_company(
    State(app): State<App>,
    caller: Allowed<policy::CreateCompany>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(new): Valid<NewCompany>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let company = super::create(&mut work, new).await?;
    work.commit(Reply::created(&company)?).await
}

/// Show a company with what the features count for it.
#[utoipa::path(get, path = "/api/v1/companies/{id}", tag = "companies",
    params(("id" = CompanyId, Path, description = "The company")),
    responses((status = 200, description = "The company", body = CompanyView)))]
pub async fn get_company(
    State(app): State<App>,
    caller: Allowed<policy::GetCompany>,
    Id(id): Id<CompanyId>,
) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    let company = store::find(&mut db, Reach::of(&caller), id).await?.ok_or(CompanyError::NotFound)?;
    let facts = store::facts(&mut db, id).await?;
    Reply::found(&CompanyView::new(company, facts, Vec::new()))
}

/// Change a company.
#[utoipa::path(patch, path = "/api/v1/companies/{id}", tag = "companies",
    params(("id" = CompanyId, Path, description = "The company")),
    request_body = CompanyChange,
    responses((status = 200, description = "The company", body = CompanyView)))]
pub async fn update_company(
    State(app): State<App>,
    caller: Allowed<policy::UpdateCompany>,
    Id(id): Id<CompanyId>,
    Change { version, input }: Change<PatchCompany>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    let company = super::update(&mut work, id, version, input).await?;
    work.commit(Reply::found(&company)?).await
}

/// Delete a company that nothing depends on any more.
#[utoipa::path(delete, path = "/api/v1/companies/{id}", tag = "companies",
    params(("id" = CompanyId, Path, description = "The company"), Expected),
    responses((status = 204, description = "Deleted")))]
pub async fn delete_company(
    State(app): State<App>,
    caller: Allowed<policy::DeleteCompany>,
    Id(id): Id<CompanyId>,
    Expected(version): Expected,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    super::delete(&mut work, id, version).await?;
    work.commit(Reply::no_content()).await
}

/// Bring a deleted company back.
#[utoipa::path(post, path = "/api/v1/companies/{id}/restore", tag = "companies",
    params(("id" = CompanyId, Path, description = "The company"), IdempotencyKey, Seen),
    responses((status = 200, description = "The company", body = CompanyView)))]
pub async fn restore_company(
    State(app): State<App>,
    caller: Allowed<policy::RestoreCompany>,
    Id(id): Id<CompanyId>,
    IdempotencyKey(key): IdempotencyKey,
    Seen(version): Seen,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let company = super::restore(&mut work, id, version).await?;
    work.commit(Reply::found(&company)?).await
}

/// Take a company to another status.
#[utoipa::path(post, path = "/api/v1/companies/{id}/status", tag = "companies",
    params(("id" = CompanyId, Path, description = "The company"), IdempotencyKey), request_body = StatusChange,
    responses((status = 200, description = "The company", body = CompanyView)))]
pub async fn change_company_status(
    State(app): State<App>,
    caller: Allowed<policy::ChangeCompanyStatus>,
    Id(id): Id<CompanyId>,
    IdempotencyKey(key): IdempotencyKey,
    Step(change): Step<StatusChange>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let company = super::change_status(&mut work, id, change).await?;
    work.commit(Reply::found(&company)?).await
}

shared::input! {
    /// Nothing but the page.
    pub struct NoFilter {}
}

/// List the steps of a company from status to status, the latest first.
#[utoipa::path(get, path = "/api/v1/companies/{id}/status-history", tag = "companies",
    params(("id" = CompanyId, Path, description = "The company"), PlainList<NoFilter>),
    responses((status = 200, description = "The steps", body = Vec<StatusStep>)))]
pub async fn list_company_status_history(
    State(app): State<App>,
    caller: Allowed<policy::ListCompanyStatusHistory>,
    Id(id): Id<CompanyId>,
    PlainList(list): PlainList<NoFilter>,
) -> Result<Reply> {
    list.paging.order_by(&[], "created_at", "id")?;
    let mut db = app.read(&caller).await?;
    store::find(&mut db, Reach::of(&caller), id).await?.ok_or(CompanyError::NotFound)?;
    let (rows, counted) = store::list_status(&mut db, id.as_uuid(), &list.paging).await?;
    Reply::list(&rows, list.paging.pagination(counted))
}
