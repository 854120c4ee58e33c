//! Deleting a company, which explains what stands in the way, and bringing one back.

use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, CompanyId, policy},
    http::{Id, Reply},
    web::{Form, FormState, Page, settle},
};

use super::{
    super::{Company, CompanyError, delete as remove, restore as bring_back, store},
    find, record,
};
use crate::pages::{Said, again, ask::Ask};

/// Asks, and says what would have to go first.
pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeleteCompany>,
    Id(id): Id<CompanyId>,
) -> Result<Response> {
    let company = find(&app, &caller, id).await?;
    ask_again(&app, &page, &caller, page.step(company.version), &company).await
}

/// Deletes the company.
pub(super) async fn delete(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeleteCompany>,
    Id(id): Id<CompanyId>,
    mut form: Form<Said>,
) -> Result<Response> {
    let result = async {
        let (version, Said {}) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        remove(&mut work, id, version).await?;
        work.commit(Reply::no_content()).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done("/panel/companies", "companies.deleted"));
    };
    let company = find(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&company)).await?;
    ask_again(&app, &page, &caller, form, &company).await
}

/// Asks whether to bring it back.
pub(super) async fn ask_restore(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::RestoreCompany>,
    Id(id): Id<CompanyId>,
) -> Result<Response> {
    let company = find_deleted(&app, &caller, id).await?;
    ask_back(&page, page.step(company.version), &company)
}

/// Brings it back.
pub(super) async fn restore(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::RestoreCompany>,
    Id(id): Id<CompanyId>,
    mut form: Form<Said>,
) -> Result<Response> {
    let result = async {
        let (version, Said {}) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let company = bring_back(&mut work, id, Some(version)).await?;
        work.commit(Reply::found(&company)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done(&format!("/panel/companies/{id}"), "companies.restored"));
    };
    let company = find_deleted(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&company)).await?;
    ask_back(&page, form, &company)
}

async fn ask_again(app: &App, page: &Page, caller: &Caller, form: FormState, company: &Company) -> Result<Response> {
    let id = company.id;
    let uses = store::dependents(&mut *app.read(caller).await?, id, app.now()).await?;
    let workplaces = format!("/panel/workplaces?companyId={id}");
    let employees = format!("/panel/employees?companyId={id}&isActive=true");
    let blockers = [
        (uses.workplaces, page.n("lists.uses_workplaces", uses.workplaces), Some(workplaces)),
        (uses.employees, page.n("lists.uses_employees", uses.employees), Some(employees)),
        (uses.users, page.n("lists.uses_users", uses.users), None),
        (uses.invitations, page.n("lists.uses_invitations", uses.invitations), None),
    ];
    let back = format!("/panel/companies/{id}");
    let list = ("/panel/companies".to_owned(), page.t("companies.title").to_owned());
    Ask {
        page,
        form,
        crumbs: vec![list, (back.clone(), company.name.to_string())],
        title: page.t("companies.delete"),
        text: page.t1("companies.delete_text", &company.name),
        blockers: blockers.into_iter().filter(|(count, ..)| *count > 0).map(|(_, text, href)| (text, href)).collect(),
        is_deletion: true,
        back,
    }
    .show()
}

fn ask_back(page: &Page, form: FormState, company: &Company) -> Result<Response> {
    let list = ("/panel/companies", page.t("companies.title"));
    Ask::restoring(page, form, list, page.t("companies.restore"), &company.name, company.deleted_at).show()
}

async fn find_deleted(app: &App, caller: &Caller, id: CompanyId) -> Result<Company> {
    let found = store::these(&mut *app.read(caller).await?, &[id.as_uuid()]).await?.pop();
    Ok(found.filter(|company| company.deleted_at.is_some()).ok_or(CompanyError::NotFound)?)
}
