//! From `main` to the first answer: logs, state, serve.

use std::{convert::Infallible, future::Future};

use axum::body::Body;
use lambda_http::{Request as LambdaRequest, Response as LambdaResponse, service_fn, tower::ServiceExt as _};
use lambda_runtime::{Diagnostic, LambdaEvent};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    error::{Error, Result},
    http::Routes,
    telemetry,
};

/// The product's name in logs, metrics and traces.
const SERVICE: &str = "prosektorweb";

/// Starts the function of this name: reads the configuration, opens the logs, makes the state.
pub fn start(name: &'static str) -> Result<App> {
    let config = Config::from_env().map_err(Error::internal)?;
    let _ = telemetry::init(&telemetry::TelemetryConfig {
        service: SERVICE.to_owned(),
        function: name.to_owned(),
        environment: config.environment.as_str().to_owned(),
        log_level: config.log_level.clone(),
        otlp_endpoint: config.otlp_endpoint.clone(),
        sentry_dsn: config.sentry_dsn.as_ref().map(|dsn| dsn.expose_secret().to_owned()),
        metrics: if config.metrics { telemetry::MetricsMode::Emf } else { telemetry::MetricsMode::Off },
    });
    App::new(name, config, Clock::System)
}

/// Serves HTTP until the process ends.
pub async fn serve_http(name: &'static str, routes: Routes) -> Result<()> {
    let app = start(name)?;
    close_at_the_end(app.clone()).await;
    let service = routes.into_router(app);
    let handler = service_fn(move |request: LambdaRequest| {
        let service = service.clone();
        async move {
            let answer = service.oneshot(request.map(into_body)).await.unwrap_or_else(|never| match never {});
            let (parts, body) = answer.into_parts();
            // Bodies are made in memory, so collecting one cannot fail.
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            // Lambda freezes the process after the answer, so what was observed leaves before it.
            telemetry::flush().await;
            Ok::<_, Infallible>(LambdaResponse::from_parts(parts, into_lambda_body(&bytes)))
        }
    });
    lambda_http::run_concurrent(handler).await.map_err(Error::internal)
}

/// Serves a task: each event is handed to `work`, and `{"ping": true}` is answered without it.
pub async fn serve_task<F, Fut>(app: App, work: F) -> Result<()>
where
    F: Fn(App, Value) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Value>> + Send,
{
    close_at_the_end(app.clone()).await;
    let service = service_fn(move |event: LambdaEvent<Value>| {
        let (app, work) = (app.clone(), work.clone());
        async move {
            if event.payload.get("ping").is_some() {
                return Ok::<_, Error>(json!({"pong": true}));
            }
            // Boxed: the compiler gives up on the layout of so deep a nest of futures.
            let done = Box::pin(work(app.clone(), event.payload)).await;
            if let Err(error) = &done {
                tracing::error!(category = "error", error = %error, "task.failed");
                telemetry::report_fault(error.code().as_str(), &error.to_string(), app.name());
            }
            telemetry::flush().await;
            done
        }
    });
    lambda_runtime::run(service).await.map_err(Error::internal)
}

/// What the runtime tells the caller of a failed invocation: the code, never the cause.
impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self { error_type: error.code().as_str().to_owned(), error_message: "see the log".to_owned() }
    }
}

async fn close_at_the_end(app: App) {
    lambda_runtime::spawn_graceful_shutdown_handler(move || async move {
        telemetry::flush().await;
        app.close();
    })
    .await;
}

/// Text travels as it is, anything else as base64.
fn into_lambda_body(bytes: &[u8]) -> lambda_http::Body {
    match std::str::from_utf8(bytes) {
        Ok("") => lambda_http::Body::Empty,
        Ok(text) => lambda_http::Body::Text(text.to_owned()),
        Err(_) => lambda_http::Body::Binary(bytes.to_vec()),
    }
}

fn into_body(body: lambda_http::Body) -> Body {
    match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    }
}
