//! `/api/v1/reference`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Error, Result,
    auth::{Allowed, policy},
    cache::CacheKey,
    http::{Id, Reply, Routes, SearchList, page::SortField, routes},
};

use super::{
    District, Nace, NaceFilter, Province,
    kept::{self, KEPT, TAG},
    store,
};
use crate::codes::ProvinceCode;

const SORT: &[SortField] = &[("code", "n.code"), ("title", "n.title"), ("dangerClass", "n.danger_class")];

/// The routes of the reference data.
pub fn routes() -> Routes {
    Routes::new().add(routes!(list_nace)).add(routes!(list_provinces)).add(routes!(list_districts))
}

/// A page as the cache keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    rows: Vec<Nace>,
    counted: u64,
}

/// List activities with their danger classes; `q` looks for words of the title, or for the beginning of a code.
#[utoipa::path(get, path = "/api/v1/reference/nace", tag = "reference", params(SearchList<NaceFilter>),
    responses((status = 200, description = "The activities", body = Vec<Nace>)))]
pub async fn list_nace(
    State(app): State<App>,
    caller: Allowed<policy::ListNace>,
    SearchList(list): SearchList<NaceFilter>,
) -> Result<Reply> {
    let order = list.paging.order_by(SORT, "n.code", "n.code")?;
    let load = || async {
        let mut db = app.read(&caller).await?;
        let (rows, counted) = store::nace(&mut db, &list.paging, &list.filter, &order).await?;
        Ok::<_, Error>(Kept { rows, counted })
    };
    // What people type is kept nowhere: only the pages that everybody opens.
    let kept = if list.paging.q.is_some() {
        load().await?
    } else {
        let key =
            CacheKey::platform(&format!("nace:{:?}:{order}:{}:{}", list.filter, list.paging.page, list.paging.limit));
        app.cache().get_or_try(&key, &[TAG], KEPT, load).await?
    };
    Reply::list(&kept.rows, list.paging.pagination(kept.counted))
}

/// List the 81 provinces by name.
#[utoipa::path(get, path = "/api/v1/reference/provinces", tag = "reference",
    responses((status = 200, description = "The provinces", body = Vec<Province>)))]
pub async fn list_provinces(State(app): State<App>, caller: Allowed<policy::ListProvinces>) -> Result<Reply> {
    Reply::ok(&kept::provinces(&app, &caller).await?)
}

/// List the districts of a province by name.
#[utoipa::path(get, path = "/api/v1/reference/provinces/{id}/districts", tag = "reference",
    params(("id" = ProvinceCode, Path, description = "The province")),
    responses((status = 200, description = "The districts", body = Vec<District>)))]
pub async fn list_districts(
    State(app): State<App>,
    caller: Allowed<policy::ListDistricts>,
    Id(province): Id<ProvinceCode>,
) -> Result<Reply> {
    let districts = kept::districts(&app, &caller, &province).await?;
    // Every province has districts.
    if districts.is_empty() {
        return Err(Error::not_found());
    }
    Reply::ok(&districts)
}
