//! The batch loop of every queue worker: it exists once, here.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::FutureExt as _;
use serde_json::Value;
use tracing::Instrument as _;

use super::Message;
use crate::{
    app::App,
    db::{Actor, Context, Work, violated_key},
    error::{Error, Result},
    http::request::{self, RequestInfo},
    serve,
    telemetry::{
        self,
        metrics::{self, Unit},
    },
};

/// Why a message was not worked off.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It may work another time: the message goes back to the queue, which counts its tries.
    #[error("to be tried again: {0}")]
    Retry(#[source] Error),
    /// It may work another time, but not before so long: the message stays hidden until then.
    #[error("to be tried again in {} s: {source}", .after.as_secs())]
    Later {
        /// What stood in the way.
        source: Error,
        /// How long it stays hidden.
        after: Duration,
    },
    /// It will never work: the message goes to the dead-letter queue by way of its tries.
    #[error("given up: {0}")]
    GiveUp(String),
}

/// A passing fault is tried again; everything else is ours to mend, and is tried again too, until
/// the queue has counted enough: better late than lost.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Retry(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Retry(error.into())
    }
}

/// Serves a queue: `work` does one message, and doing it twice is harmless.
pub async fn serve_queue<F, Fut>(name: &'static str, work: F) -> Result<()>
where
    F: Fn(App, Message) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Failure>> + Send,
{
    serve_messages(serve::start(name)?, work).await
}

/// As [`serve_queue`], for a function that has been started.
pub async fn serve_messages<F, Fut>(function: serve::Function, work: F) -> Result<()>
where
    F: Fn(App, Message) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Failure>> + Send,
{
    serve::serve_task(function, move |app, event| {
        let work = work.clone();
        async move {
            let event: SqsEvent = serde_json::from_value(event)?;
            let answer = run_batch(&app, event, work).await;
            Ok(serde_json::to_value(answer)?)
        }
    })
    .await
}

/// Works off a batch, message by message, and names those that failed. A panic costs its own message only.
pub async fn run_batch<F, Fut>(app: &App, event: SqsEvent, work: F) -> SqsBatchResponse
where
    F: Fn(App, Message) -> Fut,
    Fut: Future<Output = Result<(), Failure>>,
{
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        let id = record.message_id.clone().unwrap_or_default();
        let outcome = run_one(app, &record, &work).await;
        count(&outcome);
        if let Err(failure) = outcome {
            if let Failure::Later { after, .. } = failure {
                tracing::warn!(category = "application", message_id = id, failure = %failure, "message.delayed");
                delay(app, &record, after).await;
            } else {
                tracing::error!(category = "error", message_id = id, failure = %failure, "message.failed");
                telemetry::report_fault("MESSAGE_FAILED", &failure.to_string(), app.name());
            }
            let mut failed = BatchItemFailure::default();
            failed.item_identifier = id;
            response.batch_item_failures.push(failed);
        }
    }
    response
}

/// Counts a message by how it went.
fn count(outcome: &Result<(), Failure>) {
    let outcome = match outcome {
        Ok(()) => "done",
        Err(Failure::Later { .. }) => "delayed",
        Err(_) => "failed",
    };
    metrics::record("Messages", Unit::Count, 1.0, &[("outcome", outcome)]);
}

/// Hides a message for a while. When that fails it comes back after the queue's own time: sooner or later, never not.
async fn delay(app: &App, record: &SqsMessage, after: Duration) {
    let (Some(queue), Some(receipt)) = (&record.event_source_arn, &record.receipt_handle) else { return };
    if let Err(error) = app.queues().delay(queue, receipt, after).await {
        tracing::warn!(category = "application", error = %error, "message.not_delayed");
    }
}

async fn run_one<F, Fut>(app: &App, record: &SqsMessage, work: &F) -> Result<(), Failure>
where
    F: Fn(App, Message) -> Fut,
    Fut: Future<Output = Result<(), Failure>>,
{
    let body = record.body.as_deref().unwrap_or_default();
    let mut message = Message::parse(body).map_err(Failure::GiveUp)?;
    let receives = record.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok());
    message.receives = receives.unwrap_or(1);
    let attribute = |name: &str| record.message_attributes.get(name).and_then(|a| a.string_value.as_deref());
    let info = RequestInfo::of_task(&message.id.to_string(), attribute("correlationId"), attribute("traceparent"));
    let span = telemetry::message_span(&message.topic, &info.id, &info.correlation_id, info.traceparent.as_deref());
    let topic = message.topic.clone();
    let job = async {
        telemetry::record_caller(&message.tenant_id.to_string(), "");
        let done = AssertUnwindSafe(work(app.clone(), message)).catch_unwind().await;
        let done = done.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().copied().unwrap_or("a panic");
            telemetry::report_fault("PANIC", text, &topic);
            Err(Failure::Retry(Error::internal(format!("panic: {text}"))))
        });
        app.settle().await;
        if done.is_ok() {
            tracing::info!(category = "application", topic, "message.done");
        }
        done
    };
    request::within(Arc::new(info), job.instrument(span)).await
}

/// Begins the effect of a message: the inbox row is the first of the transaction. None when the
/// message has had its effect already.
pub async fn begin(app: &App, consumer: &'static str, message: &Message) -> Result<Option<Work>> {
    let mut work = app.begin_as(Context::task(message.tenant_id), Actor::task(consumer)).await?;
    let inserted = sqlx::query(
        "INSERT INTO inbox (tenant_id, consumer, message_id, created_at) VALUES (current_tenant(), ?, ?, ?)",
    )
    .bind(consumer)
    .bind(message.id)
    .bind(work.now().naive_utc())
    .execute(&mut *work)
    .await;
    match inserted {
        Ok(_) => Ok(Some(work)),
        Err(error) if violated_key(&error).is_some() => {
            work.roll_back().await;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// A scheduled task's event: `{time, tenantId?}`. Without a time it is run for now, by hand.
pub fn planned_time(event: &Value, app: &App) -> chrono::DateTime<chrono::Utc> {
    event
        .get("time")
        .and_then(Value::as_str)
        .and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok())
        .map_or_else(|| app.now(), |time| time.to_utc())
}
