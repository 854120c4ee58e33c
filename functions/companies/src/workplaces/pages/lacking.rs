//! The workplaces with less service than the law asks for, the worst first: where the home's count leads, for those who
//! can assign somebody.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::reply::Pagination,
    types::turkish::search_key,
    web::{Choice, Page, PageList},
};

use crate::{
    danger::DangerClass,
    overview::{self, Lacking},
};

shared::input! {
    /// Which of them are wanted.
    pub struct LackingFilter {
        /// Their danger class.
        pub danger_class: Option<DangerClass>,
    }
}

#[derive(Template)]
#[template(path = "workplaces/lacking.html")]
struct LackingPage<'a> {
    page: &'a Page,
    q: &'a str,
    filter: &'a LackingFilter,
    classes: Vec<Choice>,
    rows: Vec<Lacking>,
    pagination: Pagination,
    /// How many there are, and how many of them the page knows.
    lacking: usize,
    known: usize,
}

/// The page; its figures are the home's, which names so few that they are looked through here.
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateAssignment>,
    PageList { paging, filter }: PageList<LackingFilter>,
) -> Result<Response> {
    let overview = overview::of_tenant(&app, &caller).await?;
    let (lacking, known) = (overview.lacking, overview.worst.len());
    let q = paging.q.as_deref().unwrap_or_default();
    let wanted = search_key(q);
    let mut rows = overview.worst;
    rows.retain(|one| {
        filter.danger_class.is_none_or(|class| class == one.danger_class)
            && search_key(&format!("{} {}", one.title, one.company)).contains(&wanted)
    });
    let pagination = paging.pagination(u64::try_from(rows.len()).unwrap_or_default());
    let offset = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    let rows = rows.into_iter().skip(offset).take(limit).collect();
    let classes = page.words::<DangerClass>("dangerClass");
    page.show(&LackingPage { page: &page, q, filter: &filter, classes, rows, pagination, lacking, known })
}
