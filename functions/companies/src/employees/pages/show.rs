//! One employee. The whole TCKN is shown on the answer to a request that is recorded, and on no other.

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{Id, Reply},
    types::istanbul,
    web::{Form, FormState, Page},
};

use super::{
    super::{EmployeeError, EmployeeId, EmployeeView, reveal as uncover, rules, store},
    Standing,
};
use crate::{pages::Said, reach::Reach};

#[derive(Template)]
#[template(path = "employees/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    view: EmployeeView,
    /// The person's other employments in the company.
    others: Vec<EmployeeView>,
    today: NaiveDate,
    /// Whether the reader may see the whole TCKN, and whether this is the answer that shows it.
    may_reveal: bool,
    is_revealed: bool,
    /// The form of the end, which the page opens as a dialog.
    form: FormState,
}

impl ShowPage<'_> {
    fn standing(&self) -> Standing {
        self.view.standing(self.today)
    }

    /// What the reader may know of special groups: the text's name, and yes or no.
    fn groups(&self) -> Vec<(&'static str, &'static str)> {
        let employee = &self.view.employee;
        let all = [
            ("employee.disabled", employee.is_disabled),
            ("employee.pregnant", employee.is_pregnant),
            ("employee.night", employee.is_night_shift),
            ("employee.young", employee.is_young_worker),
        ];
        all.into_iter().filter_map(|(name, flag)| Some((name, self.page.yes_no(flag?)))).collect()
    }
}

/// One employee.
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetEmployee>,
    Id(id): Id<EmployeeId>,
) -> Result<Response> {
    let mut db = app.read(&caller).await?;
    let employee = store::find(&mut db, Reach::of(&caller), id).await?.ok_or(EmployeeError::NotFound)?;
    drop(db);
    let view = employee.shown(caller.role, istanbul::today(app.now()), Vec::new());
    show_page(&app, &page, &caller, view, false).await
}

/// A reader who comes back to the address sees no number.
pub(super) async fn back(page: Page, _: Allowed<policy::GetEmployee>, Id(id): Id<EmployeeId>) -> Response {
    page.redirect(&format!("{}/employees/{id}", page.home()))
}

/// The employee with the whole TCKN; who asked for it is recorded.
pub(super) async fn reveal(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetEmployee>,
    Id(id): Id<EmployeeId>,
    mut form: Form<Said>,
) -> Result<Response> {
    let Said {} = form.read()?;
    let mut work = app.begin(&caller, None).await?;
    let view = uncover(&mut work, Reach::of(&caller), caller.role, id).await?;
    work.commit(Reply::no_content()).await?;
    show_page(&app, &page, &caller, view, true).await
}

async fn show_page(
    app: &App,
    page: &Page,
    caller: &Allowed<policy::GetEmployee>,
    view: EmployeeView,
    is_revealed: bool,
) -> Result<Response> {
    let today = istanbul::today(app.now());
    let (employee, reach) = (&view.employee, Reach::of(caller));
    // Whoever sees only some workplaces is not told of employments at others.
    let others = if reach.is_all() {
        let mut db = app.read(caller).await?;
        store::of_person(&mut db, employee.company_id, employee.person_id, Some(employee.id)).await?
    } else {
        Vec::new()
    };
    page.show(&ShowPage {
        page,
        others: others.into_iter().map(|other| other.shown(caller.role, today, Vec::new())).collect(),
        today,
        may_reveal: rules::may_reveal(caller.role) && employee.tckn.is_some(),
        is_revealed,
        form: page.step(employee.version).with("endDate", today),
        view,
    })
}
