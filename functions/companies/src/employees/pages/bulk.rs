//! The end of many chosen employments, as when a workplace closes.

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::Reply,
    types::{Text, istanbul},
    web::{Form, FormState, Page},
};

use super::super::{Employee, EmployeeId, Termination, store, terminate as end};
use crate::pages::bulk::{self, Outcome};

shared::input! {
    /// The end of many employments. Without `confirmed` it is only asked for.
    pub struct ManyEnds {
        /// The employments.
        pub ids: Vec<EmployeeId>,
        /// Whether the page that asks has been seen.
        pub confirmed: Option<bool>,
        /// The last day.
        pub end_date: Option<NaiveDate>,
        /// Why.
        pub reason: Option<Text<2, 500>>,
    }
}

#[derive(Template)]
#[template(path = "employees/bulk.html")]
struct BulkPage<'a> {
    page: &'a Page,
    form: FormState,
    employees: Vec<Employee>,
}

/// The address alone chooses nobody.
pub(super) async fn back(page: Page, _: Allowed<policy::TerminateEmployee>) -> Response {
    page.redirect(&format!("{}/employees", page.home()))
}

/// Asks for the end, and ends each employment by its own rule.
pub(super) async fn terminate(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::TerminateEmployee>,
    mut form: Form<ManyEnds>,
) -> Result<Response> {
    let keys = bulk::keys(&form.state)?;
    let mut employees = store::these(&mut *app.read(&caller).await?, &keys).await?;
    employees.retain(|employee| employee.deleted_at.is_none());
    employees.sort_by_key(Employee::full_name);
    let read = form.read();
    if read.as_ref().is_ok_and(|many| many.confirmed != Some(true)) {
        let form = form.state.with("endDate", istanbul::today(app.now()));
        return page.show(&BulkPage { page: &page, form, employees });
    }
    let (end_date, reason) = match read.and_then(complete) {
        Ok(read) => read,
        Err(error) => {
            let view = BulkPage { page: &page, form: form.refused(error)?, employees };
            return page.show_again(&view.form, &view);
        }
    };
    let list = format!("{}/employees", page.home());
    let mut outcomes = Vec::with_capacity(employees.len());
    for employee in employees {
        let termination = Termination { end_date, reason: reason.clone(), version: Some(employee.version) };
        let result = async {
            let mut work = app.begin(&caller, None).await?;
            let view = end(&mut work, employee.id, termination, caller.role).await?;
            work.commit(Reply::found(&view)?).await
        };
        let href = format!("{list}/{}", employee.id);
        outcomes.push(Outcome::of(&page, employee.full_name(), href, result.await)?);
    }
    bulk::show(&page, page.t("employees.terminate"), &list, outcomes)
}

/// What an end cannot do without, all that is missing at once.
fn complete(many: ManyEnds) -> Result<(NaiveDate, Text<2, 500>)> {
    match (many.end_date, many.reason) {
        (Some(end_date), Some(reason)) => Ok((end_date, reason)),
        (end_date, reason) => {
            let given = [("endDate", end_date.is_some()), ("reason", reason.is_some())];
            Err(bulk::missing(given.into_iter().filter(|(_, given)| !given).map(|(name, _)| name)))
        }
    }
}
