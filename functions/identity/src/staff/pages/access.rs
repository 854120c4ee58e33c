//! Letting one of the staff out and in again, and the link to a new password.

use axum::{extract::State, response::Response};
use shared::{
    App, Error, Result,
    auth::{Allowed, Caller, UserId, policy},
    http::{Id, Reply},
    web::{Form, FormState, Page, settle},
};

use crate::{
    pages::deactivation::{self, Leaving},
    staff::{Deactivation, change, forget, send_password_link, store},
};

fn address(id: UserId) -> String {
    format!("/panel/staff/{id}")
}

async fn show(app: &App, page: &Page, caller: &Caller, form: &FormState, id: UserId) -> Result<Response> {
    let mut db = app.read(caller).await?;
    let staff = store::find(&mut db, id).await?.ok_or_else(Error::not_found)?;
    let serving = store::serving(&mut db, id).await?;
    let leaving = Leaving {
        name: &staff.name,
        back: address(id),
        list: ("/panel/staff", page.t("staff.title")),
        served: serving.workplaces,
    };
    deactivation::show(page, form, &leaving)
}

/// What follows, and whether it shall be.
pub(super) async fn ask_deactivation(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeactivateStaff>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    show(&app, &page, &caller, &page.form(), id).await
}

/// Lets somebody out.
pub(super) async fn deactivate(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::DeactivateStaff>,
    Id(id): Id<UserId>,
    mut form: Form<Deactivation>,
) -> Result<Response> {
    let done = async {
        let input = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let staff = change::deactivate(&mut work, id, input).await?;
        work.commit(Reply::found(&staff)?).await
    };
    match settle(done.await) {
        Ok(_) => {
            forget(&app, &caller, id).await;
            Ok(page.done(&address(id), "people.deactivated"))
        }
        Err(error) => show(&app, &page, &caller, &form.refused(error)?, id).await,
    }
}

/// Lets somebody in again.
pub(super) async fn reactivate(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ReactivateStaff>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    let mut work = app.begin(&caller, None).await?;
    change::reactivate(&mut work, id).await?;
    work.finish().await?;
    Ok(page.done(&address(id), "people.reactivated"))
}

/// Sends the link to a new password.
pub(super) async fn reset_password(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ResetStaffPassword>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    send_password_link(&app, &caller, id).await?;
    Ok(page.done(&address(id), "staff.link_sent"))
}
