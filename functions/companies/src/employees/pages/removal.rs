//! Deleting an employment that should never have been entered, and bringing one back.

use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, policy},
    http::{Id, Reply},
    web::{Form, FormState, Page, settle},
};

use super::{
    super::{Employee, EmployeeError, EmployeeId, delete as remove, restore as bring_back, store},
    find, record,
};
use crate::pages::{Said, again, ask::Ask};

/// Asks, and says that ending an employment is another thing.
pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeleteEmployee>,
    Id(id): Id<EmployeeId>,
) -> Result<Response> {
    let employee = find(&app, &caller, id).await?;
    ask_again(&page, page.step(employee.version), &employee)
}

/// Deletes the employment.
pub(super) async fn delete(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeleteEmployee>,
    Id(id): Id<EmployeeId>,
    mut form: Form<Said>,
) -> Result<Response> {
    let result = async {
        let (version, Said {}) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        remove(&mut work, id, version).await?;
        work.commit(Reply::no_content()).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done("/panel/employees", "employees.deleted"));
    };
    let employee = find(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&employee)).await?;
    ask_again(&page, form, &employee)
}

/// Asks whether to bring it back.
pub(super) async fn ask_restore(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::RestoreEmployee>,
    Id(id): Id<EmployeeId>,
) -> Result<Response> {
    let employee = find_deleted(&app, &caller, id).await?;
    ask_back(&page, page.step(employee.version), &employee)
}

/// Brings it back.
pub(super) async fn restore(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::RestoreEmployee>,
    Id(id): Id<EmployeeId>,
    mut form: Form<Said>,
) -> Result<Response> {
    let result = async {
        let (version, Said {}) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let employee = bring_back(&mut work, id, Some(version), caller.role).await?;
        work.commit(Reply::found(&employee)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done(&format!("/panel/employees/{id}"), "employees.restored"));
    };
    let employee = find_deleted(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&employee)).await?;
    ask_back(&page, form, &employee)
}

fn ask_again(page: &Page, form: FormState, employee: &Employee) -> Result<Response> {
    let back = format!("/panel/employees/{}", employee.id);
    let list = ("/panel/employees".to_owned(), page.t("employees.title").to_owned());
    Ask {
        page,
        form,
        crumbs: vec![list, (back.clone(), employee.full_name())],
        title: page.t("employees.delete"),
        text: page.t2("employees.delete_text", employee.full_name(), &employee.workplace_title),
        blockers: Vec::new(),
        is_deletion: true,
        back,
    }
    .show()
}

fn ask_back(page: &Page, form: FormState, employee: &Employee) -> Result<Response> {
    let list = ("/panel/employees", page.t("employees.title"));
    Ask::restoring(page, form, list, page.t("employees.restore"), employee.full_name(), employee.deleted_at).show()
}

async fn find_deleted(app: &App, caller: &Caller, id: EmployeeId) -> Result<Employee> {
    let found = store::these(&mut *app.read(caller).await?, &[id.as_uuid()]).await?.pop();
    Ok(found.filter(|employee| employee.deleted_at.is_some()).ok_or(EmployeeError::NotFound)?)
}
