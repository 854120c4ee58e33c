//! The migration as a step of a deployment: CloudFormation calls it before the functions of a release take traffic.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    Result,
    post::{Bytes, Post, Request},
};

use super::Error;

/// What CloudFormation asks of a custom resource.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    request_type: String,
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
}

/// Answers one event: CloudFormation's, or an operator's, who sends `{}`, `{"check": true}`, or `{"flag": […]}` with
/// the words of `migrate flag`.
pub async fn run(url: Option<String>, event: Value) -> Result<Value> {
    if let Some(words) = event.get("flag") {
        let words: Vec<String> = serde_json::from_value(words.clone())?;
        let lines = flag(url, &words).await.map_err(shared::Error::internal)?;
        return Ok(json!({ "flag": lines }));
    }
    if event.get("ResponseURL").is_none() {
        let check = event["check"] == true;
        let lines = migrate(url, check).await.map_err(shared::Error::internal)?;
        return Ok(if check { json!({ "pending": lines }) } else { json!({ "done": lines }) });
    }
    let asked: Asked = serde_json::from_value(event)?;
    // A schema outlives the stack, and a rolled back release runs on the newer one.
    let outcome = if asked.request_type == "Delete" { Ok(Vec::new()) } else { migrate(url, false).await };
    tell(&asked, &outcome).await?;
    outcome.map(|done| json!({ "done": done })).map_err(shared::Error::internal)
}

async fn flag(url: Option<String>, words: &[String]) -> Result<Vec<String>, Error> {
    let mut db = super::connect(url).await?;
    Ok(crate::flags::operator::run(&mut db, words).await?)
}

async fn migrate(url: Option<String>, check: bool) -> Result<Vec<String>, Error> {
    let mut db = super::connect(url).await?;
    if check { super::pending(&mut db).await } else { super::apply(&mut db).await }
}

/// CloudFormation waits for this, an hour if need be.
async fn tell(asked: &Asked, outcome: &Result<Vec<String>, Error>) -> Result<()> {
    let mut answer = json!({
        "Status": if outcome.is_ok() { "SUCCESS" } else { "FAILED" },
        "PhysicalResourceId": "migration",
        "StackId": asked.stack_id,
        "RequestId": asked.request_id,
        "LogicalResourceId": asked.logical_resource_id,
    });
    if let Err(error) = outcome {
        answer["Reason"] = error.to_string().into();
    }
    let body = Bytes::from(serde_json::to_vec(&answer)?);
    // The address is signed for a request without a content type.
    let request = Request::put(&asked.response_url).body(body).map_err(shared::Error::internal)?;
    let post = Post::new().map_err(shared::Error::internal)?;
    let answer = post.send(request).await.map_err(|error| shared::Error::internal(error.to_string()))?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(shared::Error::internal(format!("CloudFormation's address answered {}", answer.status())))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
    };

    use super::*;

    /// Takes one answer, as the store behind CloudFormation's address does.
    fn mailbox() -> (String, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/answers/1?signature=x", listener.local_addr().unwrap());
        let taken = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            while !bytes.ends_with(b"}") {
                let mut chunk = [0; 4096];
                let length = stream.read(&mut chunk).unwrap();
                assert_ne!(length, 0);
                bytes.extend_from_slice(&chunk[..length]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            String::from_utf8(bytes).unwrap()
        });
        (url, taken)
    }

    fn event(kind: &str, url: &str) -> Value {
        json!({"RequestType": kind, "ResponseURL": url, "StackId": "s", "RequestId": "r", "LogicalResourceId": "Migration"})
    }

    #[tokio::test]
    async fn a_stack_that_is_deleted_leaves_the_schema_alone() {
        let (url, taken) = mailbox();
        run(None, event("Delete", &url)).await.unwrap();
        let request = taken.join().unwrap();
        assert!(request.starts_with("PUT /answers/1?signature=x HTTP/1.1\r\n"), "{request}");
        assert!(!request.to_lowercase().contains("content-type"), "{request}");
        assert!(request.contains(r#""Status":"SUCCESS""#) && request.contains(r#""RequestId":"r""#), "{request}");
    }

    #[tokio::test]
    async fn a_migration_that_fails_stops_the_deployment_and_says_why() {
        let (url, taken) = mailbox();
        assert!(run(None, event("Update", &url)).await.is_err());
        let request = taken.join().unwrap();
        assert!(request.contains(r#""Status":"FAILED""#), "{request}");
        assert!(request.contains("MIGRATOR_DATABASE_URL is missing"), "{request}");
    }
}
