//! The outbox relay: sends what the writers could not send themselves.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use shared::{
    App, Result,
    auth::TenantId,
    db::{Db, OutboxRow, SWEEP_AGE_SECONDS, sweep},
    http::request::{self, RequestInfo},
    queue::worker::planned_time,
    telemetry::{
        self,
        metrics::{self, Unit},
    },
};
use sqlx::{Connection as _, MySql, QueryBuilder};
use tracing::Instrument as _;
use uuid::Uuid;

/// Rows of one transaction.
const BATCH: u32 = 100;
/// How long one run may take; the next comes every minute.
const BUDGET: Duration = Duration::from_secs(20);

/// What a run did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    sent: usize,
    failed: usize,
    batches: usize,
}

/// One run: `{time, tenantId?}`. Rows younger than half a minute are left to their writers.
pub async fn run(app: App, event: Value) -> Result<Value> {
    let time = planned_time(&event, &app);
    let tenant = tenant_of(&event);
    let id = app.new_uuid().to_string();
    let span = telemetry::message_span("outbox-relay", &id, &id, None);
    let info = Arc::new(RequestInfo::of_task(&id, None, None));
    request::within(info, relay(app, time - TimeDelta::seconds(SWEEP_AGE_SECONDS), tenant).instrument(span)).await
}

/// The only tenant that a scheduled task is to work for; none for all.
pub(crate) fn tenant_of(event: &Value) -> Option<TenantId> {
    event.get("tenantId").and_then(Value::as_str).and_then(|id| TenantId::parse(id).ok())
}

async fn relay(app: App, before: DateTime<Utc>, tenant: Option<TenantId>) -> Result<Value> {
    let started = Instant::now();
    let mut counts = Counts::default();
    let mut db = app.system()?.connection().await?;
    let finished = loop {
        let (taken, sent) = batch(&app, &mut db, before, tenant).await?;
        counts.sent += sent;
        counts.failed += taken - sent;
        counts.batches += 1;
        // When a whole batch stays, the queue is away: its rows wait for the next run.
        if taken < BATCH as usize || sent == 0 {
            break true;
        }
        if started.elapsed() > BUDGET {
            break false;
        }
    };
    if tenant.is_none() {
        measure(&mut db, app.now()).await?;
    }
    let Counts { sent, failed, batches } = counts;
    if sent + failed > 0 {
        tracing::info!(category = "application", sent, failed, batches, finished, "outbox.swept");
    }
    Ok(json!({"sent": sent, "failed": failed, "batches": batches, "finished": finished}))
}

/// Says how much waits and since when, and that somebody looked: what grows here, no consumer has heard of.
async fn measure(db: &mut Db, now: DateTime<Utc>) -> Result<()> {
    let (waiting, oldest): (i64, Option<NaiveDateTime>) =
        sqlx::query_as("SELECT COUNT(*), MIN(created_at) FROM outbox_rows WHERE state = 'PENDING'")
            .fetch_one(&mut *db)
            .await?;
    let age = oldest.map_or(0, |oldest| (now.naive_utc() - oldest).num_seconds().max(0));
    for (name, value) in [("OutboxWaiting", waiting), ("OutboxOldestSeconds", age), ("OutboxSweptAt", now.timestamp())]
    {
        #[expect(clippy::cast_precision_loss, reason = "counts and seconds far below 2^52")]
        metrics::record(name, Unit::None, value as f64, &[]);
    }
    Ok(())
}

/// Takes rows that nobody else holds, sends them and says so in the same transaction. How many were taken and sent.
///
/// A relay that dies between sending and committing sends them again: every consumer knows its messages by id.
async fn batch(app: &App, db: &mut Db, before: DateTime<Utc>, tenant: Option<TenantId>) -> Result<(usize, usize)> {
    let mut transaction = db.begin().await?;
    let rows = sweep(&mut transaction, before, tenant, BATCH).await?;
    if rows.is_empty() {
        transaction.commit().await?;
        return Ok((0, 0));
    }
    let sent = app.queues().send(&rows).await;
    let (done, left): (Vec<&OutboxRow>, Vec<&OutboxRow>) = rows.iter().partition(|row| sent.contains(&row.id));
    let now = app.now();
    mark(&mut transaction, "state = 'SENT', attempts = attempts + 1, last_error = NULL, sent_at = ", now, &done)
        .await?;
    let note = "attempts = attempts + 1, last_error = 'the queue did not take it; the log says why', updated_at = ";
    mark(&mut transaction, note, now, &left).await?;
    transaction.commit().await?;
    Ok((rows.len(), done.len()))
}

/// Updates rows by their whole key: by `id` alone the statement would scan, and wait for rows of others.
async fn mark(db: &mut Db, set: &str, now: DateTime<Utc>, rows: &[&OutboxRow]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut sql = QueryBuilder::new(format!("UPDATE outbox_rows SET {set}"));
    sql.push_bind(now.naive_utc()).push(" WHERE ");
    by_keys(&mut sql, rows.iter().map(|row| (row.tenant.as_uuid(), row.id)));
    sql.build().execute(db).await?;
    Ok(())
}

/// `(tenant_id = ? AND id = ?) OR …`, which reads each row by its primary key.
pub(crate) fn by_keys(sql: &mut QueryBuilder<'_, MySql>, keys: impl IntoIterator<Item = (Uuid, Uuid)>) {
    let mut list = sql.separated(" OR ");
    for (tenant, id) in keys {
        list.push("(tenant_id = ").push_bind_unseparated(tenant);
        list.push_unseparated(" AND id = ").push_bind_unseparated(id).push_unseparated(")");
    }
}
