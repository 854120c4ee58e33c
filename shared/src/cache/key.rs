//! Names of cached things. A tenant's name always holds the tenant: there is no way to make one without.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Whose data it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Tenant(Uuid),
    Platform,
}

impl Scope {
    /// What Redis calls the mark of a tag.
    pub(super) fn tag(self, tag: &str) -> String {
        format!("{}{tag}", self.prefix("tag"))
    }

    fn prefix(self, kind: &str) -> String {
        match self {
            Self::Tenant(tenant) => format!("{kind}:{}:", tenant.simple()),
            Self::Platform => format!("{kind}:platform:"),
        }
    }
}

/// For whom an answer was made: people who see different rows must not share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// All staff, where they all see the same.
    Staff,
    /// The users of one customer company.
    Company(Uuid),
    /// One person, such as a physician who sees the assigned workplaces.
    User(Uuid),
}

impl Viewer {
    fn name(self) -> String {
        match self {
            Self::Staff => "staff".into(),
            Self::Company(id) => format!("company-{}", id.simple()),
            Self::User(id) => format!("user-{}", id.simple()),
        }
    }
}

/// The name of one cached value, and the tag that it always has.
#[derive(Debug, Clone)]
pub struct CacheKey {
    pub(super) scope: Scope,
    /// In Redis and in the process.
    pub(super) name: String,
    /// What [`super::Cache::invalidate`] calls it.
    pub(super) tag: String,
}

impl CacheKey {
    /// The tag of [`CacheKey::flags`].
    pub const FLAGS: &'static str = "flags";

    /// `user:{id}`.
    pub fn user(tenant: Uuid, id: Uuid) -> Self {
        let tag = format!("user:{id}");
        Self::new(Scope::Tenant(tenant), &tag.clone(), tag)
    }

    /// `company:{id}`.
    pub fn company(tenant: Uuid, id: Uuid) -> Self {
        let tag = format!("company:{id}");
        Self::new(Scope::Tenant(tenant), &tag.clone(), tag)
    }

    /// `dashboard:stats`.
    pub fn dashboard_stats(tenant: Uuid, viewer: Viewer) -> Self {
        Self::new(Scope::Tenant(tenant), &format!("dashboard:stats:{}", viewer.name()), "dashboard:stats".into())
    }

    /// `flags`: what has been decided for a tenant, which is the same for all its users.
    pub fn flags(tenant: Uuid) -> Self {
        Self::new(Scope::Tenant(tenant), Self::FLAGS, Self::FLAGS.to_owned())
    }

    /// `api:{endpoint}:{hash}`; the hash is of the viewer and of `query`, which is whatever else
    /// changes the answer. Its tag is `api:{endpoint}`.
    pub fn api(tenant: Uuid, endpoint: &str, viewer: Viewer, query: &impl Serialize) -> Self {
        let tag = format!("api:{endpoint}");
        let query = serde_json::to_string(query).unwrap_or_else(|error| {
            // Nothing that is read from a query string fails here; if it did, nothing may be shared.
            tracing::error!(error = %error, endpoint, "cache.unhashable_query");
            format!("{:032x}", rand::random::<u128>())
        });
        let hash = Sha256::new().chain_update(viewer.name()).chain_update([0]).chain_update(query).finalize();
        let mut name = format!("{tag}:");
        for byte in &hash[..16] {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        Self::new(Scope::Tenant(tenant), &name, tag)
    }

    /// What is the same for all tenants, such as reference data. Never anything that a tenant wrote.
    pub fn platform(name: &str) -> Self {
        Self::new(Scope::Platform, name, name.to_owned())
    }

    fn new(scope: Scope, name: &str, tag: String) -> Self {
        Self { scope, name: format!("{}{name}", scope.prefix("cache")), tag }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);

    #[test]
    fn tenants_viewers_and_queries_have_keys_of_their_own() {
        let keys = [
            CacheKey::user(A, B),
            CacheKey::user(B, B),
            CacheKey::company(A, B),
            CacheKey::dashboard_stats(A, Viewer::Staff),
            CacheKey::dashboard_stats(A, Viewer::Company(B)),
            CacheKey::dashboard_stats(A, Viewer::User(B)),
            CacheKey::dashboard_stats(B, Viewer::Staff),
            CacheKey::flags(A),
            CacheKey::flags(B),
            CacheKey::api(A, "companies", Viewer::Staff, &("page", 1)),
            CacheKey::api(A, "companies", Viewer::Staff, &("page", 2)),
            CacheKey::api(A, "companies", Viewer::Company(B), &("page", 1)),
            CacheKey::api(B, "companies", Viewer::Staff, &("page", 1)),
            CacheKey::platform("nace"),
        ];
        let names: std::collections::HashSet<_> = keys.iter().map(|key| &key.name).collect();
        assert_eq!(names.len(), keys.len());
        for key in &keys {
            let owner = match key.scope {
                Scope::Tenant(tenant) => tenant.simple().to_string(),
                Scope::Platform => "platform".into(),
            };
            assert!(key.name.starts_with(&format!("cache:{owner}:")), "{}", key.name);
        }
    }

    #[test]
    fn the_patterns_are_those_of_the_specification() {
        assert_eq!(CacheKey::user(A, B).name, format!("cache:{}:user:{B}", A.simple()));
        assert_eq!(CacheKey::dashboard_stats(A, Viewer::Staff).tag, "dashboard:stats");
        let api = CacheKey::api(A, "companies", Viewer::Staff, &());
        assert_eq!(api.tag, "api:companies");
        assert_eq!(api.name.rsplit(':').next().map(str::len), Some(32));
    }
}
