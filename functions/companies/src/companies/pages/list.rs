//! The list of companies, and the companies that a combobox offers.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Role, policy},
    http::{Paging, reply::Pagination},
    web::{Page, PageList, Tone},
};

use super::super::{Company, CompanyFilter, CompanyStatus, api, store};
use crate::{
    codes::ProvinceCode,
    danger::DangerClass,
    pages::{
        filters::{Filter, ListHead},
        look_up::{self, Found},
        places,
    },
    reach::Reach,
};

/// The order that the list has by itself.
const ORDER: &str = "name";
/// As many as a combobox offers.
const OFFERED: u32 = 12;

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
    let (mut paging, order) = (list.paging, api::order(&Paging::default())?);
    (paging.page, paging.limit, paging.include_deleted) = (1, OFFERED, false);
    let mut db = app.read(&caller).await?;
    let (rows, _) = store::list(&mut db, Reach::of(&caller), &paging, &list.filter, &order).await?;
    let more = |row: &Company| row.tax_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let found = rows.iter().map(|row| Found::new(row.id, &row.name, more(row))).collect();
    look_up::show(&page, found)
}
