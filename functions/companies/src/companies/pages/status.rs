//! The step of a company to another status: a page that asks, which the company's page also opens as a dialog.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, CompanyId, policy},
    http::{Id, Reply},
    web::{Choice, Form, FormState, Page, settle},
};

use super::{
    super::{Company, CompanyStatus, StatusChange, change_status},
    find, record,
};
use crate::pages::again;

#[derive(Template)]
#[template(path = "companies/status.html")]
struct StatusPage<'a> {
    page: &'a Page,
    company: Company,
    form: FormState,
    next: Vec<Choice>,
}

/// Where a company may go, in words.
pub(super) fn ways(page: &Page, from: CompanyStatus) -> Vec<Choice> {
    from.next().iter().map(|status| Choice::new(status, page.word("companyStatus", status))).collect()
}

/// Asks where to.
pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ChangeCompanyStatus>,
    Id(id): Id<CompanyId>,
) -> Result<Response> {
    let company = find(&app, &caller, id).await?;
    let next = ways(&page, company.status);
    page.show(&StatusPage { page: &page, form: page.step(company.version), company, next })
}

/// Takes the step.
pub(super) async fn change(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ChangeCompanyStatus>,
    Id(id): Id<CompanyId>,
    mut form: Form<StatusChange>,
) -> Result<Response> {
    let result = async {
        let (version, change) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let company = change_status(&mut work, id, StatusChange { version: Some(version), ..change }).await?;
        work.commit(Reply::found(&company)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done(&format!("/panel/companies/{id}"), "companies.status_changed"));
    };
    let company = find(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&company)).await?;
    let next = ways(&page, company.status);
    let view = StatusPage { page: &page, form, company, next };
    page.show_again(&view.form, &view)
}
