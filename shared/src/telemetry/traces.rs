//! Spans, sent to an OTLP collector when one is configured.
//!
//! A function is frozen between invocations, so no thread of the background can send anything: spans
//! are kept until [`super::flush`], which sends them and waits.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use opentelemetry::{
    Array, Context, KeyValue, SpanId, TraceFlags, TraceId, Value,
    trace::{SpanContext, TraceContextExt as _, TraceState, TracerProvider as _},
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SdkTracer, SdkTracerProvider, Span, SpanData, SpanExporter as _, SpanProcessor},
};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use super::{Origin, TraceContext, fields::pseudonym, redact};
use crate::post::Post;

/// Spans of one invocation are few; more than this are a mistake somewhere.
const MOST_SPANS: usize = 2048;

/// Ended spans that wait to be sent.
#[derive(Debug, Clone, Default)]
struct Waiting(Arc<Mutex<Vec<SpanData>>>);

impl SpanProcessor for Waiting {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.len() < MOST_SPANS {
            spans.push(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// The way to the collector.
pub(super) struct Traces {
    waiting: Waiting,
    exporter: SpanExporter,
    provider: SdkTracerProvider,
}

impl Traces {
    /// Sends to `{endpoint}/v1/traces`. Headers for the collector come from OpenTelemetry's own
    /// variable, `OTEL_EXPORTER_OTLP_HEADERS`.
    pub(super) fn new(origin: &Origin, endpoint: &str, post: Post) -> Result<Self, String> {
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(post)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_timeout(super::FLUSH)
            .build()
            .map_err(|error| error.to_string())?;
        let resource = Resource::builder_empty()
            .with_attributes([
                KeyValue::new("service.namespace", origin.service.clone()),
                KeyValue::new("service.name", origin.function.clone()),
                KeyValue::new("deployment.environment.name", origin.environment.clone()),
            ])
            .build();
        exporter.set_resource(&resource);
        let waiting = Waiting::default();
        let provider =
            SdkTracerProvider::builder().with_resource(resource).with_span_processor(waiting.clone()).build();
        Ok(Self { waiting, exporter, provider })
    }

    /// The layer that turns `tracing`'s spans into OpenTelemetry's. Events stay in the log.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let tracer: SdkTracer = self.provider.tracer("shared");
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|metadata| !metadata.is_event()))
    }

    /// Sends what waits. What cannot be sent is lost: the next invocation has spans of its own.
    pub(super) async fn flush(&self) -> Result<(), String> {
        let mut spans = mem::take(&mut *self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner));
        if spans.is_empty() {
            return Ok(());
        }
        spans.iter_mut().for_each(clean);
        self.exporter.export(spans).await.map_err(|error| error.to_string())
    }
}

/// Makes the span a child of what the caller's `traceparent` names.
pub(super) fn set_parent(span: &tracing::Span, parent: TraceContext) {
    let parent = SpanContext::new(
        TraceId::from_bytes(parent.trace_id.to_be_bytes()),
        SpanId::from_bytes(parent.span_id.to_be_bytes()),
        if parent.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() },
        true,
        TraceState::default(),
    );
    // Fails where no tracer listens; then the log's ids suffice.
    let _ = span.set_parent(Context::new().with_remote_span_context(parent));
}

/// The ids that the tracer gave the span, when there is a tracer.
pub(super) fn context_of(span: &tracing::Span) -> Option<TraceContext> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| TraceContext {
        trace_id: u128::from_be_bytes(context.trace_id().to_bytes()),
        span_id: u64::from_be_bytes(context.span_id().to_bytes()),
        sampled: context.is_sampled(),
    })
}

/// What leaves in a span obeys the same rules as a log line.
fn clean(span: &mut SpanData) {
    let text = |name: &str| span.attributes.iter().find(|attribute| attribute.key.as_str() == name);
    // A route is known only when the request has been read, and a started span keeps its name.
    if let (Some(method), Some(route)) = (text("http.request.method"), text("http.route")) {
        span.name = format!("{} {}", method.value, route.value).into();
    }
    span.name = redact::text(&span.name).into_owned().into();
    // They are the span itself.
    span.attributes.retain(|attribute| !matches!(attribute.key.as_str(), "trace_id" | "traceparent"));
    span.attributes.iter_mut().for_each(clean_attribute);
    if let opentelemetry::trace::Status::Error { description } = &mut span.status {
        *description = redact::text(description).into_owned().into();
    }
}

