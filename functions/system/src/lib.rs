//! Health, cache purge, feature flags, jobs, audit trail and its chain, outbox relay and housekeeping.

pub mod audit;
pub mod cache;
pub mod docs;
pub mod flags;
pub mod health;
pub mod housekeeping;
pub mod job_runs;
pub mod jobs;
pub mod migrations;
pub mod relay;
pub mod smoke;

use shared::{
    http::{Routes, routes},
    web::Texts,
};

/// The texts of this feature's pages.
pub static TEXTS: Texts = shared::texts!();

/// The routes of the function `system`.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(health::get_health))
        .add(routes!(health::get_readiness))
        .add(routes!(docs::api::get_openapi))
        .add(routes!(docs::api::get_docs))
        .add(routes!(docs::api::get_docs_errors))
        .add(routes!(docs::api::get_docs_style))
        .add(routes!(cache::purge_cache))
        .merge(flags::api::routes())
        .merge(jobs::api::routes())
        .add(routes!(job_runs::api::list_job_runs))
        .add(routes!(audit::api::list_audit))
        .merge(pages())
}

/// The pages of this feature.
fn pages() -> Routes {
    Routes::new().merge(jobs::pages::routes()).merge(audit::pages::routes()).merge(flags::pages::routes()).texts(&TEXTS)
}
