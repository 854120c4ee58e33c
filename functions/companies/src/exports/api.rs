//! `POST /api/v1/companies/export` and its neighbours.

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    export::{self, Wanted},
    http::{IdempotencyKey, Reply, Routes, Valid, routes},
    jobs::Started,
};

use super::{Companies, Employees, Workplaces};
use crate::{companies::CompanyFilter, employees::EmployeeFilter, workplaces::WorkplaceFilter};

/// The bodies, named for the OpenAPI document.
type CompanyExport = Wanted<CompanyFilter>;
type WorkplaceExport = Wanted<WorkplaceFilter>;
type EmployeeExport = Wanted<EmployeeFilter>;

/// The routes of the files.
pub fn routes() -> Routes {
    Routes::new().add(routes!(export_companies)).add(routes!(export_workplaces)).add(routes!(export_employees))
}

/// Have the list of companies as a file.
///
/// The body takes the list's own filters, words to look for and an order; the file shows what the caller's list shows.
/// The answer names a job: `GET /api/v1/jobs/{id}` tells how far it is and, at the end, where the file can be fetched.
/// The tax number of a sole trader is his TCKN and stays masked.
#[utoipa::path(post, path = "/api/v1/companies/export", tag = "companies", params(IdempotencyKey),
    request_body = CompanyExport, responses((status = 202, description = "The job", body = Started)))]
pub async fn export_companies(
    State(app): State<App>,
    caller: Allowed<policy::ExportCompanies>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(wanted): Valid<CompanyExport>,
) -> Result<Reply> {
    export::order::<Companies>(&app, &caller, key, &wanted).await
}

/// Have the list of workplaces as a file, with headcounts and the service that the law asks for.
///
/// As with the file of companies.
#[utoipa::path(post, path = "/api/v1/workplaces/export", tag = "workplaces", params(IdempotencyKey),
    request_body = WorkplaceExport, responses((status = 202, description = "The job", body = Started)))]
pub async fn export_workplaces(
    State(app): State<App>,
    caller: Allowed<policy::ExportWorkplaces>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(wanted): Valid<WorkplaceExport>,
) -> Result<Reply> {
    export::order::<Workplaces>(&app, &caller, key, &wanted).await
}

/// Have the list of employees as a file.
///
/// As with the file of companies. The TCKN is masked unless an ADMIN asks for it by `reveal`, which is recorded.
#[utoipa::path(post, path = "/api/v1/employees/export", tag = "employees", params(IdempotencyKey),
    request_body = EmployeeExport, responses((status = 202, description = "The job", body = Started)))]
pub async fn export_employees(
    State(app): State<App>,
    caller: Allowed<policy::ExportEmployees>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(wanted): Valid<EmployeeExport>,
) -> Result<Reply> {
    export::order::<Employees>(&app, &caller, key, &wanted).await
}
