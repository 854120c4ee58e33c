//! `/exports`: the lists' pages order their lists as files.
//!
//! Each list has an address of its own, because each has its row in the role matrix. The form is
//! `templates/exports/button.html`, which a list's page includes.

use axum::{extract::State, response::Response, routing::post};
use shared::{
    App, Error, Result,
    auth::{Allowed, policy},
    export::{self, PageOrder, Table},
    http::Routes,
    web::Page,
};

use super::{Companies, Employees, Workplaces};
use crate::{companies::CompanyFilter, employees::EmployeeFilter, workplaces::WorkplaceFilter};

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ExportCompanies>("/exports/companies", post(companies))
        .page::<policy::ExportWorkplaces>("/exports/workplaces", post(workplaces))
        .page::<policy::ExportEmployees>("/exports/employees", post(employees))
}

async fn companies(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ExportCompanies>,
    order: PageOrder<CompanyFilter>,
) -> Result<Response> {
    start::<Companies>(&app, &page, &caller, order).await
}

async fn workplaces(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ExportWorkplaces>,
    order: PageOrder<WorkplaceFilter>,
) -> Result<Response> {
    start::<Workplaces>(&app, &page, &caller, order).await
}

async fn employees(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ExportEmployees>,
    order: PageOrder<EmployeeFilter>,
) -> Result<Response> {
    start::<Employees>(&app, &page, &caller, order).await
}

/// Starts the job and goes to its page.
async fn start<T: Table>(
    app: &App,
    page: &Page,
    caller: &Allowed<T::Permission>,
    PageOrder(wanted): PageOrder<T::Filter>,
) -> Result<Response> {
    let reply = export::order::<T>(app, caller, None, &wanted).await?;
    let job = reply.data().and_then(|job| job["jobId"].as_str());
    let job = job.ok_or_else(|| Error::internal("an export without a job"))?;
    Ok(page.redirect(&format!("/jobs/{job}")))
}
