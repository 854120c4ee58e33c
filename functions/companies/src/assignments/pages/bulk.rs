//! Assigning somebody to many chosen workplaces.

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use shared::{
    App, Result,
    auth::{Allowed, UserId, policy},
    http::Reply,
    types::istanbul,
    web::{Choice, Form, FormState, Page},
};

use super::{
    super::{NewAssignment, create as add},
    professionals,
};
use crate::{
    minutes::ProfessionalKind,
    pages::bulk::{self, Outcome},
    workplaces::{self, Workplace, WorkplaceId},
};

shared::input! {
    /// An assignment to many workplaces. Without `confirmed` it is only asked for.
    pub struct ManyAssignments {
        /// The workplaces.
        pub ids: Vec<WorkplaceId>,
        /// Whether the page that asks has been seen.
        pub confirmed: Option<bool>,
        /// The professional.
        pub staff_id: Option<UserId>,
        /// As what the professional serves.
        pub kind: Option<ProfessionalKind>,
        /// The first day.
        pub starts_on: Option<NaiveDate>,
        /// The last day, if it is agreed.
        pub ends_on: Option<NaiveDate>,
        /// The minutes a month at each workplace that were agreed.
        pub monthly_minutes: Option<u32>,
    }
}

#[derive(Template)]
#[template(path = "assignments/bulk.html")]
struct BulkPage<'a> {
    page: &'a Page,
    form: FormState,
    workplaces: Vec<Workplace>,
    staff: Vec<Choice>,
    kinds: Vec<Choice>,
}

/// The address alone chooses nothing.
pub(super) async fn back(page: Page, _: Allowed<policy::CreateAssignment>) -> Response {
    page.redirect("/panel/workplaces")
}

/// Asks who serves, and assigns to each workplace by its own rule.
pub(super) async fn assign(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateAssignment>,
    mut form: Form<ManyAssignments>,
) -> Result<Response> {
    let keys = bulk::keys(&form.state)?;
    let mut db = app.read(&caller).await?;
    let mut workplaces = workplaces::store::these(&mut db, &keys).await?;
    let staff = professionals(&mut db, &page).await?;
    drop(db);
    workplaces.retain(|workplace| workplace.deleted_at.is_none());
    workplaces.sort_by(|a, b| a.title.as_str().cmp(b.title.as_str()));
    let kinds = page.words::<ProfessionalKind>("professionalKind");
    let read = form.read();
    if read.as_ref().is_ok_and(|many| many.confirmed != Some(true)) {
        let form = form.state.with("startsOn", istanbul::today(app.now()));
        return page.show(&BulkPage { page: &page, form, workplaces, staff, kinds });
    }
    let (who, many) = match read.and_then(|many| Ok((complete(&many)?, many))) {
        Ok(read) => read,
        Err(error) => {
            let view = BulkPage { page: &page, form: form.refused(error)?, workplaces, staff, kinds };
            return page.show_again(&view.form, &view);
        }
    };
    let (staff_id, kind, starts_on) = who;
    let mut outcomes = Vec::with_capacity(workplaces.len());
    for workplace in workplaces {
        let (ends_on, monthly_minutes) = (many.ends_on, many.monthly_minutes);
        let new = NewAssignment { staff_id, workplace_id: workplace.id, kind, starts_on, ends_on, monthly_minutes };
        let result = async {
            let mut work = app.begin(&caller, None).await?;
            let assignment = add(&mut work, new).await?;
            work.commit(Reply::created(&assignment)?).await
        };
        let href = format!("/panel/workplaces/{}", workplace.id);
        outcomes.push(Outcome::of(&page, &workplace.title, href, result.await)?);
    }
    bulk::show(&page, page.t("assignments.new"), "/panel/workplaces", outcomes)
}

/// What an assignment cannot do without, all that is missing at once.
fn complete(many: &ManyAssignments) -> Result<(UserId, ProfessionalKind, NaiveDate)> {
    match (many.staff_id, many.kind, many.starts_on) {
        (Some(staff), Some(kind), Some(starts_on)) => Ok((staff, kind, starts_on)),
        (staff, kind, starts_on) => {
            let given = [("staffId", staff.is_some()), ("kind", kind.is_some()), ("startsOn", starts_on.is_some())];
            Err(bulk::missing(given.into_iter().filter(|(_, given)| !given).map(|(name, _)| name)))
        }
    }
}
