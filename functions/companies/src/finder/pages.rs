//! `/panel/find`: the page, and the part of it that the command palette shows while somebody types.

use askama::Template;
use axum::{extract::State, response::Response, routing::get};
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::Routes,
    types::Tckn,
    web::{Page, PageList},
};

use super::{Hit, store};
use crate::{employees::persons, reach::Reach};

shared::input! {
    /// Nothing besides `q`.
    pub struct NoFilter {}
}

/// The routes of the finder. Whoever lists companies lists workplaces and employees too (the role matrix).
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListCompanies>("/panel/find", get(page_of_hits))
        .page::<policy::ListCompanies>("/panel/find/options", get(options))
}

#[derive(Template)]
#[template(path = "finder/page.html")]
struct FindPage<'a> {
    page: &'a Page,
    q: &'a str,
    hits: Vec<Hit>,
}

#[derive(Template)]
#[template(path = "finder/options.html")]
struct Options<'a> {
    page: &'a Page,
    hits: Vec<Hit>,
}

/// The page, for those without the script and for an address to send on.
async fn page_of_hits(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListCompanies>,
    list: PageList<NoFilter>,
) -> Result<Response> {
    let hits = find(&app, &caller, list.paging.q.as_deref()).await?;
    page.show(&FindPage { page: &page, q: list.paging.q.as_deref().unwrap_or_default(), hits })
}

/// What the palette offers.
async fn options(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListCompanies>,
    list: PageList<NoFilter>,
) -> Result<Response> {
    let hits = find(&app, &caller, list.paging.q.as_deref()).await?;
    page.show(&Options { page: &page, hits })
}

async fn find(app: &App, caller: &Allowed<policy::ListCompanies>, q: Option<&str>) -> Result<Vec<Hit>> {
    let Some(q) = q else { return Ok(Vec::new()) };
    let tckn_index = Tckn::parse(q).ok().map(|tckn| persons::index_of(app, caller.tenant, &tckn));
    let mut db = app.read(caller).await?;
    Ok(store::find(&mut db, Reach::of(caller), q, tckn_index).await?)
}
