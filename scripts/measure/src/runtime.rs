//! The side of Lambda's Runtime API that the service has: it hands one event to each waiting process and takes the
//! answer. As little as possible, so that what is measured is the function.

use std::{
    collections::HashMap,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tests::harness::variable;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
};

use crate::trouble::{During as _, Result, unexpected};

/// An event and where its answer goes.
type Job = (Bytes, oneshot::Sender<(bool, Bytes)>);

/// The processes of one function, and what hands them their work.
pub(crate) struct Crew {
    name: String,
    jobs: mpsc::UnboundedSender<Job>,
    serving: JoinHandle<()>,
    address: String,
    settings: Vec<(String, String)>,
    processes: Vec<Child>,
}

struct Desk {
    jobs: Mutex<mpsc::UnboundedReceiver<Job>>,
    waiting: std::sync::Mutex<HashMap<String, oneshot::Sender<(bool, Bytes)>>>,
    count: AtomicU64,
}

/// What an extension is told of the function that it stands beside.
const REGISTERED: &str = r#"{"functionName": "measured", "functionVersion": "1", "handler": "bootstrap"}"#;

/// The folder of the built programs: this one stands among them.
pub(crate) fn programs() -> PathBuf {
    std::env::current_exe().ok().and_then(|here| here.parent().map(PathBuf::from)).unwrap_or_default()
}

impl Crew {
    /// Nobody yet; `settings` go before the stack's own.
    pub(crate) async fn new(name: &str, settings: &[(String, String)]) -> Result<Self> {
        let step = "stand in for Lambda";
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.during(step)?;
        let address = listener.local_addr().during(step)?.to_string();
        let (jobs, receiver) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            jobs: Mutex::new(receiver),
            waiting: std::sync::Mutex::default(),
            count: AtomicU64::new(0),
        });
        let serving = tokio::spawn(serve(listener, desk));
        Ok(Self { name: name.to_owned(), jobs, serving, address, settings: settings.to_vec(), processes: Vec::new() })
    }

    /// So many processes that have answered.
    pub(crate) async fn of(name: &str, settings: &[(String, String)], copies: usize) -> Result<Self> {
        let mut crew = Self::new(name, settings).await?;
        for _ in 0..copies {
            crew.start()?;
        }
        Ok(crew)
    }

    /// Starts one process more.
    pub(crate) fn start(&mut self) -> Result<()> {
        let log = PathBuf::from(variable("STACK_LOGS")).join(format!("measured-{}.log", self.name));
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).during("open a log")?;
        let error = log.try_clone().during("open a log")?;
        let mut command = Command::new(programs().join(&self.name));
        command.env("AWS_LAMBDA_RUNTIME_API", &self.address).env("AWS_LAMBDA_FUNCTION_NAME", &self.name);
        command.env("AWS_LAMBDA_FUNCTION_VERSION", "1").env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256");
        command.env("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true");
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        // As in the cloud, where nobody asks for one.
        command.env_remove("RUST_BACKTRACE").stdin(Stdio::null()).stdout(log).stderr(error).kill_on_drop(true);
        self.processes.push(command.spawn().during("start a function")?);
        Ok(())
    }

    /// Hands an event over; how long the answer took, and what it was.
    pub(crate) async fn invoke(&self, event: &Bytes) -> Result<(Duration, Value)> {
        let (tell, told) = oneshot::channel();
        let begun = Instant::now();
        let sent = self.jobs.send((event.clone(), tell));
        let answer = tokio::time::timeout(Duration::from_mins(1), told).await;
        let took = begun.elapsed();
        let (Ok(()), Ok(Ok((is_error, body)))) = (sent, answer) else {
            return unexpected(format!("{} does not answer; see its log", self.name));
        };
        match serde_json::from_slice(&body) {
            Ok(value) if !is_error => Ok((took, value)),
            _ => unexpected(format!("{}: {}", self.name, String::from_utf8_lossy(&body))),
        }
    }

    /// Asks as somebody; the answer must be a success.
    pub(crate) async fn ask(&self, event: &Bytes) -> Result<(Duration, Value)> {
        let (took, answer) = self.invoke(event).await?;
        if answer["statusCode"].as_u64().is_some_and(|status| (200..400).contains(&status)) {
            return Ok((took, answer));
        }
        unexpected(format!("{}: {answer}", self.name))
    }

    /// The processes' ids.
    pub(crate) fn ids(&self) -> Vec<u32> {
        self.processes.iter().filter_map(Child::id).collect()
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    while let Ok((stream, _)) = listener.accept().await {
        // A small answer must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let service = service_fn(|request| desk.answer(request));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let answer = |status| {
            let mut answer = Response::new(Full::default());
            *answer.status_mut() = status;
            answer
        };
        if parts.method == Method::GET && path.ends_with("/runtime/invocation/next") {
            return Ok(self.next().await);
        }
        if path.ends_with("/extension/register") {
            let mut registered = answer(StatusCode::OK);
            registered
                .headers_mut()
                .insert("lambda-extension-identifier", hyper::header::HeaderValue::from_static("1"));
            *registered.body_mut() = Full::from(REGISTERED);
            return Ok(registered);
        }
        if path.ends_with("/extension/event/next") {
            std::future::pending::<()>().await;
        }
        let body = body.collect().await?.to_bytes();
        let mut end = path.rsplit('/');
        let (kind, id) = (end.next().unwrap_or_default(), end.next().unwrap_or_default());
        let waiting = self.waiting.lock().ok().and_then(|mut waiting| waiting.remove(id));
        if let Some(tell) = waiting {
            let _ = tell.send((kind != "response", body));
        }
        Ok(answer(StatusCode::ACCEPTED))
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let job = self.jobs.lock().await.recv().await;
        let Some((event, tell)) = job else { return Response::new(Full::default()) };
        let id = self.count.fetch_add(1, Ordering::Relaxed).to_string();
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.insert(id.clone(), tell);
        }
        let deadline = tests::harness::now().timestamp_millis() + 60_000;
        let answer = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", id)
            .header("lambda-runtime-deadline-ms", deadline)
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-central-1:000000000000:function:measured",
            );
        answer.body(Full::new(event)).unwrap_or_default()
    }
}
