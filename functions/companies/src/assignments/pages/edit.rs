//! Changing, ending and deleting an assignment.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, policy},
    http::{Id, Reply},
    web::{Choice, Form, FormState, Page, last_change, settle},
};

use super::super::{Assignment, AssignmentError, AssignmentId, PatchAssignment, delete as remove, store, update};
use crate::{
    minutes::ProfessionalKind,
    pages::{Record, Said, again, ask::Ask},
};

#[derive(Template)]
#[template(path = "assignments/edit.html")]
struct EditPage<'a> {
    page: &'a Page,
    form: FormState,
    assignment: Assignment,
    kinds: Vec<Choice>,
}

/// The form with the assignment's values.
pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateAssignment>,
    Id(id): Id<AssignmentId>,
) -> Result<Response> {
    let assignment = find(&app, &caller, id).await?;
    let form = page.form_of(&assignment, assignment.version)?;
    show(&page, form, assignment)
}

/// Changes the assignment; what somebody else changed meanwhile is put beside what was typed.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateAssignment>,
    Id(id): Id<AssignmentId>,
    mut form: Form<PatchAssignment>,
) -> Result<Response> {
    let result = async {
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let assignment = update(&mut work, id, version, patch).await?;
        work.commit(Reply::found(&assignment)?).await
    };
    let result = settle(result.await);
    let assignment = find(&app, &caller, id).await?;
    let Err(error) = result else {
        return Ok(page.done(&back(&assignment), "assignments.saved"));
    };
    let mut form = form.refused(error)?;
    if form.is_conflict() {
        let change = last_change(&mut *app.read(&caller).await?, "assignment", id.as_uuid()).await?;
        form = form.meets(&assignment, assignment.version, change)?;
    }
    show(&page, form, assignment)
}

/// Asks, and says that ending it is another thing.
pub(super) async fn ask_delete(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeleteAssignment>,
    Id(id): Id<AssignmentId>,
) -> Result<Response> {
    let assignment = find(&app, &caller, id).await?;
    show_delete(&page, page.step(assignment.version), &assignment)
}

/// Deletes the assignment.
pub(super) async fn delete(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeleteAssignment>,
    Id(id): Id<AssignmentId>,
    mut form: Form<Said>,
) -> Result<Response> {
    let assignment = find(&app, &caller, id).await?;
    let result = async {
        let (version, Said {}) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        remove(&mut work, id, version).await?;
        work.commit(Reply::no_content()).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done(&back(&assignment), "assignments.deleted"));
    };
    let assignment = find(&app, &caller, id).await?;
    let record = Record { entity: "assignment", id: id.as_uuid(), version: assignment.version };
    let form = again(&app, &caller, form, error, record).await?;
    show_delete(&page, form, &assignment)
}

fn back(assignment: &Assignment) -> String {
    format!("/panel/workplaces/{}#assignments", assignment.workplace_id)
}

fn show(page: &Page, form: FormState, assignment: Assignment) -> Result<Response> {
    let view = EditPage { page, form, assignment, kinds: page.words::<ProfessionalKind>("professionalKind") };
    page.show_again(&view.form, &view)
}

fn show_delete(page: &Page, form: FormState, assignment: &Assignment) -> Result<Response> {
    let workplace = format!("/panel/workplaces/{}", assignment.workplace_id);
    Ask {
        page,
        form,
        crumbs: vec![(workplace, assignment.workplace_title.to_string())],
        title: page.t("assignments.delete"),
        text: page.t2("assignments.delete_text", &assignment.staff_name, &assignment.workplace_title),
        blockers: Vec::new(),
        is_deletion: true,
        back: format!("/panel/workplaces/assignments/{}/edit", assignment.id),
    }
    .show()
}

async fn find(app: &App, caller: &Caller, id: AssignmentId) -> Result<Assignment> {
    Ok(store::find(&mut *app.read(caller).await?, id).await?.ok_or(AssignmentError::NotFound)?)
}
