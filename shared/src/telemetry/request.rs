//! One request or message, as telemetry sees it: a span that every line within refers to.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tracing::{Span, field};
use tracing_subscriber::{Registry, registry::LookupSpan as _};

use super::{TraceContext, fields::Fields, log, metrics, sentry::Fault, traces};

/// Whether no request has been measured yet in this process.
static UNMEASURED: AtomicBool = AtomicBool::new(true);

/// The span of an HTTP request. Without a readable `traceparent` it begins a trace.
pub fn request_span(id: &str, correlation_id: &str, traceparent: Option<&str>) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        otel.status_code = field::Empty,
        request_id = id,
        correlation_id,
        trace_id = field::Empty,
        traceparent = field::Empty,
        cold_start = log::take_cold_start(),
        tenant = field::Empty,
        user = field::Empty,
        http.request.method = field::Empty,
        http.route = field::Empty,
        http.response.status_code = field::Empty,
    );
    join(&span, traceparent);
    span
}

/// The span of a message from a queue, or of a scheduled task; `name` is the queue's or the task's.
pub fn message_span(name: &str, id: &str, correlation_id: &str, traceparent: Option<&str>) -> Span {
    let span = tracing::info_span!(
        "message",
        otel.kind = "consumer",
        otel.name = name,
        otel.status_code = field::Empty,
        request_id = id,
        correlation_id,
        trace_id = field::Empty,
        traceparent = field::Empty,
        cold_start = log::take_cold_start(),
        tenant = field::Empty,
        user = field::Empty,
    );
    join(&span, traceparent);
    span
}

/// Puts the span into the caller's trace, or into a new one, and notes which.
fn join(span: &Span, traceparent: Option<&str>) {
    let parent: Option<TraceContext> = traceparent.and_then(|text| text.parse().ok());
    if let Some(parent) = parent {
        traces::set_parent(span, parent);
    }
    let context =
        traces::context_of(span).unwrap_or_else(|| parent.map_or_else(TraceContext::random, TraceContext::child));
    span.record("trace_id", format!("{:032x}", context.trace_id));
    span.record("traceparent", context.to_string());
}

/// Says on whose behalf the present request runs; the user's id leaves only as a pseudonym.
pub fn record_caller(tenant: &str, user: &str) {
    let span = Span::current();
    span.record("tenant", tenant);
    if !user.is_empty() {
        span.record("user", user);
    }
}

/// The `traceparent` that what the present request causes has to carry: outbox rows, messages, calls.
pub fn traceparent() -> Option<String> {
    of_current(|fields| fields.get("traceparent").and_then(|value| value.as_str().map(str::to_owned)))
}

/// Measures an answered request, and says in its span what it was.
pub fn record_request(route: &str, method: &str, status: u16, latency: Duration) {
    let span = Span::current();
    span.record("http.request.method", method).record("http.route", route);
    span.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
    let cold_start = UNMEASURED.swap(false, Ordering::Relaxed);
    metrics::request(&metrics::Request { route, method, status, latency, cold_start });
}

/// Reports a fault of ours to whoever watches for faults. `place` is a route, a topic or a task.
pub fn report_fault(code: &str, cause: &str, place: &str) {
    let Some(sentry) = super::STATE.get().and_then(|state| state.sentry.as_ref()) else { return };
    let request_id = of_current(|fields| fields.get("requestId").and_then(|id| id.as_str().map(str::to_owned)));
    let trace = traceparent().and_then(|text| text.parse().ok());
    sentry.report(&Fault { code, cause, place, request_id: request_id.as_deref(), trace });
}

/// Reads the innermost value that `read` finds in the present spans.
fn of_current<T>(read: impl Fn(&Fields) -> Option<T>) -> Option<T> {
    Span::current().with_subscriber(|(id, dispatch)| {
        let registry = dispatch.downcast_ref::<Registry>()?;
        let span = registry.span(id)?;
        span.scope().find_map(|span| span.extensions().get::<Fields>().and_then(&read))
    })?
}
