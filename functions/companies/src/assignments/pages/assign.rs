//! Assigning somebody to one workplace.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, policy},
    http::{Id, Reply},
    types::istanbul,
    web::{Choice, Form, FormState, Page, settle},
};

use super::{
    super::{NewAssignment, create as add},
    professionals,
};
use crate::{
    minutes::ProfessionalKind,
    workplaces::{Workplace, WorkplaceId, pages::find},
};

#[derive(Template)]
#[template(path = "assignments/new.html")]
struct AssignPage<'a> {
    page: &'a Page,
    form: FormState,
    workplace: Workplace,
    staff: Vec<Choice>,
    kinds: Vec<Choice>,
}

/// Asks who serves, as what and from when.
pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateAssignment>,
    Id(id): Id<WorkplaceId>,
) -> Result<Response> {
    let form = page.form().with("startsOn", istanbul::today(app.now()));
    show(&app, &page, &caller, form, id).await
}

/// Assigns; a form that is sent twice assigns once.
pub(super) async fn assign(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateAssignment>,
    Id(id): Id<WorkplaceId>,
    mut form: Form<NewAssignment>,
) -> Result<Response> {
    let result = async {
        let new = NewAssignment { workplace_id: id, ..form.read()? };
        let mut work = app.begin(&caller, form.key.take()).await?;
        let assignment = add(&mut work, new).await?;
        work.commit(Reply::created(&assignment)?).await
    };
    match settle(result.await) {
        Ok(_) => Ok(page.done(&format!("/panel/workplaces/{id}#assignments"), "assignments.created")),
        Err(error) => show(&app, &page, &caller, form.refused(error)?, id).await,
    }
}

async fn show(app: &App, page: &Page, caller: &Caller, form: FormState, id: WorkplaceId) -> Result<Response> {
    let workplace = find(app, caller, id).await?;
    let staff = professionals(&mut *app.read(caller).await?, page).await?;
    let kinds = page.words::<ProfessionalKind>("professionalKind");
    let view = AssignPage { page, form, workplace, staff, kinds };
    page.show_again(&view.form, &view)
}
