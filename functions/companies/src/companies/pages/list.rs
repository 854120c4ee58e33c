//! The list of companies, and the companies that a combobox offers.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, Role, policy},
    http::{Paging, reply::Pagination},
    web::{Found, Page, PageList, Tone},
};

use super::super::{Company, CompanyFilter, CompanyStatus, api, store};
use crate::{
    codes::ProvinceCode,
    danger::DangerClass,
    pages::{
        filters::{Filter, ListHead},
        look_up, places,
    },
    reach::Reach,
};

/// The order that the list has by itself.
const ORDER: &str = "name";

#[derive(Template)]
#[template(path = "companies/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    head: ListHead<'a>,
    rows: Vec<Company>,
    pagination: Pagination,
}

/// The companies that the caller reaches.
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListCompanies>,
    list: PageList<CompanyFilter>,
) -> Result<Response> {
    list.paging.check(&caller)?;
    let order = api::order(&list.paging).or_else(|_| api::order(&Paging::default()))?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, Reach::of(&caller), &list.paging, &list.filter, &order).await?;
    drop(db);
    let cities = places::provinces(&app, &caller).await?;
    let filter = &list.filter;
    let head = ListHead {
        page: &page,
        asked: page.asked(),
        search: page.t("companies.search"),
        q: list.paging.q.as_deref().unwrap_or_default(),
        filters: vec![
            Filter::select(
                "status",
                page.t("company.status"),
                page.words::<CompanyStatus>("companyStatus"),
                filter.status,
            ),
            Filter::select(
                "dangerClass",
                page.t("company.danger_class"),
                page.words::<DangerClass>("dangerClass"),
                filter.danger_class,
            ),
            Filter::select("city", page.t("company.city"), cities, filter.city.as_ref().map(ProvinceCode::as_str)),
        ],
        table: "companies",
        columns: vec![
            ("dangerClass", page.t("company.danger_class")),
            ("nace", page.t("company.nace")),
            ("phone", page.t("company.phone")),
            ("createdAt", page.t("company.created")),
        ],
        deleted: (caller.role == Role::Admin).then_some(list.paging.include_deleted),
    };
    page.show(&ListPage { page: &page, head, rows, pagination: list.paging.pagination(counted) })
}

/// Companies by the words of their names.
pub(super) async fn look_up(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListCompanies>,
    list: PageList<CompanyFilter>,
) -> Result<Response> {
    look_up::show(&page, offered(&app, &caller, Reach::of(&caller), list.paging.q).await?)
}

/// What the combobox offers for a text.
pub(crate) async fn offered(app: &App, caller: &Caller, reach: Reach, q: Option<String>) -> Result<Vec<Found>> {
    let (paging, order) = (look_up::first(q), api::order(&Paging::default())?);
    let mut db = app.read(caller).await?;
    let (rows, _) = store::list(&mut db, reach, &paging, &CompanyFilter::any(), &order).await?;
    let more = |row: &Company| row.tax_id.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(rows.iter().map(|row| Found::new(row.id, &row.name, more(row))).collect())
}
