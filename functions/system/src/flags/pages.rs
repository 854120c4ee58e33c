//! `/panel/flags`: what the tenant has switched on and off, and the choice.

use askama::Template;
use axum::{extract::State, response::Response, routing::get};
use shared::{
    App, Error, Result,
    auth::{Allowed, Caller, policy},
    flags::{Decider, Switch},
    http::{Id, Reply, Routes},
    types::Slug,
    web::{Choice, Form, FormState, Page, Tone, last_change, settle},
};

use super::{FeatureFlag, PatchFlag, choose, store};

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListFlags>("/panel/flags", get(list))
        .page::<policy::UpdateFlag>("/panel/flags/{name}", get(edit).post(save))
}

#[derive(Template)]
#[template(path = "flags/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    rows: Vec<FeatureFlag>,
}

#[derive(Template)]
#[template(path = "flags/form.html")]
struct FormPage<'a> {
    page: &'a Page,
    form: &'a FormState,
    flag: &'a FeatureFlag,
    switches: Vec<Choice>,
}

/// The features that the tenant can switch.
async fn list(State(app): State<App>, page: Page, caller: Allowed<policy::ListFlags>) -> Result<Response> {
    let found = store::list(&mut *app.read(&caller).await?).await?;
    let rows = found.into_iter().map(|found| FeatureFlag::new(found, &caller, page.language())).collect();
    page.show(&ListPage { page: &page, rows })
}

/// One feature, with the choice.
async fn edit(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateFlag>,
    Id(name): Id<Slug>,
) -> Result<Response> {
    let flag = find(&app, &page, &caller, &name).await?;
    show_form(&page, &page.form_of(&flag, flag.version)?, &flag)
}

/// Writes the choice; what somebody else chose meanwhile is put beside it.
async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateFlag>,
    Id(name): Id<Slug>,
    mut form: Form<PatchFlag>,
) -> Result<Response> {
    let done = async {
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let flag = choose(&mut work, &caller, page.language(), &name, version, &patch).await?;
        work.commit(Reply::found(&flag)?).await
    };
    let Err(error) = settle(done.await) else {
        return Ok(page.done("/panel/flags", "flags.saved"));
    };
    let mut form = form.refused(error)?;
    let flag = find(&app, &page, &caller, &name).await?;
    if form.is_conflict() {
        let change = match flag.setting {
            Some(id) => last_change(&mut *app.read(&caller).await?, "flag", id).await?,
            None => None,
        };
        form = form.meets(&flag, flag.version, change)?;
    }
    show_form(&page, &form, &flag)
}

async fn find(app: &App, page: &Page, caller: &Caller, name: &Slug) -> Result<FeatureFlag> {
    let found = store::find(&mut *app.read(caller).await?, name).await?.ok_or_else(Error::not_found)?;
    Ok(FeatureFlag::new(found, caller, page.language()))
}

fn show_form(page: &Page, form: &FormState, flag: &FeatureFlag) -> Result<Response> {
    page.show_again(form, &FormPage { page, form, flag, switches: page.words::<Switch>("switch") })
}

impl FeatureFlag {
    /// On or off, as a status.
    fn state(&self) -> (Tone, Switch) {
        if self.is_on { (Tone::Ok, Switch::On) } else { (Tone::Plain, Switch::Off) }
    }

    /// Whether the operator has left the decision to the tenant.
    fn is_free(&self) -> bool {
        self.decided_by != Decider::Operator
    }
}
