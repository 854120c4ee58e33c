//! The local AWS, where it runs functions itself: an implementation of Lambda and its event-source mappings that knows
//! nothing of this repository's own local stack.

use std::{path::PathBuf, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};
use tests::harness::{new_id, variable};
use tokio::process::Command;

/// How long a message that failed stays hidden, in seconds; the function's time-out, since a mapping must not hand it
/// out while the function may still be at it.
const HIDDEN: u32 = 5;
/// How often a message is tried.
pub(crate) const TRIES: u32 = 3;

/// One worker under Lambda, with a queue and a dead-letter queue of its own.
pub(crate) struct Worker {
    /// The name of function and queue.
    name: String,
    function: String,
    mapping: String,
}

async fn ask(method: Method, path: &str, body: Option<&Value>, target: Option<&str>) -> Value {
    let url = format!("{}{path}", variable("AWS_ENDPOINT_URL"));
    let mut request = reqwest::Client::new().request(method, &url).timeout(Duration::from_mins(1));
    if let Some(target) = target {
        request = request.header("x-amz-target", format!("AmazonSQS.{target}"));
        request = request.header("content-type", "application/x-amz-json-1.0");
    }
    if let Some(body) = body {
        request = request.body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{url} {target:?}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn sqs(action: &str, body: Value) -> Value {
    ask(Method::POST, "/", Some(&body), Some(action)).await
}

fn url(queue: &str) -> String {
    format!("{}/000000000000/{queue}", variable("AWS_ENDPOINT_URL"))
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:{}:000000000000:{queue}", variable("AWS_REGION"))
}

/// The function as Lambda takes it: a zip with an executable `bootstrap`, in base64.
async fn package(function: &str) -> String {
    let built = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join(function);
    let folder = PathBuf::from(variable("STACK_DATA")).join("lambda").join(new_id().to_string());
    tokio::fs::create_dir_all(&folder).await.unwrap();
    let run = async |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        let output = command.args(arguments).current_dir(&folder).output().await.expect(program);
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    // The debug information is no use there, and six times as large as the code.
    run("strip", &["-o", "bootstrap", built.to_str().unwrap()]).await;
    run("/usr/bin/python3", &["-m", "zipfile", "-c", "function.zip", "bootstrap"]).await;
    let text = run("base64", &["-w", "0", "function.zip"]).await;
    tokio::fs::remove_dir_all(&folder).await.unwrap();
    String::from_utf8(text).unwrap()
}

/// What a function is told: what the tests are told, but for the addresses that no function gets.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
fn environment() -> Value {
    let names = shared::config::VARIABLES.iter().map(|variable| variable.name);
    let names = names.filter(|name| !["MIGRATOR_DATABASE_URL", "SYSTEM_DATABASE_URL"].contains(name));
    names.filter_map(|name| Some((name.to_owned(), json!(std::env::var(name).ok()?)))).collect()
}

impl Worker {
    /// Deploys a worker.
    pub(crate) async fn deploy(function: &str) -> Self {
        let name = format!("lambda-{}-{function}", new_id().simple());
        let dead = format!("{name}-dlq");
        sqs("CreateQueue", json!({"QueueName": dead})).await;
        let redrive = json!({"deadLetterTargetArn": arn(&dead), "maxReceiveCount": TRIES});
        let attributes = json!({"VisibilityTimeout": HIDDEN.to_string(), "RedrivePolicy": redrive.to_string()});
        sqs("CreateQueue", json!({"QueueName": name, "Attributes": attributes})).await;
        let deployed = json!({
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": HIDDEN,
            "MemorySize": 256, "Role": "arn:aws:iam::000000000000:role/worker",
            "Code": {"ZipFile": package(function).await}, "Environment": {"Variables": environment()},
        });
        ask(Method::POST, "/2015-03-31/functions", Some(&deployed), None).await;
        let mapping = json!({
            "EventSourceArn": arn(&name), "FunctionName": name, "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"], "ScalingConfig": {"MaximumConcurrency": 2},
        });
        let mapping = ask(Method::POST, "/2015-03-31/event-source-mappings/", Some(&mapping), None).await;
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let pong = ask(Method::POST, &path, Some(&json!({"ping": true})), None).await;
        assert_eq!(pong, json!({"pong": true}), "{name} lives");
        let mapping = mapping["UUID"].as_str().unwrap().to_owned();
        Self { name, function: function.to_owned(), mapping }
    }

    /// Sends messages, all at once.
    pub(crate) async fn send(&self, bodies: &[String]) {
        let entries: Vec<Value> = bodies
            .iter()
            .enumerate()
            .map(|(index, body)| json!({"Id": index.to_string(), "MessageBody": body}))
            .collect();
        let answer = sqs("SendMessageBatch", json!({"QueueUrl": url(&self.name), "Entries": entries})).await;
        assert_eq!(answer["Successful"].as_array().map(Vec::len), Some(bodies.len()), "{answer}");
    }

    /// What stands before the names of its queues: whoever has this for his own sends to this worker.
    pub(crate) fn queues(&self) -> String {
        url(self.name.strip_suffix(&self.function).unwrap())
    }

    /// The messages that nobody could do, in order.
    pub(crate) async fn dead(&self) -> Vec<String> {
        let ask = json!({"QueueUrl": url(&format!("{}-dlq", self.name)), "MaxNumberOfMessages": 10,
            "VisibilityTimeout": 0});
        let answer = sqs("ReceiveMessage", ask).await;
        let found = answer["Messages"].as_array().into_iter().flatten();
        let mut bodies: Vec<String> = found.filter_map(|m| m["Body"].as_str().map(str::to_owned)).collect();
        bodies.sort();
        bodies
    }

    /// Whether nothing is left to do, neither to be handed out nor being done.
    pub(crate) async fn is_idle(&self) -> bool {
        let answer = sqs("GetQueueAttributes", json!({"QueueUrl": url(&self.name), "AttributeNames": ["All"]})).await;
        let count = |name: &str| answer["Attributes"][name].as_str().unwrap_or_default().to_owned();
        count("ApproximateNumberOfMessages") == "0" && count("ApproximateNumberOfMessagesNotVisible") == "0"
    }

    /// Takes it away again.
    pub(crate) async fn remove(self) {
        ask(Method::DELETE, &format!("/2015-03-31/event-source-mappings/{}", self.mapping), None, None).await;
        ask(Method::DELETE, &format!("/2015-03-31/functions/{}", self.name), None, None).await;
        for queue in [self.name.clone(), format!("{}-dlq", self.name)] {
            sqs("DeleteQueue", json!({"QueueUrl": url(&queue)})).await;
        }
    }
}
