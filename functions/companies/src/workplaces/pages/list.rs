//! The list of workplaces, and the workplaces that a combobox offers.

use std::collections::HashMap;

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, CompanyId, Role, policy},
    http::{Paging, reply::Pagination},
    web::{Found, Page, PageList, Tone},
};

use super::super::{Workplace, WorkplaceFilter, WorkplaceView, api, show, store};
use crate::{
    codes::ProvinceCode,
    danger::DangerClass,
    names,
    pages::{
        filters::{Filter, ListHead},
        look_up::{self, OFFERED},
        places,
    },
    reach::Reach,
};

/// The order that the list has by itself.
const ORDER: &str = "title";

#[derive(Template)]
#[template(path = "workplaces/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    head: ListHead<'a>,
    rows: Vec<WorkplaceView>,
    companies: HashMap<CompanyId, String>,
    /// The names of the provinces, by their codes.
    provinces: HashMap<String, String>,
    pagination: Pagination,
}

impl ListPage<'_> {
    fn company(&self, workplace: &Workplace) -> &str {
        self.companies.get(&workplace.company_id).map_or("", String::as_str)
    }

    fn province(&self, workplace: &Workplace) -> &str {
        let code = workplace.province_code.as_ref().map(ProvinceCode::as_str);
        code.and_then(|code| self.provinces.get(code)).map_or("", String::as_str)
    }
}

/// The workplaces that the caller reaches.
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListWorkplaces>,
    list: PageList<WorkplaceFilter>,
) -> Result<Response> {
    list.paging.check(&caller)?;
    let (asked, elsewhere) = look_up::filters(&app, &page, &caller).await?;
    if let Some(elsewhere) = elsewhere {
        return Ok(elsewhere);
    }
    let order = api::order(&list.paging).or_else(|_| api::order(&Paging::default()))?;
    let filter = &list.filter;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, Reach::of(&caller), &list.paging, filter, &order).await?;
    let wanted = rows.iter().map(|row| row.company_id).chain(filter.company_id);
    let companies = names::companies(&mut db, wanted).await?;
    let rows = show(&app, &mut db, rows).await?;
    drop(db);
    let provinces = places::provinces(&app, &caller).await?;
    let province_names = provinces.iter().map(|one| (one.value.clone(), one.text.clone())).collect();
    let mut filters = Vec::new();
    if caller.role.is_staff() {
        filters.push(Filter::company(&page, filter.company_id, &companies));
    }
    let classes = page.words::<DangerClass>("dangerClass");
    let states = [page.t("workplace.active"), page.t("workplace.inactive")];
    filters.extend([
        Filter::select("dangerClass", page.t("workplace.danger_class"), classes, filter.danger_class),
        Filter::select(
            "province",
            page.t("workplace.province"),
            provinces,
            filter.province.as_ref().map(ProvinceCode::as_str),
        ),
        Filter::flag("isActive", page.t("workplace.state"), states, filter.is_active),
    ]);
    let head = ListHead {
        page: &page,
        asked,
        search: page.t("workplaces.search"),
        q: list.paging.q.as_deref().unwrap_or_default(),
        filters,
        table: "workplaces",
        columns: vec![
            ("headcount", page.t("workplace.headcount")),
            ("minutes", page.t("workplaces.minutes")),
            ("province", page.t("workplace.province")),
            ("state", page.t("workplace.state")),
        ],
        deleted: (caller.role == Role::Admin).then_some(list.paging.include_deleted),
    };
    let pagination = list.paging.pagination(counted);
    page.show(&ListPage { page: &page, head, rows, companies, provinces: province_names, pagination })
}

/// Workplaces by the words of their names or of their companies' names.
pub(super) async fn look_up(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListWorkplaces>,
    list: PageList<WorkplaceFilter>,
) -> Result<Response> {
    look_up::show(&page, offered(&app, &caller, Reach::of(&caller), list.filter.company_id, list.paging.q).await?)
}

/// What the combobox offers for a text, among the workplaces of one company when it is known.
pub(crate) async fn offered(
    app: &App,
    caller: &Caller,
    reach: Reach,
    company: Option<CompanyId>,
    q: Option<String>,
) -> Result<Vec<Found>> {
    let mut db = app.read(caller).await?;
    let rows = store::offered(&mut db, reach, company, q.as_deref(), OFFERED).await?;
    let companies = names::companies(&mut db, rows.iter().map(|row| row.company_id)).await?;
    let of = |row: &Workplace| companies.get(&row.company_id).cloned().unwrap_or_default();
    Ok(rows.iter().map(|row| Found::new(row.id, format!("{} – {}", row.title, of(row)), "")).collect())
}