fn clean_attribute(attribute: &mut KeyValue) {
    let name = attribute.key.as_str().to_owned();
    let cleaned = |text: &str| {
        if name == "user" {
            return pseudonym(text);
        }
        let mut value = serde_json::Value::from(text);
        redact::value(&name, &mut value);
        value.as_str().unwrap_or_default().to_owned()
    };
    match &mut attribute.value {
        Value::String(text) => *text = cleaned(text.as_str()).into(),
        Value::Array(Array::String(texts)) => {
            for text in texts {
                *text = cleaned(text.as_str()).into();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::{
        collector::trace::v1::ExportTraceServiceRequest,
        common::v1::{KeyValue, any_value},
        trace::v1::{span::SpanKind, status::StatusCode},
    };
    use prost::Message as _;
    use tracing_subscriber::{Registry, layer::SubscriberExt as _};

    use super::*;
    use crate::post::peer;
    use crate::telemetry::{
        log::LogLayer,
        message_span,
        output::{Buffer, Output},
        record_caller, record_request, request_span, traceparent,
    };

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn origin() -> Origin {
        Origin::new("prosektorweb", "companies", "test")
    }

    fn attribute(attributes: &[KeyValue], name: &str) -> Option<String> {
        let value = attributes.iter().find(|attribute| attribute.key == name)?.value.as_ref()?.value.as_ref()?;
        Some(match value {
            any_value::Value::StringValue(text) => text.clone(),
            any_value::Value::IntValue(number) => number.to_string(),
            other => format!("{other:?}"),
        })
    }

    #[tokio::test]
    async fn spans_reach_a_collector_within_the_callers_trace() {
        let (address, received) = peer::listen();
        let traces = Traces::new(&origin(), &format!("http://{address}/"), Post::new().unwrap()).unwrap();
        let buffer = Buffer::default();
        let subscriber =
            Registry::default().with(LogLayer::new(origin(), Output::to(buffer.clone()))).with(traces.layer());
        let handed_on = tracing::subscriber::with_default(subscriber, || {
            let span = request_span("r-1", "c-1", Some(PARENT));
            let _inside = span.enter();
            record_caller("t-1", "0190a3b2-1234-7890-8901-532123456789");
            tracing::info_span!("query", statement = "to a.b@c.com").in_scope(|| tracing::info!("d@e.org"));
            record_request("/api/v1/companies/{id}", "GET", 503, Duration::from_millis(5));
            traceparent().unwrap()
        });
        traces.flush().await.unwrap();

        let request = received.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(request.head.starts_with("post /v1/traces http/1.1"), "{}", request.head);
        assert!(request.head.contains("content-type: application/x-protobuf"), "{}", request.head);
        let body = ExportTraceServiceRequest::decode(request.body.as_slice()).unwrap();
        let resource = &body.resource_spans[0];
        let about = &resource.resource.as_ref().unwrap().attributes;
        assert_eq!(attribute(about, "service.name").as_deref(), Some("companies"));
        let spans = &resource.scope_spans[0].spans;
        let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{spans:?}"));
        let (root, query) = (named("GET /api/v1/companies/{id}"), named("query"));

        assert_eq!(root.kind(), SpanKind::Server);
        assert_eq!(root.trace_id, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes());
        assert_eq!(root.parent_span_id, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
        assert_eq!(root.status.as_ref().unwrap().code(), StatusCode::Error);
        assert_eq!(attribute(&root.attributes, "http.route").as_deref(), Some("/api/v1/companies/{id}"));
        assert_eq!(attribute(&root.attributes, "http.response.status_code").as_deref(), Some("503"));
        assert_eq!(attribute(&root.attributes, "tenant").as_deref(), Some("t-1"));
        assert_eq!(attribute(&root.attributes, "traceparent"), None);
        assert_eq!(query.parent_span_id, root.span_id);
        assert_eq!(attribute(&query.attributes, "statement").as_deref(), Some("to [email]"));

        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(!body.contains("532123456789") && !body.contains("d@e.org"), "{body}");
        // What is handed on names this very span; the log names the trace.
        let handed_on: TraceContext = handed_on.parse().unwrap();
        assert_eq!(handed_on.span_id.to_be_bytes().as_slice(), root.span_id);
        assert_eq!(buffer.lines()[0]["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[tokio::test]
    async fn a_trace_goes_on_from_a_request_through_a_message() {
        let (address, received) = peer::listen();
        let traces = Traces::new(&origin(), &format!("http://{address}"), Post::new().unwrap()).unwrap();
        tracing::subscriber::with_default(
            Registry::default().with(LogLayer::new(origin(), Output::to(Buffer::default()))).with(traces.layer()),
            || {
                let carried = request_span("r-1", "c-1", None).in_scope(|| traceparent().unwrap());
                message_span("mailer", "m-1", "c-1", Some(&carried)).in_scope(|| tracing::info!("done"));
            },
        );
        traces.flush().await.unwrap();
        let body = received.recv_timeout(Duration::from_secs(5)).unwrap().body;
        let body = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        let spans = &body.resource_spans[0].scope_spans[0].spans;
        let (sent, worked) = (&spans[0], &spans[1]);
        assert_eq!((worked.name.as_str(), worked.kind()), ("mailer", SpanKind::Consumer));
        assert_eq!((&worked.trace_id, &worked.parent_span_id), (&sent.trace_id, &sent.span_id));
    }

    #[tokio::test]
    async fn a_collector_that_is_away_costs_no_more_than_the_bound() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", silent.local_addr().unwrap());
        let traces = Traces::new(&origin(), &endpoint, Post::new().unwrap()).unwrap();
        tracing::subscriber::with_default(Registry::default().with(traces.layer()), || {
            tracing::info_span!("work").in_scope(|| ());
        });
        let started = std::time::Instant::now();
        assert!(crate::telemetry::bounded(traces.flush()).await.is_err());
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }

    /// Without a collector the caller's trace is handed on all the same.
    #[test]
    fn without_a_tracer_the_trace_is_carried() {
        let log = LogLayer::new(origin(), Output::to(Buffer::default()));
        tracing::subscriber::with_default(Registry::default().with(log), || {
            let inner = || tracing::info_span!("inner").in_scope(|| traceparent().unwrap());
            let carried: TraceContext = request_span("r", "c", Some(PARENT)).in_scope(inner).parse().unwrap();
            let incoming: TraceContext = PARENT.parse().unwrap();
            assert_eq!(carried.trace_id, incoming.trace_id);
            assert_ne!(carried.span_id, incoming.span_id);
            assert!(request_span("r", "c", Some("nonsense")).in_scope(traceparent).is_some());
        });
        assert_eq!(traceparent(), None);
    }
}
