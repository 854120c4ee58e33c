//! One step for many chosen companies.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, CompanyId, policy},
    http::Reply,
    types::Text,
    web::{Choice, Form, FormState, Page},
};

use super::super::{Company, CompanyStatus, StatusChange, change_status, store};
use crate::pages::bulk::{self, Outcome};

shared::input! {
    /// A step of many companies. Without `confirmed` it is only asked for.
    pub struct ManySteps {
        /// The companies.
        pub ids: Vec<CompanyId>,
        /// Whether the page that asks has been seen.
        pub confirmed: Option<bool>,
        /// Where they go.
        pub to: Option<CompanyStatus>,
        /// Why.
        pub reason: Option<Text<2, 500>>,
    }
}

#[derive(Template)]
#[template(path = "companies/bulk_status.html")]
struct BulkPage<'a> {
    page: &'a Page,
    form: FormState,
    companies: Vec<Company>,
    statuses: Vec<Choice>,
}

/// The address alone chooses nothing.
pub(super) async fn back(page: Page, _: Allowed<policy::ChangeCompanyStatus>) -> Response {
    page.redirect("/panel/companies")
}

/// Asks for the step, and takes it for each company by its own rule.
pub(super) async fn change(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ChangeCompanyStatus>,
    mut form: Form<ManySteps>,
) -> Result<Response> {
    let keys = bulk::keys(&form.state)?;
    let mut companies = store::these(&mut *app.read(&caller).await?, &keys).await?;
    companies.retain(|company| company.deleted_at.is_none());
    companies.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    let statuses = page.words::<CompanyStatus>("companyStatus");
    let steps = match form.read() {
        Ok(steps) if steps.confirmed != Some(true) => {
            return page.show(&BulkPage { page: &page, form: form.state, companies, statuses });
        }
        Ok(ManySteps { to: Some(to), reason, .. }) => Ok((to, reason)),
        Ok(_) => Err(bulk::missing(["to"])),
        Err(error) => Err(error),
    };
    let (to, reason) = match steps {
        Ok(steps) => steps,
        Err(error) => {
            let form = form.refused(error)?;
            let view = BulkPage { page: &page, form, companies, statuses };
            return page.show_again(&view.form, &view);
        }
    };
    let mut outcomes = Vec::with_capacity(companies.len());
    for company in companies {
        let change = StatusChange { to, reason: reason.clone(), version: Some(company.version) };
        let result = async {
            let mut work = app.begin(&caller, None).await?;
            let view = change_status(&mut work, company.id, change).await?;
            work.commit(Reply::found(&view)?).await
        };
        let href = format!("/panel/companies/{}", company.id);
        outcomes.push(Outcome::of(&page, &company.name, href, result.await)?);
    }
    bulk::show(&page, page.t("companies.bulk_status"), "/panel/companies", outcomes)
}
