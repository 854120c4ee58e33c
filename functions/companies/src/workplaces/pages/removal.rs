//! Deleting a workplace, which explains what stands in the way, and bringing one back.

use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, policy},
    http::{Id, Reply},
    web::{Form, FormState, Page, settle},
};

use super::{
    super::{Workplace, WorkplaceError, WorkplaceId, delete as remove, restore as bring_back, show_one, store},
    find, record,
};
use crate::pages::{Said, again, ask::Ask};

/// Asks, and says what would have to go first.
pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeleteWorkplace>,
    Id(id): Id<WorkplaceId>,
) -> Result<Response> {
    let workplace = find(&app, &caller, id).await?;
    ask_again(&app, &page, &caller, page.step(workplace.version), &workplace).await
}

/// Deletes the workplace.
pub(super) async fn delete(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeleteWorkplace>,
    Id(id): Id<WorkplaceId>,
    mut form: Form<Said>,
) -> Result<Response> {
    let result = async {
        let (version, Said {}) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        remove(&mut work, id, version).await?;
        work.commit(Reply::no_content()).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done("/panel/workplaces", "workplaces.deleted"));
    };
    let workplace = find(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&workplace)).await?;
    ask_again(&app, &page, &caller, form, &workplace).await
}

/// Asks whether to bring it back.
pub(super) async fn ask_restore(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::RestoreWorkplace>,
    Id(id): Id<WorkplaceId>,
) -> Result<Response> {
    let workplace = find_deleted(&app, &caller, id).await?;
    ask_back(&page, page.step(workplace.version), &workplace)
}

/// Brings it back.
pub(super) async fn restore(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::RestoreWorkplace>,
    Id(id): Id<WorkplaceId>,
    mut form: Form<Said>,
) -> Result<Response> {
    let result = async {
        let (version, Said {}) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let workplace = bring_back(&mut work, id, Some(version)).await?;
        let view = show_one(&app, &mut work, (workplace, None)).await?;
        work.commit(Reply::found(&view)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done(&format!("/panel/workplaces/{id}"), "workplaces.restored"));
    };
    let workplace = find_deleted(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&workplace)).await?;
    ask_back(&page, form, &workplace)
}

async fn ask_again(
    app: &App,
    page: &Page,
    caller: &Caller,
    form: FormState,
    workplace: &Workplace,
) -> Result<Response> {
    let id = workplace.id;
    let (employees, assignments) = store::dependents(&mut *app.read(caller).await?, id).await?;
    let back = format!("/panel/workplaces/{id}");
    let blockers = [
        (
            employees,
            page.n("lists.uses_employees", employees),
            format!("/panel/employees?workplaceId={id}&isActive=true"),
        ),
        (assignments, page.n("lists.uses_assignments", assignments), format!("{back}#assignments")),
    ];
    let list = ("/panel/workplaces".to_owned(), page.t("workplaces.title").to_owned());
    Ask {
        page,
        form,
        crumbs: vec![list, (back.clone(), workplace.title.to_string())],
        title: page.t("workplaces.delete"),
        text: page.t1("workplaces.delete_text", &workplace.title),
        blockers: blockers.into_iter().filter(|(count, ..)| *count > 0).map(|(_, text, to)| (text, Some(to))).collect(),
        is_deletion: true,
        back,
    }
    .show()
}

fn ask_back(page: &Page, form: FormState, workplace: &Workplace) -> Result<Response> {
    let list = ("/panel/workplaces", page.t("workplaces.title"));
    Ask::restoring(page, form, list, page.t("workplaces.restore"), &workplace.title, workplace.deleted_at).show()
}

async fn find_deleted(app: &App, caller: &Caller, id: WorkplaceId) -> Result<Workplace> {
    let found = store::these(&mut *app.read(caller).await?, &[id.as_uuid()]).await?.pop();
    Ok(found.filter(|workplace| workplace.deleted_at.is_some()).ok_or(WorkplaceError::NotFound)?)
}
