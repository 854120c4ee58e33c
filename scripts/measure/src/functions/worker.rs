//! A queue's worker: small messages from the local SQS, ten at a time, as Lambda hands them over.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tests::harness::{new_id, variable};

use crate::{
    figures::{Row, Runs, Target},
    runtime::Crew,
    stage::Stage,
    trouble::{Result, unexpected},
};

const MESSAGES: usize = 2_000;
const RUNS: usize = 3;
/// Processes of the worker, each with a poller of its own.
const COPIES: usize = 2;

/// The local SQS, by its JSON protocol.
struct Sqs {
    http: reqwest::Client,
    endpoint: String,
    queue: String,
}

impl Sqs {
    fn new() -> Self {
        let queue = format!("{}events", variable("QUEUE_URL_PREFIX"));
        Self { http: reqwest::Client::new(), endpoint: variable("AWS_ENDPOINT_URL"), queue }
    }

    async fn call(&self, action: &str, mut ask: Value) -> Result<Value> {
        ask["QueueUrl"] = json!(self.queue);
        let request = self.http.post(&self.endpoint).header("x-amz-target", format!("AmazonSQS.{action}"));
        let request = request.header("content-type", "application/x-amz-json-1.0").body(ask.to_string());
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            return unexpected(format!("{action}: {status} {text}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    async fn fill(&self, tenant: &str) -> Result<()> {
        for _ in 0..MESSAGES / 10 {
            let message = |at: usize| {
                let body = json!({"id": new_id(), "schema": 1, "topic": "company.updated", "tenantId": tenant,
                    "companyId": null, "aggregateId": new_id(), "aggregateVersion": 1, "payload": {}});
                json!({"Id": at.to_string(), "MessageBody": body.to_string()})
            };
            self.call("SendMessageBatch", json!({"Entries": (0..10).map(message).collect::<Vec<_>>()})).await?;
        }
        Ok(())
    }

    async fn receive(&self) -> Result<Vec<Value>> {
        let ask = json!({"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "AttributeNames": ["All"]});
        Ok(self.call("ReceiveMessage", ask).await?["Messages"].as_array().cloned().unwrap_or_default())
    }

    async fn delete(&self, messages: &[Value]) -> Result<()> {
        let entry =
            |(at, message): (usize, &Value)| json!({"Id": at.to_string(), "ReceiptHandle": message["ReceiptHandle"]});
        let entries: Vec<_> = messages.iter().enumerate().map(entry).collect();
        self.call("DeleteMessageBatch", json!({"Entries": entries})).await.map(drop)
    }
}

fn event(messages: &[Value]) -> Bytes {
    let record = |message: &Value| {
        json!({"messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"],
            "md5OfBody": message["MD5OfBody"], "attributes": message["Attributes"], "messageAttributes": {},
            "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:events",
            "awsRegion": "eu-central-1"})
    };
    Bytes::from(json!({"Records": messages.iter().map(record).collect::<Vec<_>>()}).to_string())
}

/// Empties the queue with so many pollers; messages a second.
async fn drain(sqs: &Sqs, worker: Option<&Crew>) -> Result<f64> {
    let begun = Instant::now();
    let poll = async || {
        let mut done = 0;
        loop {
            let messages = sqs.receive().await?;
            if messages.is_empty() {
                return Result::Ok((done, begun.elapsed()));
            }
            if let Some(worker) = worker {
                let (_, answer) = worker.invoke(&event(&messages)).await?;
                if answer["batchItemFailures"].as_array().is_none_or(|failures| !failures.is_empty()) {
                    return unexpected(format!("the worker failed: {answer}"));
                }
            }
            sqs.delete(&messages).await?;
            done += messages.len();
        }
    };
    let ended = try_join_all((0..COPIES).map(|_| poll())).await?;
    let done: usize = ended.iter().map(|(done, _)| done).sum();
    let took = ended.iter().map(|(_, took)| *took).max().unwrap_or(Duration::MAX);
    if done != MESSAGES {
        return unexpected(format!("{done} of {MESSAGES} messages came"));
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok(done as f64 / took.as_secs_f64())
}

pub(super) async fn rows(stage: &Stage) -> Result<Vec<Row>> {
    let (sqs, worker) = (Sqs::new(), Crew::of("cache-invalidate", &[], COPIES).await?);
    let tenant = stage.tenant.id.to_string();
    // What the creations have left is not what is counted.
    sqs.call("PurgeQueue", json!({})).await?;
    let (mut runs, mut floor) = (Runs::default(), Runs::default());
    for _ in 0..RUNS {
        sqs.fill(&tenant).await?;
        runs.add(drain(&sqs, Some(&worker)).await?);
        sqs.fill(&tenant).await?;
        floor.add(drain(&sqs, None).await?);
    }
    Ok(vec![Row {
        what: "worker: small messages through the local SQS, two pollers (floor: received and deleted, no worker)"
            .to_owned(),
        target: Target::AtLeast(500.0),
        runs,
        unit: ("/s", 0),
        floor: vec![floor],
    }])
}
