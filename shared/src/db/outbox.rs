//! The outbox: events are rows of the transaction that caused them, and are sent after it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{QueryBuilder, Row, mysql::MySqlRow, types::Json};
use uuid::Uuid;

use super::Db;
use crate::{
    auth::{CompanyId, TenantId},
    http::request::RequestInfo,
};

/// The relay takes rows that are older than this, so that it does not race the writers that send their own.
pub const SWEEP_AGE_SECONDS: i64 = 30;

/// The queue of domain events.
const EVENTS: &str = "events";

/// Something that happened and that others may act on. Messages carry ids, never names or secrets.
#[derive(Debug, Clone)]
pub struct Event {
    /// The row's and the message's id.
    pub(super) id: Uuid,
    pub(super) queue: &'static str,
    pub(super) topic: &'static str,
    pub(super) aggregate: Uuid,
    pub(super) version: i64,
    pub(super) company: Option<CompanyId>,
    pub(super) payload: Value,
}

impl Event {
    /// A domain event: `company.created` of this record in this version.
    pub fn new(topic: &'static str, aggregate: Uuid, version: i64) -> Self {
        Self { id: Uuid::nil(), queue: EVENTS, topic, aggregate, version, company: None, payload: json!({}) }
    }

    /// Work for one task's own queue.
    #[must_use]
    pub fn to_queue(mut self, queue: &'static str) -> Self {
        self.queue = queue;
        self
    }

    /// The company that it is about.
    #[must_use]
    pub fn of_company(mut self, company: CompanyId) -> Self {
        self.company = Some(company);
        self
    }

    /// What the consumer needs besides the ids.
    #[must_use]
    pub fn with(mut self, payload: Value) -> Self {
        self.payload = payload;
        self
    }
}

/// A row of the outbox, ready to be sent.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// The message's id.
    pub id: Uuid,
    /// Whose it is.
    pub tenant: TenantId,
    /// The queue's name, without prefix.
    pub queue: String,
    /// The W3C trace context of the request that wrote it.
    pub traceparent: Option<String>,
    /// The correlation id of the request that wrote it.
    pub correlation_id: String,
    /// The message's body.
    pub body: String,
}

/// The body of a message; see `queue::Message` for its reader.
fn body(
    tenant: TenantId,
    id: Uuid,
    topic: &str,
    company: Option<CompanyId>,
    aggregate: (Uuid, i64),
    payload: &Value,
) -> String {
    let (aggregate_id, version) = aggregate;
    json!({
        "id": id,
        "schema": 1,
        "topic": topic,
        "tenantId": tenant,
        "companyId": company,
        "aggregateId": aggregate_id,
        "aggregateVersion": version,
        "payload": payload,
    })
    .to_string()
}

/// Writes the events of one unit of work and gives back what is to be sent.
pub(super) async fn insert(
    db: &mut Db,
    tenant: TenantId,
    events: &[Event],
    info: &RequestInfo,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<OutboxRow>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let traceparent = crate::telemetry::traceparent();
    let mut sql = QueryBuilder::new(
        "INSERT INTO outbox (tenant_id, id, company_id, queue, topic, aggregate_id, aggregate_version, \
         payload, traceparent, correlation_id, state, created_at) ",
    );
    sql.push_values(events, |mut row, event| {
        row.push("current_tenant()")
            .push_bind(event.id)
            .push_bind(event.company.map(CompanyId::as_uuid))
            .push_bind(event.queue)
            .push_bind(event.topic)
            .push_bind(event.aggregate)
            .push_bind(event.version)
            .push_bind(Json(&event.payload))
            .push_bind(traceparent.as_deref())
            .push_bind(info.correlation_id.as_str())
            .push("'PENDING'")
            .push_bind(now.naive_utc());
    });
    sql.build().execute(db).await?;
    Ok(events
        .iter()
        .map(|event| OutboxRow {
            id: event.id,
            tenant,
            queue: event.queue.to_owned(),
            traceparent: traceparent.clone(),
            correlation_id: info.correlation_id.clone(),
            body: body(tenant, event.id, event.topic, event.company, (event.aggregate, event.version), &event.payload),
        })
        .collect())
}

/// Marks rows of the bound tenant as sent.
pub(crate) async fn mark_sent(db: &mut Db, ids: &[Uuid], now: DateTime<Utc>) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = QueryBuilder::new("UPDATE outbox SET state = 'SENT', attempts = attempts + 1, sent_at = ");
    sql.push_bind(now.naive_utc()).push(" WHERE state = 'PENDING' AND id IN (");
    let mut list = sql.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    sql.push(")");
    sql.build().execute(db).await?;
    Ok(())
}

/// Locks up to `limit` rows of all tenants that no writer and no other relay is busy with: those that
/// were tried least first, the oldest of them first, so that a queue that is away delays no other. A row that was tried and not taken waits for its next turn, so that it stands in
/// nobody's way. Needs the system user's connection inside a transaction.
pub async fn sweep(
    db: &mut Db,
    before: DateTime<Utc>,
    tenant: Option<TenantId>,
    limit: u32,
) -> sqlx::Result<Vec<OutboxRow>> {
    let only = tenant.map(TenantId::as_uuid);
    sqlx::query(
        "SELECT tenant_id, id, company_id, queue, topic, aggregate_id, aggregate_version, payload, traceparent, correlation_id \
         FROM outbox_rows WHERE state = 'PENDING' AND created_at <= ? AND (attempts = 0 OR updated_at <= ?) \
         AND (? IS NULL OR tenant_id = ?) ORDER BY attempts, created_at LIMIT ? FOR UPDATE SKIP LOCKED",
    )
    .bind(before.naive_utc())
    .bind(before.naive_utc())
    .bind(only)
    .bind(only)
    .bind(limit)
    .try_map(|row: MySqlRow| {
        let tenant = TenantId::from_uuid(row.try_get("tenant_id")?);
        // The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
        let topic: String = row.try_get_unchecked("topic")?;
        let company: Option<CompanyId> = row.try_get("company_id")?;
        let Json(payload): Json<Value> = row.try_get_unchecked("payload")?;
        let id: Uuid = row.try_get("id")?;
        let aggregate: Uuid = row.try_get("aggregate_id")?;
        let version: i64 = row.try_get("aggregate_version")?;
        Ok(OutboxRow {
            id,
            tenant,
            queue: row.try_get_unchecked("queue")?,
            traceparent: row.try_get_unchecked("traceparent")?,
            correlation_id: row.try_get_unchecked::<Option<String>, _>("correlation_id")?.unwrap_or_default(),
            body: body(tenant, id, &topic, company, (aggregate, version), &payload),
        })
    })
    .fetch_all(db)
    .await
}
