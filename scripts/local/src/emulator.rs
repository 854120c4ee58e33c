//! Every function under AWS's own Lambda Runtime Interface Emulator, each asked with an event of its kind.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use hyper::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::environment::{Environment, REGION};
use crate::events;
use crate::family::{Family, Layer};
use crate::http::Http;
use crate::place::{Place, binaries};
use crate::schedule;
use crate::template::Function;
use crate::trouble::{During, Result, Trouble};

/// How long a function may take to start and answer; a loaded machine is slow.
const LIMIT: Duration = Duration::from_mins(1);
/// The key of a trial, as the functions know it.
const TRIAL: &str = "TRIAL";
/// How many emulators run at once.
const AT_ONCE: usize = 2;

/// Starts each function under the emulator and asks it; one of them also without its secrets.
pub(crate) async fn all(
    place: &Place,
    family: &Family,
    environment: &Environment,
    functions: &[Arc<Function>],
) -> Result<()> {
    let emulator = find(place)?;
    let mut trials: Vec<_> = functions.iter().map(|function| (Arc::clone(function), None)).collect();
    // A function whose database address is a reference, beside an extension that is not ready before the first event.
    let first = functions.iter().find(|function| function.serves_http());
    let first = first.ok_or_else(|| Trouble::new("choose a function", "none serves HTTP"))?;
    let port = extension(environment.get("DATABASE_URL").to_owned()).await?;
    trials.push((Arc::clone(first), Some(port)));
    for trials in trials.chunks(AT_ONCE) {
        let asked = trials.iter().map(|(function, port)| ask(place, family, environment, &emulator, function, *port));
        futures_util::future::try_join_all(asked).await?;
    }
    Ok(())
}

/// The emulator that the SAM command carries.
pub(crate) fn find(place: &Place) -> Result<PathBuf> {
    let step = "find the Runtime Interface Emulator";
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let library = place.root.join(".dev/tools/sam/lib");
    let pythons = std::fs::read_dir(&library).during(step)?.flatten();
    let name = format!("site-packages/samcli/local/rapid/aws-lambda-rie-{architecture}");
    let found = pythons.map(|python| python.path().join(&name)).find(|file| file.is_file());
    found.ok_or_else(|| Trouble::new(step, format!("not under {}", library.display())).advice("start ./scripts/test"))
}

async fn ask(
    place: &Place,
    family: &Family,
    environment: &Environment,
    emulator: &Path,
    function: &Function,
    extension: Option<u16>,
) -> Result<()> {
    let step = format!("ask {} under the emulator", function.name);
    let (port, runtime) = (free_port().await.during(step.clone())?, free_port().await.during(step.clone())?);
    let log = place.log(&format!("emulator-{}", function.name));
    let name = format!("emulator-{port}");
    let mut command = Command::new(emulator);
    command.args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")]);
    command.args(["--runtime-api-address", &format!("127.0.0.1:{runtime}"), "--log-level", "warn"]);
    command.arg(binaries()?.join(&function.name)).current_dir(&place.root);
    command.envs(environment.of(function));
    command.env("AWS_LAMBDA_FUNCTION_NAME", &function.name).env("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true");
    command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory.to_string());
    if let Some(extension) = extension {
        command.env("DATABASE_URL", "{{stack#database}}").env("AWS_SESSION_TOKEN", "local");
        command.env("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", extension.to_string());
    }
    let child = family.spawn(&name, Layer::Command, &mut command, &log)?;
    let answer = answer(port, function).await;
    family.end(&name, false).await;
    drop(child);
    let answer = answer.map_err(|why| Trouble::new(step.clone(), why).log(&log))?;
    if expected(function, &answer) {
        Ok(())
    } else {
        Err(Trouble::new(step, format!("its answer is {answer}")).log(&log))
    }
}

/// Waits until the emulator listens, and hands the event over once.
async fn answer(port: u16, function: &Function) -> Result<Value, String> {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if begun.elapsed() > LIMIT {
            return Err("the emulator does not listen".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let url = format!("http://127.0.0.1:{port}/2015-03-31/functions/function/invocations");
    let headers = [("content-type", "application/json")];
    let answer = Http::default().send(Method::POST, &url, &headers, event(function), LIMIT).await;
    let answer = answer.map_err(|error| error.to_string())?;
    serde_json::from_slice(&answer.body).map_err(|_| format!("{}: no JSON", answer.status))
}

/// An event of the kind that starts the function in the cloud.
fn event(function: &Function) -> String {
    if function.serves_http() {
        // As CodeDeploy's hook asks a new version: it answers when database and Redis do.
        let mut event = events::request("/", "localhost", 1_767_225_600_000);
        event["requestContext"]["routeKey"] = json!(TRIAL);
        return event.to_string();
    }
    if let Some(mapping) = function.mappings.first() {
        let id = "019b0000-0000-7000-8000-000000000000";
        let body = json!({
            "id": id, "schema": 1, "topic": "emulator.asked", "tenantId": id, "companyId": null, "aggregateId": id,
            "aggregateVersion": 1, "payload": {},
        });
        let attributes = json!({ "ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000" });
        let message = json!({
            "MessageId": id, "ReceiptHandle": "emulator", "Body": body.to_string(), "Attributes": attributes,
        });
        return events::batch(&[message], &mapping.arn, REGION).to_string();
    }
    if let Some(planned) = function.schedules.first() {
        return schedule::event(&planned.input, SystemTime::now().into(), 1);
    }
    // Steps of a deployment: one can be asked without a deployment, the other only whether it lives.
    let question = if function.variables.contains("MIGRATOR_DATABASE_URL") { "check" } else { "ping" };
    json!({ question: true }).to_string()
}

/// Whether the answer is one of the function itself, not of the runtime for a failed one.
fn expected(function: &Function, answer: &Value) -> bool {
    if !answer["errorType"].is_null() {
        return false;
    }
    if function.serves_http() {
        answer["statusCode"] == 200
    } else if !function.mappings.is_empty() {
        answer["batchItemFailures"].is_array()
    } else {
        answer.is_object()
    }
}

async fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port())
}

/// Stands in for AWS's extension for secrets: it is not ready at first, then gives out one secret.
async fn extension(database: String) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.during("stand in for the extension")?;
    let port = listener.local_addr().during("stand in for the extension")?.port();
    let secret = json!({ "Name": "stack", "SecretString": json!({ "database": database }).to_string() }).to_string();
    tokio::spawn(async move {
        let mut asked = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.unwrap_or_default();
            let known = request[..length].starts_with(b"GET /secretsmanager/get?secretId=stack HTTP/1.0\r\n");
            asked += 1;
            let answer = if asked > 1 && known {
                format!("HTTP/1.0 200 OK\r\n\r\n{secret}")
            } else {
                "HTTP/1.0 400 Bad Request\r\n\r\nnot ready to serve traffic, please wait".to_owned()
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Ok(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_is_what_the_functions_take_for_one() {
        assert_eq!(TRIAL, shared::serve::TRIAL);
    }

    #[test]
    fn an_answer_of_the_runtime_is_no_answer_of_the_function() {
        let http = Function { routes: vec!["/x".to_owned()], ..Function::default() };
        assert!(expected(&http, &json!({ "statusCode": 200 })));
        assert!(!expected(&http, &json!({ "statusCode": 404, "body": "{}" })));
        assert!(!expected(&http, &json!({ "errorType": "Runtime.ExitError" })));
        let task = Function::default();
        assert!(expected(&task, &json!({ "pong": true })) && !expected(&task, &json!({ "errorType": "INTERNAL" })));
    }
}
