//! Inviting somebody to the staff, and changing one of them.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Error, Result,
    auth::{Allowed, Caller, UserId, policy},
    http::{Id, Reply},
    web::{Choice, Form, FormState, Page, last_change, settle},
};

use crate::{
    profile::Locale,
    staff::{
        CertificateClass, NewStaff, ProfessionalKind, Staff, StaffRole,
        change::{self, PatchStaff},
        forget, profession, store,
    },
};

#[derive(Template)]
#[template(path = "staff/form.html")]
struct FormPage<'a> {
    page: &'a Page,
    form: &'a FormState,
    /// Who is changed; nobody for an invitation.
    staff: Option<&'a Staff>,
    is_oneself: bool,
    role_hint: &'static str,
    roles: Vec<Choice>,
    kinds: Vec<Choice>,
    classes: Vec<Choice>,
    provinces: Vec<Choice>,
    languages: Vec<Choice>,
}

/// An empty invitation.
pub(super) async fn new(State(app): State<App>, page: Page, caller: Allowed<policy::CreateStaff>) -> Result<Response> {
    let form = page.form().with("monthlyCapacityMin", profession::CAPACITY).with("locale", page.lang());
    show_form(&app, &page, &caller, &form, None).await
}

/// Sends it.
pub(super) async fn invite(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateStaff>,
    mut form: Form<NewStaff>,
) -> Result<Response> {
    let done = async {
        let new = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let invitation = crate::staff::invite(&mut work, &caller, new).await?;
        work.commit(Reply::created(&invitation)?).await
    };
    match settle(done.await) {
        Ok(_) => Ok(page.done("/panel/invitations", "invitations.sent")),
        Err(error) => show_form(&app, &page, &caller, &form.refused(error)?, None).await,
    }
}

/// The form with one's values.
pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateStaff>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    let staff = find(&app, &caller, id).await?;
    let form = page.form_of(&staff, staff.version)?;
    show_form(&app, &page, &caller, &form, Some(&staff)).await
}

/// Changes one of the staff; what somebody else changed meanwhile is put beside what was typed.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateStaff>,
    Id(id): Id<UserId>,
    mut form: Form<PatchStaff>,
) -> Result<Response> {
    let done = async {
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let staff = change::update(&mut work, &caller, id, version, patch).await?;
        work.commit(Reply::found(&staff)?).await
    };
    let Err(error) = settle(done.await) else {
        forget(&app, &caller, id).await;
        return Ok(page.done(&format!("/panel/staff/{id}"), "staff.saved"));
    };
    let mut form = form.refused(error)?;
    let staff = find(&app, &caller, id).await?;
    if form.is_conflict() {
        let change = last_change(&mut *app.read(&caller).await?, "user", id.as_uuid()).await?;
        form = form.meets(&staff, staff.version, change)?;
    }
    show_form(&app, &page, &caller, &form, Some(&staff)).await
}

async fn find(app: &App, caller: &Caller, id: UserId) -> Result<Staff> {
    let mut db = app.read(caller).await?;
    store::find(&mut db, id).await?.ok_or_else(Error::not_found)
}

async fn show_form(
    app: &App,
    page: &Page,
    caller: &Caller,
    form: &FormState,
    staff: Option<&Staff>,
) -> Result<Response> {
    let provinces = store::provinces(&mut *app.read(caller).await?).await?;
    let view = FormPage {
        page,
        form,
        staff,
        is_oneself: staff.is_some_and(|staff| staff.id == caller.user),
        role_hint: page.t(if staff.is_some() { "staff.role_change" } else { "staff.role_hint" }),
        roles: page.words::<StaffRole>("role"),
        kinds: page.words::<ProfessionalKind>("professionalKind"),
        classes: page.words::<CertificateClass>("certificateClass"),
        provinces: provinces.into_iter().map(|(code, name)| Choice::new(code, name)).collect(),
        languages: page.words::<Locale>("language"),
    };
    page.show_again(form, &view)
}
