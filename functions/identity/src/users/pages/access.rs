//! Letting a customer's user out and in again.

use axum::{extract::State, response::Response};
use shared::{
    App, Error, Result,
    auth::{Allowed, Caller, UserId, policy},
    http::{Id, Reply},
    web::{Form, FormState, Page, settle},
};

use super::{base, title};
use crate::{
    pages::deactivation::{self, Leaving},
    staff::{self, Deactivation},
    users::{self, may_administer, store},
};

fn address(page: &Page, id: UserId) -> String {
    format!("{}/{id}", base(page))
}

async fn show(app: &App, page: &Page, caller: &Caller, form: &FormState, id: UserId) -> Result<Response> {
    let user = store::find(&mut *app.read(caller).await?, id).await?.ok_or_else(Error::not_found)?;
    let leaving = Leaving { name: &user.name, back: address(page, id), list: (base(page), title(page)), served: 0 };
    deactivation::show(page, form, &leaving)
}

/// What follows, and whether it shall be.
pub(super) async fn ask_deactivation(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeactivateUser>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    may_administer(&caller)?;
    show(&app, &page, &caller, &page.form(), id).await
}

/// Lets somebody out.
pub(super) async fn deactivate(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeactivateUser>,
    Id(id): Id<UserId>,
    mut form: Form<Deactivation>,
) -> Result<Response> {
    may_administer(&caller)?;
    let done = async {
        let input = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let user = users::deactivate(&mut work, caller.user, id, input).await?;
        work.commit(Reply::found(&user)?).await
    };
    match settle(done.await) {
        Ok(_) => {
            staff::forget(&app, &caller, id).await;
            Ok(page.done(&address(&page, id), "people.deactivated"))
        }
        Err(error) => show(&app, &page, &caller, &form.refused(error)?, id).await,
    }
}

/// Lets somebody in again.
pub(super) async fn reactivate(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ReactivateUser>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    may_administer(&caller)?;
    let mut work = app.begin(&caller, None).await?;
    users::reactivate(&mut work, caller.user, id).await?;
    work.finish().await?;
    Ok(page.done(&address(&page, id), "people.reactivated"))
}
