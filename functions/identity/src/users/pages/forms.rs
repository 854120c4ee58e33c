//! Inviting somebody of a customer, and changing one of them.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Error, Result,
    auth::{Allowed, Caller, CompanyId, UserId, policy},
    http::{Id, Reply},
    types::FromText as _,
    web::{Choice, Form, FormState, Found, Page, last_change, list::query_value, settle},
};

use super::{base, title};
use crate::{
    profile::Locale,
    staff,
    users::{self, ClientUser, NewUser, PatchUser, may_administer, store},
};

#[derive(Template)]
#[template(path = "users/form.html")]
struct FormPage<'a> {
    page: &'a Page,
    base: &'static str,
    title: &'static str,
    form: &'a FormState,
    /// Who is changed; nobody for an invitation.
    user: Option<&'a ClientUser>,
    is_oneself: bool,
    /// Whether the company is to be chosen, and the name of the one that is.
    asks_company: bool,
    company: String,
    languages: Vec<Choice>,
}

/// An empty invitation; a company's page names the company in the address.
pub(super) async fn new(State(app): State<App>, page: Page, caller: Allowed<policy::InviteUser>) -> Result<Response> {
    may_administer(&caller)?;
    let mut form = page.form().with("locale", page.lang());
    if let Some(company) = query_value(page.query(), "companyId") {
        form = form.with("companyId", company);
    }
    show_form(&app, &page, &caller, &form, None).await
}

/// Sends it.
pub(super) async fn invite(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::InviteUser>,
    mut form: Form<NewUser>,
) -> Result<Response> {
    may_administer(&caller)?;
    let done = async {
        for (name, text) in form.state.typed() {
            let found = store::companies_like(&mut *app.read(&caller).await?, &text).await?;
            form.found(&name, found.iter().map(|(id, name)| Found::new(id, name, "")).collect());
        }
        let new = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let invitation = users::invite(&mut work, &caller, new).await?;
        work.commit(Reply::created(&invitation)?).await
    };
    let list = if caller.role.is_staff() { "/panel/invitations" } else { base(&page) };
    match settle(done.await) {
        Ok(_) => Ok(page.done(list, "invitations.sent")),
        Err(error) => show_form(&app, &page, &caller, &form.refused(error)?, None).await,
    }
}

/// The form with one's values.
pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateUser>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    may_administer(&caller)?;
    let user = find(&app, &caller, id).await?;
    let form = page.form_of(&user, user.version)?;
    show_form(&app, &page, &caller, &form, Some(&user)).await
}

/// Changes one; what somebody else changed meanwhile is put beside what was typed.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateUser>,
    Id(id): Id<UserId>,
    mut form: Form<PatchUser>,
) -> Result<Response> {
    may_administer(&caller)?;
    let done = async {
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let user = users::update(&mut work, caller.user, id, version, patch).await?;
        work.commit(Reply::found(&user)?).await
    };
    let Err(error) = settle(done.await) else {
        staff::forget(&app, &caller, id).await;
        return Ok(page.done(&format!("{}/{id}", base(&page)), "users.saved"));
    };
    let mut form = form.refused(error)?;
    let user = find(&app, &caller, id).await?;
    if form.is_conflict() {
        let change = last_change(&mut *app.read(&caller).await?, "user", id.as_uuid()).await?;
        form = form.meets(&user, user.version, change)?;
    }
    show_form(&app, &page, &caller, &form, Some(&user)).await
}

async fn find(app: &App, caller: &Caller, id: UserId) -> Result<ClientUser> {
    let mut db = app.read(caller).await?;
    store::find(&mut db, id).await?.ok_or_else(Error::not_found)
}

async fn show_form(
    app: &App,
    page: &Page,
    caller: &Caller,
    form: &FormState,
    user: Option<&ClientUser>,
) -> Result<Response> {
    let asks_company = user.is_none() && caller.role.is_staff();
    let company = match CompanyId::from_text(form.value("companyId")) {
        Ok(id) if asks_company => {
            store::company_names(&mut *app.read(caller).await?, [id].into_iter()).await?.remove(&id)
        }
        _ => None,
    };
    let view = FormPage {
        page,
        base: base(page),
        title: title(page),
        form,
        user,
        is_oneself: user.is_some_and(|user| user.id == caller.user),
        asks_company,
        company: company.unwrap_or_default(),
        languages: page.words::<Locale>("language"),
    };
    page.show_again(form, &view)
}
