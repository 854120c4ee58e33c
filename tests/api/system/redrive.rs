//! `scripts/redrive`: dead letters are shown and sent once more, on queues of the test's own.

use std::process::Stdio;

use serde_json::{Value, json};
use tests::harness::{new_id, variable};
use tokio::process::Command;

async fn sqs(action: &str, ask: Value) -> Value {
    let answer = reqwest::Client::new()
        .post(variable("AWS_ENDPOINT_URL"))
        .header("x-amz-target", format!("AmazonSQS.{action}"))
        .header("content-type", "application/x-amz-json-1.0")
        .body(ask.to_string())
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{action}: {}", answer.status());
    answer.json().await.unwrap_or_default()
}

/// The name of a queue behind the product's prefix, made with its dead-letter queue.
async fn queues() -> (String, String, String) {
    let name = format!("probe-{}", new_id().simple());
    let prefix = variable("QUEUE_URL_PREFIX");
    let physical = prefix.rsplit('/').next().unwrap().to_owned() + &name;
    for name in [physical.clone(), format!("{physical}-dlq")] {
        sqs("CreateQueue", json!({"QueueName": name})).await;
    }
    (format!("{prefix}{name}"), format!("{prefix}{name}-dlq"), name)
}

async fn redrive(arguments: &[&str]) -> Vec<String> {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/redrive");
    let done = Command::new(program).args(arguments).stderr(Stdio::inherit()).output().await.unwrap();
    assert!(done.status.success(), "{}", done.status);
    String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect()
}

async fn depth(queue: &str) -> u32 {
    let ask = json!({"QueueUrl": queue, "AttributeNames": ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]});
    let found = sqs("GetQueueAttributes", ask).await;
    let count = |name: &str| found["Attributes"][name].as_str().and_then(|count| count.parse().ok()).unwrap_or(0);
    count("ApproximateNumberOfMessages") + count("ApproximateNumberOfMessagesNotVisible")
}

#[tokio::test]
async fn dead_letters_are_sent_once_more_as_they_were() {
    let (queue, dead, name) = queues().await;
    for number in 0..12 {
        let body = json!({"id": new_id(), "topic": "probe.made", "tenantId": new_id(), "payload": {"number": number}});
        let attributes = json!({"correlationId": {"DataType": "String", "StringValue": format!("c{number}")}});
        sqs("SendMessage", json!({"QueueUrl": dead, "MessageBody": body.to_string(), "MessageAttributes": attributes}))
            .await;
    }
    let moved = redrive(&[&name, "--go", "5"]).await;
    assert_eq!((moved.len(), moved[5].as_str()), (6, format!("5 messages sent to {name} once more").as_str()));
    assert!(moved[0].contains("probe.made  tenant 0"), "{}", moved[0]);
    assert_eq!((depth(&queue).await, depth(&dead).await), (5, 7));
    let found =
        sqs("ReceiveMessage", json!({"QueueUrl": queue, "MaxNumberOfMessages": 1, "MessageAttributeNames": ["All"]}))
            .await;
    let message = &found["Messages"][0];
    let body: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
    let number = &body["payload"]["number"];
    assert_eq!(message["MessageAttributes"]["correlationId"]["StringValue"], format!("c{number}"));
}

#[tokio::test]
async fn looking_at_dead_letters_leaves_them_there() {
    let (queue, dead, name) = queues().await;
    sqs("SendMessage", json!({"QueueUrl": dead, "MessageBody": "no JSON"})).await;
    let shown = redrive(&[&name]).await;
    assert!(shown.len() == 1 && shown[0].contains("not one of ours"), "{shown:?}");
    assert_eq!((depth(&queue).await, depth(&dead).await), (0, 1));
}
