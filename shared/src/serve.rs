//! From `main` to the first answer: logs, state, serve.

use std::{
    collections::BTreeMap,
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Body;
use futures_util::FutureExt as _;
use lambda_http::{
    Request as LambdaRequest, RequestExt as _, Response as LambdaResponse, request::RequestContext, service_fn,
    tower::ServiceExt as _,
};
use lambda_runtime::{Diagnostic, LambdaEvent};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    db::Context,
    error::{Error, Result},
    http::Routes,
    secrets::{self, Extension},
    telemetry,
};

/// The product's name in logs, metrics and traces.
const SERVICE: &str = "prosektorweb";
/// Asks a new version whether it reaches what it needs, before it takes traffic: the key of a route, or what a ping says.
/// No request from outside has it, because the gateway writes the key.
pub const TRIAL: &str = "TRIAL";

/// A function that is about to serve. It has its state from its start, or, where it has to fetch secrets, from its
/// first event: the extension that gives them out may not answer before.
#[derive(Debug, Clone)]
pub struct Function {
    name: &'static str,
    variables: Arc<BTreeMap<String, String>>,
    app: Arc<OnceCell<App>>,
}

impl Function {
    /// The state; made now if there is none yet.
    pub async fn app(&self) -> Result<&App> {
        self.app_within(true).await
    }

    async fn app_within(&self, patience: bool) -> Result<&App> {
        let make = async || {
            let variables = self.variables.as_ref().clone();
            let variables = secrets::resolve(variables, &Extension::from_env(), patience).await;
            make(self.name, &variables.map_err(Error::internal)?)
        };
        self.app.get_or_try_init(make).await
    }

    /// Whether the state can be made, and database and Redis answer.
    async fn prove(&self) -> Result<()> {
        let app = self.app().await?;
        let mut db = app.read_as(Context::nobody()).await?;
        sqlx::query("DO 1").execute(&mut *db).await?;
        app.redis().ping().await.map_err(Error::internal)
    }

    /// The same for a trial: whoever asked is told no more than that it failed, so the log says why.
    async fn on_trial(&self) -> Result<()> {
        let outcome = self.prove().await;
        if let Err(error) = &outcome {
            tracing::error!(category = "error", error = %error, "trial.failed");
        }
        outcome
    }

    /// The state, if there is one already.
    pub fn ready(&self) -> Option<&App> {
        self.app.get()
    }

    /// What comes before the first event: the state, if it can be had by now, and the way to close it in the end.
    async fn prepare(&self) {
        // At this point "not ready" is no fault; whatever else it is shows again with the first event.
        let _ = self.app_within(false).await;
        let app = Arc::clone(&self.app);
        let end = lambda_runtime::spawn_graceful_shutdown_handler(move || async move {
            telemetry::flush().await;
            if let Some(app) = app.get() {
                app.close();
            }
        });
        // It panics where the host takes no extensions. Such a host ends the process without a word, by which nothing
        // is lost: what was observed leaves before each answer.
        if AssertUnwindSafe(end).catch_unwind().await.is_err() {
            tracing::warn!(category = "application", "shutdown.unannounced");
        }
    }
}

/// Starts the function of this name: reads the configuration, opens the logs, makes the state.
pub fn start(name: &'static str) -> Result<Function> {
    let variables = secrets::variables();
    let app = OnceCell::new();
    if !secrets::refer(&variables) {
        // What is missing ends the process at once.
        let _ = app.set(make(name, &variables)?);
    }
    Ok(Function { name, variables: Arc::new(variables), app: Arc::new(app) })
}

