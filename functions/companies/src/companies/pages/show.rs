//! One company: what is known of it, its workplaces, its people and its way so far.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, CompanyId, policy},
    http::{Id, Paging},
    types::istanbul,
    web::{Choice, FormState, Page},
};

use super::{
    super::{CompanyError, CompanyView, StatusStep, store},
    status,
};
use crate::{
    employees::{self, EmployeeFilter, EmployeeView},
    pages::places,
    reach::Reach,
    workplaces::{self, WorkplaceFilter, WorkplaceView},
};

/// The steps of its way that a company's page shows.
const STEPS: u32 = 20;
/// The rows of its workplaces and of its people.
const ROWS: u32 = 8;

#[derive(Template)]
#[template(path = "companies/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    view: CompanyView,
    steps: Vec<StatusStep>,
    place: String,
    nace: String,
    workplaces: Vec<WorkplaceView>,
    employees: Vec<EmployeeView>,
    /// The form of the next step, and where it may lead.
    form: FormState,
    next: Vec<Choice>,
}

impl ShowPage<'_> {
    /// The list that a count counts, where there is one.
    fn list_of(&self, count: &str) -> Option<String> {
        let id = self.view.company.id;
        match count {
            "workplaces" => Some(format!("/panel/workplaces?companyId={id}")),
            "employees" => Some(format!("/panel/employees?companyId={id}&isActive=true")),
            _ => None,
        }
    }
}

/// One company.
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetCompany>,
    Id(id): Id<CompanyId>,
) -> Result<Response> {
    let reach = Reach::of(&caller);
    let paging = Paging::first(ROWS);
    let mut db = app.read(&caller).await?;
    let company = store::find(&mut db, reach, id).await?.ok_or(CompanyError::NotFound)?;
    let facts = store::facts(&mut db, id).await?;
    let steps = if page.may("list_company_status_history") {
        store::list_status(&mut db, id.as_uuid(), &Paging::first(STEPS)).await?.0
    } else {
        Vec::new()
    };
    let of_company = WorkplaceFilter::of_company(id);
    let order = workplaces::api::order(&paging)?;
    let (rows, _) = workplaces::store::list(&mut db, reach, &paging, &of_company, &order).await?;
    let workplaces = workplaces::show(&app, &mut db, rows).await?;
    let at_work = EmployeeFilter { company_id: Some(id), ..EmployeeFilter::at_work() };
    let order = employees::api::order(&paging)?;
    let wanted = employees::api::wanted(&app, &caller, reach, &paging, &at_work, &order);
    let (rows, _) = employees::store::list(&mut db, &wanted).await?;
    let today = istanbul::today(app.now());
    let employees = rows.into_iter().map(|row| row.shown(caller.role, today, Vec::new())).collect();
    let nace = places::activity_of(&mut db, &page, company.nace_code.as_ref()).await?;
    drop(db);
    page.show(&ShowPage {
        place: places::place(&app, &caller, company.city_code.as_ref(), company.district_code.as_ref()).await?,
        form: page.step(company.version),
        next: status::ways(&page, company.status),
        view: CompanyView::new(company, facts, Vec::new()),
        page: &page,
        steps,
        nace,
        workplaces,
        employees,
    })
}
