//! Name, title, telephone and language.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Error, Result,
    auth::{Allowed, Caller, policy},
    http::Reply,
    web::{Form, FormState, Page, last_change, local_path, settle},
};

use super::{TABS, address};
use crate::profile::{self, Locale, PatchProfile, Profile, store};

#[derive(Template)]
#[template(path = "profile/details.html")]
struct DetailsPage<'a> {
    page: &'a Page,
    form: &'a FormState,
}

/// The form with one's own values.
pub(super) async fn show(State(app): State<App>, page: Page, caller: Allowed<policy::GetProfile>) -> Result<Response> {
    let profile = find(&app, &caller).await?;
    let form = page.form_of(&profile, profile.version)?;
    page.show(&DetailsPage { page: &page, form: &form })
}

/// Changes them.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateProfile>,
    mut form: Form<PatchProfile>,
) -> Result<Response> {
    let done = async {
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let profile = profile::update(&mut work, &caller, version, patch).await?;
        work.commit(Reply::found(&profile)?).await
    };
    let Err(error) = settle(done.await) else {
        return Ok(page.done(&address(&page, ""), "profile.saved"));
    };
    let mut form = form.refused(error)?;
    if form.is_conflict() {
        let profile = find(&app, &caller).await?;
        let change = last_change(&mut *app.read(&caller).await?, "user", caller.user.as_uuid()).await?;
        form = form.meets(&profile, profile.version, change)?;
    }
    page.show_again(&form, &DetailsPage { page: &page, form: &form })
}

shared::input! {
    /// A language, and the page that it was chosen on.
    pub struct LanguageChosen {
        /// The language.
        pub language: Locale,
        /// The page to return to.
        pub next: Option<String>,
    }
}

/// Keeps the language in the account and in this browser.
pub(super) async fn choose_language(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateProfile>,
    mut form: Form<LanguageChosen>,
) -> Result<Response> {
    let chosen = form.read()?;
    let mut work = app.begin(&caller, None).await?;
    profile::choose_language(&mut work, &caller, chosen.language).await?;
    work.finish().await?;
    let mut response = page.redirect(chosen.next.as_deref().and_then(local_path).unwrap_or(page.home()));
    page.keep(&mut response, "language", chosen.language.as_str());
    Ok(response)
}

async fn find(app: &App, caller: &Caller) -> Result<Profile> {
    let mut db = app.read(caller).await?;
    store::find(&mut db, caller.user).await?.ok_or_else(Error::not_found)
}
