//! The end of an employment: a page that asks and says what follows, which the employee's page opens as a dialog.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{Id, Reply},
    types::istanbul,
    web::{Form, FormState, Page, settle},
};

use super::{
    super::{Employee, EmployeeId, Termination, terminate as end},
    find, record,
};
use crate::pages::again;

#[derive(Template)]
#[template(path = "employees/terminate.html")]
struct EndPage<'a> {
    page: &'a Page,
    form: FormState,
    employee: Employee,
}

/// Asks for the last day and the reason.
pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::TerminateEmployee>,
    Id(id): Id<EmployeeId>,
) -> Result<Response> {
    let employee = find(&app, &caller, id).await?;
    let form = page.step(employee.version).with("endDate", istanbul::today(app.now()));
    page.show(&EndPage { page: &page, form, employee })
}

/// Ends the employment.
pub(super) async fn terminate(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::TerminateEmployee>,
    Id(id): Id<EmployeeId>,
    mut form: Form<Termination>,
) -> Result<Response> {
    let result = async {
        let (version, termination) = form.change()?;
        let termination = Termination { version: Some(version), ..termination };
        let mut work = app.begin(&caller, form.key.take()).await?;
        let employee = end(&mut work, id, termination, caller.role).await?;
        work.commit(Reply::found(&employee)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done(&format!("{}/employees/{id}", page.home()), "employees.terminated"));
    };
    let employee = find(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&employee)).await?;
    let view = EndPage { page: &page, form, employee };
    page.show_again(&view.form, &view)
}
