//! Deciding a danger class otherwise than the activity says, and going back to it.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, policy},
    http::{Id, Reply},
    web::{Choice, Form, FormState, Page, settle},
};

use super::{
    super::{DangerClassOverride, Workplace, WorkplaceId, override_class, show_one},
    find, record,
};
use crate::{
    danger::DangerClass,
    pages::{again, places},
};

#[derive(Template)]
#[template(path = "workplaces/class.html")]
struct ClassPage<'a> {
    page: &'a Page,
    workplace: Workplace,
    form: FormState,
    nace: String,
    classes: Vec<Choice>,
}

/// Asks for the class and the decision that it rests on.
pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::OverrideDangerClass>,
    Id(id): Id<WorkplaceId>,
) -> Result<Response> {
    let workplace = find(&app, &caller, id).await?;
    let form = page.step(workplace.version);
    let form = match workplace.danger_class_override {
        Some(class) => form.with("dangerClass", class),
        None => form,
    };
    show(&app, &page, &caller, form, workplace).await
}

/// Decides the class.
pub(super) async fn decide(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::OverrideDangerClass>,
    Id(id): Id<WorkplaceId>,
    mut form: Form<DangerClassOverride>,
) -> Result<Response> {
    let result = async {
        let (version, change) = form.change()?;
        let change = DangerClassOverride { version: Some(version), ..change };
        let mut work = app.begin(&caller, form.key.take()).await?;
        let workplace = override_class(&mut work, id, change).await?;
        let view = show_one(&app, &mut work, (workplace, None)).await?;
        work.commit(Reply::found(&view)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done(&format!("/panel/workplaces/{id}"), "workplaces.class_decided"));
    };
    let workplace = find(&app, &caller, id).await?;
    let form = again(&app, &caller, form, error, record(&workplace)).await?;
    show(&app, &page, &caller, form, workplace).await
}

async fn show(app: &App, page: &Page, caller: &Caller, form: FormState, workplace: Workplace) -> Result<Response> {
    let nace = places::activity_of(&mut *app.read(caller).await?, page, workplace.nace_code.as_ref()).await?;
    let classes = page.words::<DangerClass>("dangerClass");
    let view = ClassPage { page, workplace, form, nace, classes };
    page.show_again(&view.form, &view)
}
