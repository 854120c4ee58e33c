//! The pause between two attempts, on a queue.

use std::time::Duration;

use serde_json::{Value, json};
use shared::{
    Error,
    queue::worker::{Failure, run_batch},
};
use tests::harness::{eventually, new_id, variable};

use super::app;

/// Asks SQS for something, as its JSON protocol has it.
async fn sqs(action: &str, body: Value) -> Value {
    let answer = reqwest::Client::new()
        .post(variable("AWS_ENDPOINT_URL"))
        .header("x-amz-target", format!("AmazonSQS.{action}"))
        .header("content-type", "application/x-amz-json-1.0")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20261122/eu-central-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
        )
        .body(body.to_string())
        .send()
        .await
        .expect(action);
    serde_json::from_str(&answer.text().await.expect(action)).unwrap_or(Value::Null)
}

async fn receive(queue: &str) -> Option<Value> {
    let wanted = json!({"QueueUrl": queue, "AttributeNames": ["All"], "WaitTimeSeconds": 0});
    sqs("ReceiveMessage", wanted).await["Messages"].get(0).cloned()
}

/// A queue with one message, which a worker has failed at in this way.
async fn failed(after: Option<Duration>) -> String {
    let prefix = variable("QUEUE_URL_PREFIX");
    let (beside, family) = prefix.rsplit_once('/').expect("a queue's URL has slashes");
    let name = format!("{family}deneme-{}", new_id().simple());
    sqs("CreateQueue", json!({"QueueName": name, "Attributes": {"VisibilityTimeout": "1"}})).await;
    let queue = format!("{beside}/{name}");
    let body = json!({
        "id": new_id(), "schema": 1, "topic": "deneme", "tenantId": new_id(), "companyId": null,
        "aggregateId": new_id(), "aggregateVersion": 1,
    });
    sqs("SendMessage", json!({"QueueUrl": queue, "MessageBody": body.to_string()})).await;
    let message = receive(&queue).await.expect("the message is there");
    let record = json!({
        "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"],
        "attributes": message["Attributes"], "messageAttributes": {},
        "eventSourceARN": format!("arn:aws:sqs:eu-central-1:000000000000:{name}"),
    });
    let batch = serde_json::from_value(json!({"Records": [record]})).unwrap();
    let answer = run_batch(&app(), batch, |_, message| async move {
        assert_eq!(message.receives, 1);
        let source = Error::unavailable("not now", 1);
        Err(match after {
            Some(after) => Failure::Later { source, after },
            None => Failure::Retry(source),
        })
    })
    .await;
    assert_eq!(answer.batch_item_failures.len(), 1);
    queue
}

#[tokio::test]
async fn a_message_stays_hidden_for_the_pause_that_its_worker_asked_for() {
    let paused = failed(Some(Duration::from_mins(10))).await;
    let plain = failed(None).await;
    eventually("the message without a pause, after the queue's own time", async || receive(&plain).await).await;
    // This one was received before the other and would be back before it.
    assert!(receive(&paused).await.is_none());
    for queue in [paused, plain] {
        sqs("DeleteQueue", json!({"QueueUrl": queue})).await;
    }
}
