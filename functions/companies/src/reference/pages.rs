//! What comboboxes ask for: parts of pages.

use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::Routes,
    types::turkish,
    web::{Page, PageList},
};

use super::{NaceFilter, kept, store};
use crate::{
    codes::ProvinceCode,
    pages::{
        look_up::{self, Found},
        places,
    },
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
    let mut db = app.read(&caller).await?;
    let mut paging = list.paging;
    paging.limit = 12;
    let (rows, _) = store::nace(&mut db, &paging, &list.filter, "n.code").await?;
    let found = rows.iter().map(|row| Found::new(&row.code, places::activity(&page, row), "")).collect();
    look_up::show(&page, found)
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
    let rows = match &list.filter.city {
        Some(city) => kept::districts(&app, &caller, city).await?,
        None => Vec::new(),
    };
    let wanted = list.paging.q.as_deref().map(turkish::search_key).unwrap_or_default();
    let found = rows
        .into_iter()
        .filter(|row| turkish::search_key(row.name.as_str()).starts_with(&wanted))
        .map(|row| Found::new(&row.code, &row.name, ""))
        .collect();
    look_up::show(&page, found)
}
