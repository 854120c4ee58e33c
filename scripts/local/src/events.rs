//! The events that AWS hands to a function, and what its answer means.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Messages as SQS returns them, as the event of a function.
pub(crate) fn batch(messages: &[Value], arn: &str, region: &str) -> Value {
    let records: Vec<_> = messages.iter().map(|message| record(message, arn, region)).collect();
    json!({ "Records": records })
}

fn record(message: &Value, arn: &str, region: &str) -> Value {
    let mut attributes = Map::new();
    for (name, value) in message["MessageAttributes"].as_object().into_iter().flatten() {
        let mut attribute = json!({
            "dataType": value["DataType"], "stringListValues": [], "binaryListValues": [],
        });
        for (theirs, ours) in [("StringValue", "stringValue"), ("BinaryValue", "binaryValue")] {
            if !value[theirs].is_null() {
                attribute[ours] = value[theirs].clone();
            }
        }
        attributes.insert(name.clone(), attribute);
    }
    let system = message.get("Attributes").cloned().unwrap_or_else(|| json!({}));
    json!({
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "md5OfBody": message["MD5OfBody"],
        "attributes": system,
        "messageAttributes": attributes,
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": region,
    })
}

/// The messages of a batch that the answer calls failed. An answer that names an unknown message, or none,
/// fails the whole batch, as in Lambda.
pub(crate) fn failed(answer: &[u8], messages: &[Value]) -> BTreeSet<String> {
    let all = || messages.iter().filter_map(id_of).collect::<BTreeSet<_>>();
    let answer: Value = match serde_json::from_slice(answer) {
        Ok(answer) => answer,
        Err(_) if answer.iter().all(u8::is_ascii_whitespace) => Value::Null,
        Err(_) => return all(),
    };
    let failures = match &answer["batchItemFailures"] {
        Value::Null => return BTreeSet::new(),
        Value::Array(failures) => failures,
        _ => return all(),
    };
    let known = all();
    let named = failures.iter().map(|failure| failure["itemIdentifier"].as_str().filter(|id| known.contains(*id)));
    named.map(|id| id.map(str::to_owned)).collect::<Option<_>>().unwrap_or(known)
}

/// A message's id.
pub(crate) fn id_of(message: &Value) -> Option<String> {
    message["MessageId"].as_str().map(str::to_owned)
}

/// A request that asks a function for nothing but an answer, as the gateway would hand it over.
pub(crate) fn request(path: &str, host: &str, milliseconds: i64) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "host": host, "accept": "application/json", "user-agent": "local-stack" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": host,
            "domainPrefix": "local",
            "http": { "method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "local-stack" },
            "requestId": format!("ready-{milliseconds}"),
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": milliseconds,
        },
        "isBase64Encoded": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages() -> Vec<Value> {
        vec![
            json!({
                "MessageId": "a", "ReceiptHandle": "ra", "Body": "{}", "MD5OfBody": "m",
                "Attributes": { "ApproximateReceiveCount": "2", "MessageGroupId": "t" },
                "MessageAttributes": { "traceparent": { "StringValue": "00-1-2-01", "DataType": "String" } },
            }),
            json!({ "MessageId": "b", "ReceiptHandle": "rb", "Body": "x" }),
        ]
    }

    #[test]
    fn a_message_keeps_its_attributes() {
        let event = batch(&messages(), "arn:aws:sqs:eu-central-1:000000000000:q", "eu-central-1");
        let first = &event["Records"][0];
        assert_eq!(first["attributes"]["ApproximateReceiveCount"], "2");
        assert_eq!(first["messageAttributes"]["traceparent"]["stringValue"], "00-1-2-01");
        assert_eq!(first["messageAttributes"]["traceparent"]["dataType"], "String");
        assert_eq!(first["eventSourceARN"], "arn:aws:sqs:eu-central-1:000000000000:q");
        assert_eq!(event["Records"][1]["messageAttributes"], json!({}));
    }

    #[test]
    fn only_the_named_messages_stay_in_the_queue() {
        let ids = |answer: &str| failed(answer.as_bytes(), &messages()).into_iter().collect::<Vec<_>>().join(",");
        assert_eq!(ids(r#"{"batchItemFailures": [{"itemIdentifier": "b"}]}"#), "b");
        assert_eq!(ids(r#"{"batchItemFailures": []}"#), "");
        assert_eq!(ids(r#"{"batchItemFailures": null}"#), "");
        assert_eq!(ids("null"), "");
        assert_eq!(ids(""), "");
    }

    #[test]
    fn an_answer_that_cannot_be_trusted_fails_the_batch() {
        for answer in [
            r#"{"batchItemFailures": [{"itemIdentifier": "stranger"}]}"#,
            r#"{"batchItemFailures": [{"itemIdentifier": ""}]}"#,
            r#"{"batchItemFailures": [{}]}"#,
            r#"{"batchItemFailures": "all"}"#,
            "not json",
        ] {
            assert_eq!(failed(answer.as_bytes(), &messages()).len(), 2, "{answer}");
        }
    }
}
