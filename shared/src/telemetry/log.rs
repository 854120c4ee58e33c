//! JSON log lines: what happened, with the ids of the request it happened in.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tracing::{
    Event, Level, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{
    Origin,
    fields::{Fields, Line},
    output::Output,
};

/// Whether this process has not yet begun its first invocation.
static COLD: AtomicBool = AtomicBool::new(true);

/// True for the first caller in the life of the process: its invocation is the cold start.
pub(super) fn take_cold_start() -> bool {
    COLD.swap(false, Ordering::Relaxed)
}

/// The layer that writes each event as one line.
pub(super) struct LogLayer {
    origin: Origin,
    output: Output,
}

impl LogLayer {
    pub(super) const fn new(origin: Origin, output: Output) -> Self {
        Self { origin, output }
    }
}

impl<S> Layer<S> for LogLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let (mut own, mut around) = collect(event, &context);
        let metadata = event.metadata();
        let category = own.take("category").or_else(|| around.take("category"));
        let mut line = Line::default();
        line.put("timestamp", now());
        line.put("level", metadata.level().as_str());
        line.put("message", own.take("message").unwrap_or_default());
        line.put("service", self.origin.service.clone());
        line.put("function", self.origin.function.clone());
        line.put("environment", self.origin.environment.clone());
        line.put("category", category.unwrap_or_else(|| Value::from(default_category(*metadata.level()))));
        line.put("coldStart", around.take("coldStart").unwrap_or_else(|| COLD.load(Ordering::Relaxed).into()));
        line.put("target", metadata.target());
        // The trace's id is enough to find it by.
        around.take("traceparent");
        for (name, value) in around.iter().chain(own.iter()) {
            line.put(*name, value.clone());
        }
        self.output.line(&line);
    }
}

const fn default_category(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        _ => "application",
    }
}

/// The event's own fields, and those of the spans around it, the innermost last.
pub(super) fn collect<S>(event: &Event<'_>, context: &Context<'_, S>) -> (Fields, Fields)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let mut own = Fields::default();
    event.record(&mut own);
    let mut around = Fields::default();
    for span in context.event_scope(event).into_iter().flat_map(tracing_subscriber::registry::Scope::from_root) {
        if let Some(fields) = span.extensions().get::<Fields>() {
            for (name, value) in fields.iter() {
                around.set(name, value.clone());
            }
        }
    }
    (own, around)
}

/// The machine's time; a log line tells when it was written, whatever clock the application is given.
pub(super) fn now() -> String {
    chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now())
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::telemetry::output::Buffer;

    fn captured(run: impl FnOnce()) -> Buffer {
        let buffer = Buffer::default();
        let layer = LogLayer::new(Origin::new("prosektorweb", "companies", "test"), Output::to(buffer.clone()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), run);
        buffer
    }

    #[test]
    fn a_line_carries_what_the_guard_recorded_later() {
        let buffer = captured(|| {
            let span = tracing::info_span!(
                "request",
                request_id = "r-1",
                correlation_id = "c-1",
                cold_start = true,
                tenant = tracing::field::Empty,
                user = tracing::field::Empty,
                otel.kind = "server",
            );
            let _inside = span.enter();
            tracing::info!("before the guard");
            span.record("tenant", "t-1");
            span.record("user", "0190a3b2-1234-7890-8901-532123456789");
            let inner = tracing::info_span!("inner", company.id = "k-1");
            let _inner = inner.enter();
            tracing::warn!(category = "audit", rows = 3, ratio = 0.5, done = true, "after the guard");
        });
        let lines = buffer.lines();
        assert_eq!(lines[0]["message"], "before the guard");
        assert_eq!(lines[0]["category"], "application");
        assert_eq!(lines[0].get("tenant"), None);
        let line = &lines[1];
        for (name, value) in [
            ("level", "WARN"),
            ("message", "after the guard"),
            ("service", "prosektorweb"),
            ("function", "companies"),
            ("environment", "test"),
            ("category", "audit"),
            ("requestId", "r-1"),
            ("correlationId", "c-1"),
            ("tenant", "t-1"),
            ("company.id", "k-1"),
        ] {
            assert_eq!(line[name], value, "{name}");
        }
        assert_eq!((&line["rows"], &line["ratio"], &line["done"]), (&3.into(), &0.5.into(), &true.into()));
        assert_eq!(line["coldStart"], true);
        assert_eq!(line["user"].as_str().unwrap().len(), 16);
        assert!(!buffer.text().contains("532123456789") && !buffer.text().contains("otel"));
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
        assert!(buffer.text().starts_with(r#"{"timestamp":"#), "keys keep their order");
    }

    #[test]
    fn an_error_is_of_its_category_and_names_its_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("the mail was not sent")]
        struct Outer(#[source] std::io::Error);
        let buffer = captured(|| {
            let error = Outer(std::io::Error::other("mailbox a.b@c.com is full"));
            tracing::error!(error = &error as &dyn std::error::Error, "giving up");
        });
        let line = &buffer.lines()[0];
        assert_eq!(line["category"], "error");
        assert_eq!(line["error"], "the mail was not sent: mailbox [email] is full");
    }

    #[test]
    fn nothing_personal_leaves_in_messages_fields_or_spans() {
        let buffer = captured(|| {
            let span = tracing::info_span!("request", path = "/reset?token=abc", phone = tracing::field::Empty);
            let _inside = span.enter();
            span.record("phone", 5_321_234_567_u64);
            let nested = serde_json::json!({"to": ["a.b@c.com"], "tckn": "10000000146"});
            tracing::info!(details = %nested, tckn = 1, body = ?("x", "TR330006100519786457841326"), "to {}", "d@e.org");
        });
        let text = buffer.text();
        for private in ["abc", "5321234567", "a.b@c.com", "10000000146", "TR33", "d@e.org"] {
            assert!(!text.contains(private), "{private} in {text}");
        }
    }
}