fn make(name: &'static str, variables: &BTreeMap<String, String>) -> Result<App> {
    let config = Config::from_lookup(|name| variables.get(name).cloned()).map_err(Error::internal)?;
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

/// The health command of a container; `Some` when the process was started for that, with the outcome.
async fn health_command(function: &Function) -> Option<Result<()>> {
    if std::env::args().nth(1).as_deref() == Some("--health") { Some(function.prove().await) } else { None }
}

fn is_trial(request: &LambdaRequest) -> bool {
    matches!(request.request_context_ref(), Some(RequestContext::ApiGatewayV2(context))
        if context.route_key.as_deref() == Some(TRIAL))
}

/// Serves HTTP until the process ends.
pub async fn serve_http(name: &'static str, routes: Routes) -> Result<()> {
    let function = start(name)?;
    if let Some(health) = health_command(&function).await {
        return health;
    }
    function.prepare().await;
    let (mut routes, service) = (Some(routes), OnceCell::new());
    if let Some(app) = function.ready() {
        let _ = service.set(routes.take().unwrap_or_default().into_router(app.clone()));
    }
    let (routes, service) = (Arc::new(Mutex::new(routes)), Arc::new(service));
    let handler = service_fn(move |request: LambdaRequest| {
        let (function, routes, service) = (function.clone(), Arc::clone(&routes), Arc::clone(&service));
        async move {
            if is_trial(&request) {
                function.on_trial().await?;
                return Ok(LambdaResponse::new(lambda_http::Body::Empty));
            }
            let make = async || {
                let app = function.app().await?.clone();
                let routes = routes.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
                Ok::<_, Error>(routes.into_router(app))
            };
            let service = service.get_or_try_init(make).await?.clone();
            let answer = service.oneshot(request.map(into_body)).await.unwrap_or_else(|never| match never {});
            let (parts, body) = answer.into_parts();
            // Bodies are made in memory, so collecting one cannot fail.
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            // Lambda freezes the process after the answer, so what was observed leaves before it.
            telemetry::flush().await;
            Ok::<_, Error>(LambdaResponse::from_parts(parts, into_lambda_body(&bytes)))
        }
    });
    lambda_http::run_concurrent(handler).await.map_err(Error::internal)
}

/// Serves a task that needs nothing of the application; `{"ping": true}` alone is answered without it.
pub async fn serve_bare<F, Fut>(name: &'static str, work: F) -> Result<()>
where
    F: Fn(Value) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Value>> + Send,
{
    let service = service_fn(move |event: LambdaEvent<Value>| {
        let work = work.clone();
        async move {
            if event.payload.get("ping").is_some() {
                return Ok::<_, Error>(json!({"pong": true}));
            }
            let done = Box::pin(work(event.payload)).await;
            if let Err(error) = &done {
                // There is no configuration that says how to log: one line in the log of the function.
                eprintln!(
                    "{}",
                    json!({"level": "error", "function": name, "message": "task.failed", "error": error.to_string()})
                );
            }
            done
        }
    });
    lambda_runtime::run(service).await.map_err(Error::internal)
}

/// Serves a task: each event is handed to `work`, and `{"ping": true}` is answered without it; a trial is a ping too.
pub async fn serve_task<F, Fut>(function: Function, work: F) -> Result<()>
where
    F: Fn(App, Value) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Value>> + Send,
{
    if let Some(health) = health_command(&function).await {
        return health;
    }
    function.prepare().await;
    let service = service_fn(move |event: LambdaEvent<Value>| {
        let (function, work) = (function.clone(), work.clone());
        async move {
            let app = function.app().await?.clone();
            if let Some(ping) = event.payload.get("ping") {
                if ping == TRIAL {
                    function.on_trial().await?;
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_is_told_by_what_only_the_gateway_can_write() {
        let request = |key: &str, path: &str| {
            let event = json!({
                "version": "2.0", "routeKey": key, "rawPath": path, "rawQueryString": "routeKey=TRIAL",
                "headers": {"host": "localhost", "routekey": TRIAL},
                "requestContext": {
                    "routeKey": key, "stage": "$default", "timeEpoch": 1_767_225_600_000_i64,
                    "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1"},
                },
                "isBase64Encoded": false,
            });
            lambda_http::request::from_str(&event.to_string()).unwrap()
        };
        assert!(is_trial(&request(TRIAL, "/")));
        assert!(!is_trial(&request("ANY /api/v1/companies", "/TRIAL")));
        assert!(!is_trial(&request("$default", "/TRIAL")));
    }
}
