//! The few calls to the local AWS: SQS in its JSON protocol, and buckets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::http::{Http, NoAnswer};
use crate::template::{Bucket, Stack};

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// No answer.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// The answer is a refusal.
    #[error("{action} was refused: {answer}")]
    Refused {
        /// What was asked for.
        action: String,
        /// The answer's text.
        answer: String,
    },
}

/// A client of the local AWS.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    http: Http,
    endpoint: String,
}

impl Aws {
    /// A client of the instance on a port.
    pub(crate) fn new(http: Http, port: u16) -> Self {
        Self::at(http, format!("http://127.0.0.1:{port}"))
    }

    /// A client of an instance at an address.
    pub(crate) fn at(http: Http, endpoint: String) -> Self {
        Self { http, endpoint }
    }

    /// A queue's URL.
    pub(crate) fn queue_url(&self, name: &str) -> String {
        format!("{}/000000000000/{name}", self.endpoint)
    }

    /// Whether it answers.
    pub(crate) async fn answers(&self) -> bool {
        self.sqs("ListQueues", &json!({}), Duration::from_secs(2)).await.is_ok()
    }

    /// Makes the queues and buckets of the template, or brings them up to date.
    pub(crate) async fn provide(&self, stack: &Stack) -> Result<(), CallError> {
        let limit = Duration::from_secs(10);
        for queue in &stack.queues {
            self.sqs("CreateQueue", &json!({ "QueueName": queue.name }), limit).await?;
        }
        for queue in stack.queues.iter().filter(|queue| !queue.attributes.is_empty()) {
            let settings = json!({ "QueueUrl": self.queue_url(&queue.name), "Attributes": queue.attributes });
            self.sqs("SetQueueAttributes", &settings, limit).await?;
        }
        for bucket in &stack.buckets {
            self.provide_bucket(bucket, limit).await?;
        }
        Ok(())
    }

    async fn provide_bucket(&self, bucket: &Bucket, limit: Duration) -> Result<(), CallError> {
        let Bucket { name, lock } = bucket;
        let url = format!("{}/{name}", self.endpoint);
        let locked = [("x-amz-bucket-object-lock-enabled", "true")];
        let headers = if lock.is_some() { &locked[..] } else { &[] };
        let answer = self.http.send(Method::PUT, &url, headers, "", limit).await?;
        if !answer.status.is_success() && answer.status.as_u16() != 409 {
            return Err(refused(&format!("CreateBucket {name}"), &answer.body));
        }
        let Some((mode, years)) = lock else { return Ok(()) };
        let rule = format!(
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\
             <Mode>{mode}</Mode><Years>{years}</Years></DefaultRetention></Rule></ObjectLockConfiguration>"
        );
        let answer = self.http.send(Method::PUT, &format!("{url}?object-lock"), &[], rule, limit).await?;
        if answer.status.is_success() { Ok(()) } else { Err(refused(&format!("lock {name}"), &answer.body)) }
    }

    /// Waits up to twenty seconds for messages.
    pub(crate) async fn receive(&self, queue: &str, count: u64) -> Result<Vec<Value>, CallError> {
        let ask = json!({
            "QueueUrl": self.queue_url(queue), "MaxNumberOfMessages": count, "WaitTimeSeconds": 20,
            "AttributeNames": ["All"], "MessageAttributeNames": ["All"],
        });
        let answer = self.sqs("ReceiveMessage", &ask, Duration::from_secs(30)).await?;
        Ok(answer["Messages"].as_array().cloned().unwrap_or_default())
    }

    /// Removes a message.
    pub(crate) async fn delete(&self, queue: &str, receipt: &Value) -> Result<(), CallError> {
        let ask = json!({ "QueueUrl": self.queue_url(queue), "ReceiptHandle": receipt });
        self.sqs("DeleteMessage", &ask, Duration::from_secs(5)).await.map(drop)
    }

    /// Lets a message be received again after some seconds.
    pub(crate) async fn show_again(&self, queue: &str, receipt: &Value, seconds: u64) -> Result<(), CallError> {
        let ask = json!({ "QueueUrl": self.queue_url(queue), "ReceiptHandle": receipt, "VisibilityTimeout": seconds });
        self.sqs("ChangeMessageVisibility", &ask, Duration::from_secs(5)).await.map(drop)
    }

    /// How many messages wait in a queue, and how many are being worked off.
    pub(crate) async fn depth(&self, queue: &str) -> Result<[f64; 2], CallError> {
        const NAMES: [&str; 2] = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let ask = json!({ "QueueUrl": self.queue_url(queue), "AttributeNames": NAMES });
        let answer = self.sqs("GetQueueAttributes", &ask, Duration::from_secs(2)).await?;
        Ok(NAMES.map(|name| answer["Attributes"][name].as_str().and_then(|count| count.parse().ok()).unwrap_or(0.0)))
    }

    async fn sqs(&self, action: &str, ask: &Value, limit: Duration) -> Result<Value, CallError> {
        let target = format!("AmazonSQS.{action}");
        let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.0")];
        let answer = self.http.send(Method::POST, &self.endpoint, &headers, ask.to_string(), limit).await?;
        if !answer.status.is_success() {
            return Err(refused(action, &answer.body));
        }
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }
}

fn refused(action: &str, body: &[u8]) -> CallError {
    CallError::Refused { action: action.to_owned(), answer: String::from_utf8_lossy(body).trim().to_owned() }
}
