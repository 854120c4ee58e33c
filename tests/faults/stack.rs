//! The stack under test: its services by name, its queues past the product, and whether it says of itself that it is
//! well.

use std::{
    fs::File,
    os::fd::AsRawFd as _,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tests::harness::{Client, variable};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
};

/// Tells the stack to `stop`, `kill` or `start` one of its services, or to `pause` and `resume` it.
pub(crate) async fn tell(verb: &str, name: &str) {
    assert_eq!(say(verb, name).await, "done", "{verb} {name}");
}

/// Kills every copy of a function that runs; the stack starts it again.
pub(crate) async fn kill(function: &str) {
    // One that was killed a moment ago is away for some seconds.
    patiently(function, 30, async || (say("kill", function).await == "done").then_some(())).await;
}

async fn say(verb: &str, name: &str) -> String {
    let folder = File::open(variable("STACK_DATA")).unwrap();
    // By way of the open folder: the whole path of a socket may have no more than 107 bytes.
    let mut stream = UnixStream::connect(format!("/proc/self/fd/{}/control", folder.as_raw_fd())).await.unwrap();
    stream.write_all(format!("{verb} {name}\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// How long the product may take to find out by itself that a service is back, on a busy machine.
const RECOVERY: Duration = Duration::from_secs(30);

/// Waits until the readiness check says so, and sees that the function itself lives all the while.
pub(crate) async fn says_ready(ready: bool) {
    let (nobody, begun) = (Client::anonymous(), Instant::now());
    loop {
        assert_eq!(nobody.get("/health").await.status, 200, "the function itself lives");
        let asked = Instant::now();
        let answer = nobody.get("/health/ready").await;
        assert!(asked.elapsed() < Duration::from_secs(8), "/health/ready took {:?}", asked.elapsed());
        if answer.status == if ready { 200 } else { 503 } {
            assert_eq!(answer.header("retry-after").is_some(), !ready, "{}", answer.text);
            return;
        }
        assert!(begun.elapsed() < RECOVERY, "ready should be {ready}: {} {}", answer.status, answer.text);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits for what takes longer than a test usually waits.
pub(crate) async fn patiently<T>(what: &str, seconds: u64, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(seconds), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// A call to the local SQS.
async fn sqs(action: &str, ask: &Value) -> Value {
    let request = reqwest::Client::new()
        .post(variable("AWS_ENDPOINT_URL"))
        .header("x-amz-target", format!("AmazonSQS.{action}"))
        .header("content-type", "application/x-amz-json-1.0")
        .body(ask.to_string());
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{action}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

fn url(queue: &str) -> String {
    format!("{}{queue}", variable("QUEUE_URL_PREFIX"))
}

/// Puts a message into a queue, as anybody could who may send to it.
pub(crate) async fn send(queue: &str, body: &str) {
    sqs("SendMessage", &json!({"QueueUrl": url(queue), "MessageBody": body})).await;
}

/// Looks into a dead-letter queue for a message with this text, and takes it away.
pub(crate) async fn dead(queue: &str, text: &str) -> Option<Value> {
    let ask = json!({"QueueUrl": url(&format!("{queue}-dlq")), "MaxNumberOfMessages": 10, "VisibilityTimeout": 0,
        "AttributeNames": ["All"]});
    let answer = sqs("ReceiveMessage", &ask).await;
    answer["Messages"]
        .as_array()?
        .iter()
        .find(|found| found["Body"].as_str().is_some_and(|b| b.contains(text)))
        .cloned()
}
