//! The form of a new workplace and of a change.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, CompanyId, policy},
    http::{Id, Reply},
    types::FromText as _,
    web::{Choice, Form, FormState, Page, PageList, last_change, settle},
};

use super::{
    super::{NewWorkplace, PatchWorkplace, Workplace, WorkplaceFilter, WorkplaceId, create as add, show_one, update},
    find,
};
use crate::{
    names,
    pages::{
        done, look_up,
        places::{self, Shown},
    },
};

#[derive(Template)]
#[template(path = "workplaces/form.html")]
struct FormPage<'a> {
    page: &'a Page,
    form: &'a FormState,
    /// The workplace that is changed; none for a new one.
    workplace: Option<&'a Workplace>,
    /// The name of the company that it belongs to, once it is known.
    company: String,
    provinces: Vec<Choice>,
    shown: Shown,
}

/// An empty form, for the company that the address names.
pub(super) async fn new(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateWorkplace>,
    list: PageList<WorkplaceFilter>,
) -> Result<Response> {
    let form = match list.filter.company_id {
        Some(company) => page.form().with("companyId", company),
        None => page.form(),
    };
    show(&app, &page, &caller, &form, None).await
}

/// Adds the workplace; a form that is sent twice adds one.
pub(super) async fn create(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateWorkplace>,
    mut form: Form<NewWorkplace>,
) -> Result<Response> {
    let mut warnings = Vec::new();
    let result = async {
        look_up::settle(&app, &page, &caller, &mut form).await?;
        let new = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let workplace = add(&mut work, new).await?;
        let view = show_one(&app, &mut work, workplace).await?;
        warnings.clone_from(&view.warnings);
        work.commit(Reply::created(&view)?).await
    };
    match settle(result.await) {
        Ok(reply) => {
            let to = format!("/panel/workplaces/{}", reply.id().unwrap_or_default());
            Ok(done(&page, &to, "workplaces.created", &warnings))
        }
        Err(error) => show(&app, &page, &caller, &form.refused(error)?, None).await,
    }
}

/// The form with the workplace's values.
pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateWorkplace>,
    Id(id): Id<WorkplaceId>,
) -> Result<Response> {
    let workplace = find(&app, &caller, id).await?;
    let form = page.form_of(&workplace, workplace.version)?;
    show(&app, &page, &caller, &form, Some(&workplace)).await
}

/// Changes the workplace; what somebody else changed meanwhile is put beside what was typed.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateWorkplace>,
    Id(id): Id<WorkplaceId>,
    mut form: Form<PatchWorkplace>,
) -> Result<Response> {
    let mut warnings = Vec::new();
    let result = async {
        look_up::settle(&app, &page, &caller, &mut form).await?;
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let workplace = update(&mut work, id, version, patch).await?;
        let view = show_one(&app, &mut work, workplace).await?;
        warnings.clone_from(&view.warnings);
        work.commit(Reply::found(&view)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(done(&page, &format!("/panel/workplaces/{id}"), "workplaces.saved", &warnings));
    };
    let mut form = form.refused(error)?;
    let workplace = find(&app, &caller, id).await?;
    if form.is_conflict() {
        let change = last_change(&mut *app.read(&caller).await?, "workplace", id.as_uuid()).await?;
        form = form.meets(&workplace, workplace.version, change)?;
    }
    show(&app, &page, &caller, &form, Some(&workplace)).await
}

async fn show(
    app: &App,
    page: &Page,
    caller: &Caller,
    form: &FormState,
    workplace: Option<&Workplace>,
) -> Result<Response> {
    let owner = workplace.map(|workplace| workplace.company_id);
    let company = owner.or_else(|| CompanyId::from_text(form.value("companyId")).ok());
    let names = names::companies(&mut *app.read(caller).await?, company.into_iter()).await?;
    let view = FormPage {
        page,
        form,
        workplace,
        company: names.into_values().next().unwrap_or_default(),
        provinces: places::provinces(app, caller).await?,
        shown: Shown::of(app, caller, page, form, "provinceCode").await?,
    };
    page.show_again(form, &view)
}
