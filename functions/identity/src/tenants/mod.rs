//! The own tenant.

pub mod api;
mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    Code, Detail, Error, Result,
    auth::TenantId,
    db::{Audit, Event, Work, violated_key},
    error::Text as Words,
    http::{Patch, reply::Resource},
    types::{Slug, Text},
};
use utoipa::ToSchema;

use crate::record::record;

shared::text_enum! {
    /// What a tenant is.
    pub enum TenantKind {
        /// An OSGB.
        Osgb = "OSGB",
        /// A web agency that serves OSGBs.
        Agency = "AGENCY",
    }
}

shared::text_enum! {
    /// Where a tenant stands.
    pub enum TenantStatus {
        /// Waits for its first ADMIN to confirm.
        Pending = "PENDING",
        /// In use.
        Active = "ACTIVE",
        /// Closed by the operator.
        Suspended = "SUSPENDED",
    }
}

/// The own tenant; customers' users are shown no version and no times.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The tenant.
    pub id: TenantId,
    /// The name.
    pub name: String,
    /// The name in addresses.
    pub slug: Option<String>,
    /// What it is.
    pub kind: TenantKind,
    /// Where it stands.
    pub status: TenantStatus,
    /// Whether everybody needs a second factor.
    pub require_mfa: bool,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// When it was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<DateTime<Utc>>,
}

impl Resource for Tenant {
    fn version(&self) -> i64 {
        self.version.unwrap_or_default()
    }

    fn location(&self) -> String {
        "/api/v1/tenants/current".to_owned()
    }
}

shared::input! {
    /// What may be changed of the own tenant.
    pub struct PatchTenant {
        /// The name.
        pub name: Patch<Text<2, 255>>,
        /// The name in addresses.
        pub slug: Patch<Option<Slug>>,
    }
}

/// Changes the own tenant.
pub async fn update(work: &mut Work, version: i64, patch: PatchTenant) -> Result<Tenant> {
    let before = store::find(work).await?.ok_or_else(Error::not_found)?;
    let mut after = before.clone();
    if let Patch::Set(name) = patch.name {
        after.name = name.into_string();
    }
    if let Patch::Set(slug) = patch.slug {
        after.slug = slug.map(|slug| slug.as_str().to_owned());
    }
    if before.version() == version && Audit::is_same(&before, &after) {
        work.leave_as_is();
        return Ok(before);
    }
    let written = store::update(work, &after, version).await.map_err(|error| {
        if violated_key(&error).as_deref() != Some("tenants_slug_uk") {
            return error.into();
        }
        Error::new(Code::Duplicate).detail(Detail::new(
            "slug",
            "DUPLICATE",
            Words::new("Bu adres kullanılıyor; başka bir ad seçin.", "This address is in use; choose another one."),
        ))
    })?;
    let now = store::find(work).await?.ok_or_else(Error::not_found)?;
    if !written {
        return Err(Error::version_conflict(now.version()));
    }
    let id = now.id.as_uuid();
    record(work, None, Audit::updated("tenant", id, &before, &now), Event::new("tenant.updated", id, now.version()));
    work.invalidate(format!("tenant:{}", now.id));
    Ok(now)
}
