//! The audit trail, as administrators read it, the chain that shows whether somebody changed it, and its export.

pub mod api;
pub mod chain;
pub mod export;
mod names;
pub mod pages;
mod store;
mod view;
mod words;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    auth::{CompanyId, UserId},
    db::Action,
    types::Text,
};
use utoipa::ToSchema;
use uuid::Uuid;

/// One entry of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The entry's id.
    pub id: Uuid,
    /// What was done: one of the filter's words, or one that a later release adds.
    #[schema(examples("UPDATE"))]
    pub action: String,
    /// The kind of record.
    #[schema(examples("company"))]
    pub entity: String,
    /// The record.
    pub entity_id: Option<Uuid>,
    /// The company whose record it is.
    pub company_id: Option<CompanyId>,
    /// Who did it; none for a background task and for somebody unknown.
    pub user_id: Option<UserId>,
    /// The name of whoever did it, as it was then; a task's own name.
    pub user_name: Option<String>,
    /// The e-mail of whoever did it, as it was then.
    pub user_email: Option<String>,
    /// The request that did it.
    pub request_id: Option<String>,
    /// The address that it came from.
    pub ip: Option<String>,
    /// The program that sent it.
    pub user_agent: Option<String>,
    /// `{field: {before, after}}`; secrets and health data are masked.
    #[schema(value_type = Object)]
    pub changes: Value,
    /// When it was done.
    pub created_at: DateTime<Utc>,
}

/// Which entries are wanted. Serialized, it binds the cursors to this choice.
#[derive(Debug, Serialize)]
struct Filter {
    action: Option<Action>,
    entity: Option<Text<1, 60>>,
    entity_id: Option<Uuid>,
    user_id: Option<UserId>,
    company_id: Option<CompanyId>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    q: Option<Text<2, 100>>,
}

/// Behind which entry a list goes on: the latest come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    created_at: DateTime<Utc>,
    id: Uuid,
}
