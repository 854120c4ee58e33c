//! `/api/v1/tenants/current`.

use axum::extract::State;
use shared::{
    App, Error, Result,
    auth::{Allowed, policy},
    http::{Routes, extract::Change, reply::Reply, routes},
};

use super::{PatchTenant, Tenant, store};

/// The routes.
pub fn routes() -> Routes {
    Routes::new().add(routes!(get_tenant)).add(routes!(update_tenant))
}

/// Show the own tenant.
#[utoipa::path(get, path = "/api/v1/tenants/current", tag = "tenants",
    responses((status = 200, description = "The tenant", body = Tenant)))]
pub async fn get_tenant(State(app): State<App>, caller: Allowed<policy::GetTenant>) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    if caller.role.is_staff() {
        return Reply::found(&store::find(&mut db).await?.ok_or_else(Error::not_found)?);
    }
    Reply::ok(&store::find_for_client(&mut db).await?.ok_or_else(Error::not_found)?)
}

/// Change the own tenant.
#[utoipa::path(patch, path = "/api/v1/tenants/current", tag = "tenants", request_body = Change<PatchTenant>,
    responses((status = 200, description = "The tenant", body = Tenant)))]
pub async fn update_tenant(
    State(app): State<App>,
    caller: Allowed<policy::UpdateTenant>,
    Change { version, input }: Change<PatchTenant>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    let tenant = super::update(&mut work, version, input).await?;
    work.commit(Reply::found(&tenant)?).await
}
