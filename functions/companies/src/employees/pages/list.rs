//! The list of employees.

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use shared::{
    App, Result,
    auth::{Allowed, Role, policy},
    http::{Paging, reply::Pagination},
    types::istanbul,
    web::{Choice, Page, PageList},
};

use super::{
    super::{EmployeeFilter, EmployeeView, Gender, api, store},
    Standing,
};
use crate::{
    names,
    pages::{
        filters::{Filter, ListHead},
        look_up,
    },
    reach::Reach,
    workplaces::{self, WorkplaceFilter},
};

/// The order that the list has by itself.
const ORDER: &str = "lastName";
/// The workplaces of its own that a customer chooses from.
const WORKPLACES: u32 = 100;

#[derive(Template)]
#[template(path = "employees/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    head: ListHead<'a>,
    rows: Vec<EmployeeView>,
    pagination: Pagination,
    today: NaiveDate,
}

impl ListPage<'_> {
    fn standing(&self, row: &EmployeeView) -> Standing {
        row.standing(self.today)
    }
}

/// The employees whom the caller reaches.
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListEmployees>,
    list: PageList<EmployeeFilter>,
) -> Result<Response> {
    list.paging.check(&caller)?;
    let (asked, elsewhere) = look_up::filters(&app, &page, &caller).await?;
    if let Some(elsewhere) = elsewhere {
        return Ok(elsewhere);
    }
    let order = api::order(&list.paging).or_else(|_| api::order(&Paging::default()))?;
    let (filter, reach) = (&list.filter, Reach::of(&caller));
    let wanted = api::wanted(&app, &caller, reach, &list.paging, filter, &order);
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, &wanted).await?;
    let mut filters = Vec::new();
    if caller.role.is_staff() {
        let companies = names::companies(&mut db, filter.company_id.into_iter()).await?;
        let workplace = match filter.workplace_id {
            Some(id) => workplaces::store::find(&mut db, reach, id).await?,
            None => None,
        };
        filters.push(Filter::company(&page, filter.company_id, &companies));
        filters.push(Filter::workplace(&page, workplace.as_ref()));
    } else {
        let paging = Paging::first(WORKPLACES);
        let order = workplaces::api::order(&paging)?;
        let (own, _) = workplaces::store::list(&mut db, reach, &paging, &WorkplaceFilter::any(), &order).await?;
        let own = own.iter().map(|one| Choice::new(one.id, one.title.as_str())).collect();
        filters.push(Filter::select("workplaceId", page.t("lists.workplace"), own, filter.workplace_id));
    }
    drop(db);
    let states = [page.t("standing.WORKS"), page.t("employee.not_at_work")];
    filters.extend([
        Filter::flag("isActive", page.t("employee.state"), states, filter.is_active),
        Filter::select("gender", page.t("employee.gender"), page.words::<Gender>("gender"), filter.gender),
    ]);
    let head = ListHead {
        page: &page,
        asked,
        search: page.t("employees.search"),
        q: list.paging.q.as_deref().unwrap_or_default(),
        filters,
        table: "employees",
        columns: vec![
            ("workplace", page.t("employee.workplace")),
            ("position", page.t("employee.position")),
            ("startDate", page.t("employee.start")),
            ("state", page.t("employee.state")),
        ],
        deleted: (caller.role == Role::Admin).then_some(list.paging.include_deleted),
    };
    let today = istanbul::today(app.now());
    let rows = rows.into_iter().map(|row| row.shown(caller.role, today, Vec::new())).collect();
    page.show(&ListPage { page: &page, head, rows, pagination: list.paging.pagination(counted), today })
}
