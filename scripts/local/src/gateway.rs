//! The gateway: cargo-lambda before functions that the stack itself starts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::events;
use crate::family::{Family, Layer};
use crate::front;
use crate::gauges::Gauges;
use crate::http::{Answer, Http, NoAnswer};
use crate::place::Place;
use crate::say;
use crate::template::Function;
use crate::trouble::{During, Result, Trouble};

/// Starts cargo-lambda on a port of its own and the front before it, and waits until both listen; the address that
/// the functions fetch their work from, and the front, which serves until it is dropped.
///
/// cargo-lambda's own `--timeout` also ends the wait of an idle function for work, which ends the function.
pub(crate) async fn start(
    place: &Place,
    family: &Family,
    functions: &[Arc<Function>],
    gauges: Gauges,
) -> Result<(String, JoinSet<()>)> {
    let (step, begun, log) = ("start the gateway", Instant::now(), place.log("gateway"));
    let front = TcpListener::bind(("127.0.0.1", place.port)).await.during(step)?;
    let port = TcpListener::bind(("127.0.0.1", 0)).await.and_then(|free| free.local_addr()).during(step)?.port();
    let mut command = Command::new(place.tool("cargo-lambda"));
    command.current_dir(&place.root).args(["lambda", "watch", "--only-lambda-apis", "--disable-cors"]);
    command.args(["-A", "127.0.0.1", "-P", &port.to_string()]);
    let mut child = family.spawn("gateway", Layer::Gateway, &mut command, &log)?;
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if let Some(status) = child.try_wait().during(step)? {
            return Err(Trouble::new(step, format!("cargo lambda watch ended at once ({status})")).log(&log));
        }
        if begun.elapsed() > Duration::from_mins(1) {
            return Err(Trouble::new(step, "cargo lambda watch does not listen after a minute").log(&log));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    family.watch(child, "gateway");
    let address = format!("http://127.0.0.1:{port}");
    let mut serving = JoinSet::new();
    let (behind, functions) = (address.clone(), functions.to_vec());
    serving.spawn(async move { front::serve(front, behind, &functions, gauges, None).await });
    say::done(format!("gateway on {}", place.port), begun);
    Ok((address, serving))
}

/// Calls functions by name, past the routes.
#[derive(Debug, Clone)]
pub(crate) struct Invoker {
    http: Http,
    gateway: String,
    port: u16,
}

impl Invoker {
    /// An invoker of the functions behind a place's gateway.
    pub(crate) fn new(http: Http, place: &Place) -> Self {
        Self { http, gateway: place.gateway(), port: place.port }
    }

    /// An invoker of the functions behind cargo-lambda at an address.
    pub(crate) fn at(http: Http, gateway: String, port: u16) -> Self {
        Self { http, gateway, port }
    }

    /// Whether anybody listens.
    pub(crate) async fn listens(&self) -> bool {
        let address = self.gateway.split_once("://").map_or(self.gateway.as_str(), |(_, address)| address);
        TcpStream::connect(address).await.is_ok()
    }

    /// Hands an event to a function and waits for its answer, whatever it is.
    pub(crate) async fn call(&self, function: &str, event: String, limit: Duration) -> Result<Answer, NoAnswer> {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.gateway);
        self.http.send(Method::POST, &url, &[("content-type", "application/json")], event, limit).await
    }

    /// Hands an event to a function; anything but a result is an error.
    pub(crate) async fn invoke(&self, function: &str, event: String, limit: Duration) -> Result<Answer, String> {
        let answer = self.call(function, event, limit).await.map_err(|error| error.to_string())?;
        if answer.status.is_success() && !answer.headers.contains_key("x-amz-function-error") {
            return Ok(answer);
        }
        Err(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body).trim()))
    }

    /// Asks a function for a sign of life: a request for a path that it does not have, or `{"ping": true}`.
    pub(crate) async fn alive(&self, function: &Function, limit: Duration) -> Result<(), String> {
        let event = if function.serves_http() {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            let milliseconds = i64::try_from(now.as_millis()).unwrap_or_default();
            events::request("/ready", &format!("localhost:{}", self.port), milliseconds)
        } else {
            serde_json::json!({ "ping": true })
        };
        let answer = self.call(&function.name, event.to_string(), limit).await.map_err(|error| error.to_string())?;
        // The gateway itself answers for a binary that the workspace does not have.
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if body["title"] == "Missing function" {
            return Err(format!("the workspace has no binary of the name {}", function.name));
        }
        Ok(())
    }
}
