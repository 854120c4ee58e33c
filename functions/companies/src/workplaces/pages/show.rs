//! One workplace: its danger class, the service that the law asks for, who serves it and who works there.

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{Id, Paging},
    types::istanbul,
    web::{Page, Tone, ui::Badge},
};

use super::super::{Service, WorkplaceError, WorkplaceId, WorkplaceView, show_one, store};
use crate::{
    assignments::{self, Assignment, AssignmentFilter},
    employees::{self, EmployeeFilter, EmployeeView},
    names,
    pages::places,
    reach::Reach,
};

/// The people that a workplace's page shows.
const ROWS: u32 = 10;
/// The assignments that it shows and counts.
const ASSIGNMENTS: u32 = 100;

#[derive(Template)]
#[template(path = "workplaces/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    view: WorkplaceView,
    company: String,
    nace: String,
    place: String,
    /// Who decided the danger class otherwise.
    decided_by: Option<String>,
    services: Vec<Service>,
    assignments: Vec<Assignment>,
    employees: Vec<EmployeeView>,
    today: NaiveDate,
}

impl ShowPage<'_> {
    fn sgk_no(&self) -> Option<String> {
        self.view.workplace.sgk_no.as_ref().map(ToString::to_string)
    }

    fn state(&self, service: &Service) -> Badge<'static> {
        let (tone, key) = match (service.is_needed(), service.is_short()) {
            (false, _) => (Tone::Plain, "service.not_needed"),
            (true, true) => (Tone::Warn, "service.short"),
            (true, false) => (Tone::Ok, "service.covered"),
        };
        self.page.badge(tone, self.page.t(key))
    }

    fn standing(&self, assignment: &Assignment) -> &'static str {
        let period = assignment.period();
        self.page.t(match (period.covers(self.today), period.start > self.today) {
            (true, _) => "assignment.serves",
            (false, true) => "assignment.comes",
            (false, false) => "assignment.ended",
        })
    }
}

/// One workplace.
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetWorkplace>,
    Id(id): Id<WorkplaceId>,
) -> Result<Response> {
    let reach = Reach::of(&caller);
    let today = istanbul::today(app.now());
    let mut db = app.read(&caller).await?;
    let workplace = store::find(&mut db, reach, id).await?.ok_or(WorkplaceError::NotFound)?;
    let view = show_one(&app, &mut db, (workplace, None)).await?;
    let assignments = if page.may("list_assignments") {
        let (paging, filter) = (Paging::first(ASSIGNMENTS), AssignmentFilter::of_workplace(id));
        let order = assignments::api::order(&paging)?;
        assignments::store::list(&mut db, &paging, &filter, &order, today).await?.0
    } else {
        Vec::new()
    };
    let at_work = EmployeeFilter { workplace_id: Some(id), ..EmployeeFilter::at_work() };
    let paging = Paging::first(ROWS);
    let order = employees::api::order(&paging)?;
    let wanted = employees::api::wanted(&app, &caller, reach, &paging, &at_work, &order);
    let (people, _) = employees::store::list(&mut db, &wanted).await?;
    let workplace = &view.workplace;
    let mut companies = names::companies(&mut db, std::iter::once(workplace.company_id)).await?;
    let decided_by = match workplace.danger_class_override_by {
        Some(user) => names::user(&mut db, user).await?,
        None => None,
    };
    let nace = places::activity_of(&mut db, &page, workplace.nace_code.as_ref()).await?;
    drop(db);
    let (province, district) = (workplace.province_code.as_ref(), workplace.district_code.as_ref());
    let place = places::place(&app, &caller, province, district).await?;
    page.show(&ShowPage {
        company: companies.remove(&workplace.company_id).unwrap_or_default(),
        services: Service::of(&view.required_minutes, &assignments, today),
        employees: people.into_iter().map(|row| row.shown(caller.role, today, Vec::new())).collect(),
        page: &page,
        view,
        nace,
        place,
        decided_by,
        assignments,
        today,
    })
}
