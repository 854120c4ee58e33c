//! `/api/v1/admin/flags`

use axum::extract::State;
use shared::{
    App, Error, Result,
    auth::{Allowed, policy},
    http::{Id, Reply, Routes, extract::Change, request, routes},
    types::Slug,
};

use super::{FeatureFlag, PatchFlag, store};

/// The routes of feature flags.
pub fn routes() -> Routes {
    Routes::new().add(routes!(list_flags)).add(routes!(get_flag)).add(routes!(update_flag))
}

/// List the features that the tenant can switch on and off.
#[utoipa::path(get, path = "/api/v1/admin/flags", tag = "administration",
    responses((status = 200, description = "The features", body = Vec<FeatureFlag>)))]
pub async fn list_flags(State(app): State<App>, caller: Allowed<policy::ListFlags>) -> Result<Reply> {
    let language = request::current().language;
    let found = store::list(&mut *app.read(&caller).await?).await?;
    let flags: Vec<_> = found.into_iter().map(|found| FeatureFlag::new(found, &caller, language)).collect();
    Reply::ok(&flags)
}

/// Show one of these features.
#[utoipa::path(get, path = "/api/v1/admin/flags/{name}", tag = "administration",
    params(("name" = String, Path, description = "The feature's name", max_length = 100,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")),
    responses((status = 200, description = "The feature", body = FeatureFlag)))]
pub async fn get_flag(State(app): State<App>, caller: Allowed<policy::GetFlag>, Id(name): Id<Slug>) -> Result<Reply> {
    let found = store::find(&mut *app.read(&caller).await?, &name).await?.ok_or_else(Error::not_found)?;
    Reply::found(&FeatureFlag::new(found, &caller, request::current().language))
}

/// Switch a feature on or off for the whole tenant, or leave it to the operator again.
///
/// What the operator holds cannot be chosen until he lets go of it. The choice is seen everywhere within three seconds.
#[utoipa::path(patch, path = "/api/v1/admin/flags/{name}", tag = "administration", request_body = Change<PatchFlag>,
    params(("name" = String, Path, description = "The feature's name", max_length = 100,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")),
    responses((status = 200, description = "The feature", body = FeatureFlag)))]
pub async fn update_flag(
    State(app): State<App>,
    caller: Allowed<policy::UpdateFlag>,
    Id(name): Id<Slug>,
    Change { version, input }: Change<PatchFlag>,
) -> Result<Reply> {
    let language = request::current().language;
    let mut work = app.begin(&caller, None).await?;
    let flag = super::choose(&mut work, &caller, language, &name, version, &input).await?;
    work.commit(Reply::found(&flag)?).await
}
