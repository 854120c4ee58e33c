//! What comboboxes ask for: parts of pages.

use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, policy},
    http::Routes,
    types::turkish,
    web::{Found, Page, PageList},
};

use super::{NaceFilter, kept, store};
use crate::{
    codes::ProvinceCode,
    pages::{look_up, places},
};

/// The routes of the look-ups.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListNace>("/look-up/nace", axum::routing::get(nace))
        .page::<policy::ListDistricts>("/look-up/districts", axum::routing::get(districts))
}

/// Activities by the words of their titles or the beginning of their code.
async fn nace(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListNace>,
    list: PageList<NaceFilter>,
) -> Result<Response> {
    look_up::show(&page, activities(&app, &page, &caller, list.paging.q).await?)
}

/// What the combobox offers for a text.
pub(crate) async fn activities(app: &App, page: &Page, caller: &Caller, q: Option<String>) -> Result<Vec<Found>> {
    let mut db = app.read(caller).await?;
    let (rows, _) = store::nace(&mut db, &look_up::first(q), &NaceFilter::any(), "n.code").await?;
    Ok(rows.iter().map(|row| Found::new(&row.code, places::activity(page, row), "")).collect())
}

shared::input! {
    /// The districts of this province.
    pub struct OfProvince {
        /// The province.
        pub city: Option<ProvinceCode>,
    }
}

/// Districts by the beginning of their name.
async fn districts(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListDistricts>,
    list: PageList<OfProvince>,
) -> Result<Response> {
    look_up::show(&page, districts_of(&app, &caller, list.filter.city.as_ref(), list.paging.q).await?)
}

/// What the combobox offers for a text: nothing before the province is known.
pub(crate) async fn districts_of(
    app: &App,
    caller: &Caller,
    province: Option<&ProvinceCode>,
    q: Option<String>,
) -> Result<Vec<Found>> {
    let Some(province) = province else { return Ok(Vec::new()) };
    let rows = kept::districts(app, caller, province).await?;
    let wanted = q.as_deref().map(turkish::search_key).unwrap_or_default();
    let fits = rows.into_iter().filter(|row| turkish::search_key(row.name.as_str()).starts_with(&wanted));
    Ok(fits.map(|row| Found::new(&row.code, &row.name, "")).collect())
}
