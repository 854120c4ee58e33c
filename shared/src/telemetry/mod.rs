//! What the running system says about itself: logs, metrics, traces, errors.

mod context;
mod fields;
mod log;
pub mod metrics;
mod output;
mod redact;
mod request;
mod sentry;
mod traces;

use std::{future::Future, sync::OnceLock, time::Duration};

use crate::post::Post;
pub use context::{NoTraceContext, TraceContext};
pub use metrics::MetricsMode;
use output::Output;
pub use redact::text as redact;
pub use request::{message_span, record_caller, record_request, report_fault, request_span, traceparent};
use sentry::Sentry;
use traces::Traces;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _};

/// How long an invocation may wait for the collector, and for Sentry.
const FLUSH: Duration = Duration::from_millis(200);

/// What telemetry needs to know; `shared::config` reads it from the environment.
#[derive(Debug, Clone, Default)]
pub struct TelemetryConfig {
    /// The product.
    pub service: String,
    /// The function this process is.
    pub function: String,
    /// development, test, staging or production.
    pub environment: String,
    /// A level, or levels by target: `info,shared::queue=debug`.
    pub log_level: String,
    /// Where traces go: the base address of an OTLP/HTTP collector.
    pub otlp_endpoint: Option<String>,
    /// Where errors go.
    pub sentry_dsn: Option<String>,
    /// Whether metrics are written.
    pub metrics: MetricsMode,
}

/// Who speaks: stands on every line, metric, span and error.
#[derive(Debug, Clone)]
struct Origin {
    service: String,
    function: String,
    environment: String,
}

impl Origin {
    fn new(service: &str, function: &str, environment: &str) -> Self {
        Self { service: service.into(), function: function.into(), environment: environment.into() }
    }
}

struct State {
    origin: Origin,
    output: Output,
    metrics: MetricsMode,
    traces: Option<Traces>,
    sentry: Option<Sentry>,
}

static STATE: OnceLock<State> = OnceLock::new();

/// Starts telemetry for this process. Whether this call did; a second one changes nothing.
///
/// A collector or a Sentry that cannot be used is said in the log; the function goes on without it.
pub fn init(config: &TelemetryConfig) -> bool {
    let mut first = false;
    let mut problems = Vec::new();
    STATE.get_or_init(|| {
        first = true;
        let origin = Origin::new(&config.service, &config.function, &config.environment);
        let output = Output::stdout();
        let traces = config.otlp_endpoint.as_deref().map(|endpoint| {
            let post = Post::new().map_err(|error| error.to_string())?;
            Traces::new(&origin, endpoint, post)
        });
        let sentry = config.sentry_dsn.as_deref().map(|dsn| {
            let post = Post::new().map_err(|error| error.to_string())?;
            Sentry::new(origin.clone(), dsn, post)
        });
        let traces = usable(traces, &mut problems);
        let sentry = usable(sentry, &mut problems);
        let subscriber = tracing_subscriber::registry()
            .with(levels(&config.log_level))
            .with(log::LogLayer::new(origin.clone(), output.clone()))
            .with(traces.as_ref().map(Traces::layer));
        // A test may have set a subscriber of its own; then its lines go there.
        let _ = tracing::subscriber::set_global_default(subscriber);
        State { origin, output, metrics: config.metrics, traces, sentry }
    });
    for problem in problems {
        tracing::error!(error = problem, "telemetry.not_started");
    }
    first
}

fn usable<T>(made: Option<Result<T, String>>, problems: &mut Vec<String>) -> Option<T> {
    made.transpose().unwrap_or_else(|problem| {
        problems.push(problem);
        None
    })
}

/// Sends the spans and faults that are still held, in bounded time. To be called at the end of each
/// invocation: what comes after it, the process is frozen. Without a collector and Sentry it does nothing.
pub async fn flush() {
    let Some(state) = STATE.get() else { return };
    if let Some(traces) = &state.traces
        && let Err(error) = bounded(traces.flush()).await
    {
        tracing::warn!(error, "telemetry.spans_lost");
    }
    if let Some(sentry) = &state.sentry
        && let Err(error) = bounded(sentry.flush()).await
    {
        tracing::warn!(error, "telemetry.faults_lost");
    }
}

async fn bounded(sending: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::time::timeout(FLUSH, sending).await.unwrap_or_else(|_| Err("it took too long".into()))
}

/// The state, when metrics are to be written.
fn measured() -> Option<&'static State> {
    STATE.get().filter(|state| state.metrics == MetricsMode::Emf)
}

/// Reads levels by target; what cannot be read means `info`. The libraries below speak up at `warn`.
fn levels(text: &str) -> Targets {
    const CHATTY: [&str; 8] =
        ["h2", "hyper", "hyper_util", "lambda_runtime", "lambda_http", "opentelemetry", "rustls", "sqlx"];
    let quiet = Targets::new().with_targets(CHATTY.map(|target| (target, LevelFilter::WARN)));
    let wanted: Targets = text.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let fallback = wanted.default_level().unwrap_or(LevelFilter::INFO);
    quiet.with_default(fallback).with_targets(wanted.iter().map(|(target, level)| (target.to_owned(), level)))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn levels_are_read_and_libraries_kept_quiet() {
        let quiet = levels("debug");
        assert!(quiet.would_enable("shared::queue", &Level::DEBUG) && !quiet.would_enable("sqlx::query", &Level::INFO));
        let chosen = levels("warn,sqlx=debug,shared::queue=trace");
        assert!(
            chosen.would_enable("sqlx::query", &Level::DEBUG) && chosen.would_enable("shared::queue", &Level::TRACE)
        );
        assert!(!chosen.would_enable("companies", &Level::INFO));
        assert!(levels("no=such=level").would_enable("companies", &Level::INFO));
    }
}
