//! Reference data as the cache keeps it: everybody asks for it, and it changes with a release.

use std::time::Duration;

use shared::{App, Error, Result, auth::Caller, cache::CacheKey};

use super::{District, Province, store};
use crate::codes::ProvinceCode;

/// How long an answer is kept: so long does a release's new data take to be seen everywhere, because the
/// loader does not reach the cache. A purge reaches the own tenant's values only, so it does not reach these.
pub(super) const KEPT: Duration = Duration::from_mins(10);
pub(super) const TAG: &str = "reference";

/// The 81 provinces, by name.
pub async fn provinces(app: &App, caller: &Caller) -> Result<Vec<Province>> {
    let load = || async {
        let mut db = app.read(caller).await?;
        Ok::<_, Error>(store::provinces(&mut db).await?)
    };
    app.cache().get_or_try(&CacheKey::platform("provinces"), &[TAG], KEPT, load).await
}

/// The districts of a province, by name; none when there is no such province.
pub async fn districts(app: &App, caller: &Caller, province: &ProvinceCode) -> Result<Vec<District>> {
    let load = || async {
        let mut db = app.read(caller).await?;
        Ok::<_, Error>(store::districts(&mut db, province).await?)
    };
    let key = CacheKey::platform(&format!("districts:{}", province.as_str()));
    app.cache().get_or_try(&key, &[TAG], KEPT, load).await
}
