//! The trial of a new version: CodeDeploy asks for it before it shifts traffic, and rolls back when it fails.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    Error, Result,
    config::Aws,
    post::{Bytes, Post, Request},
    serve::TRIAL,
};

/// CodeDeploy's event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    deployment_id: String,
    lifecycle_event_hook_execution_id: String,
}

/// The version that is to take traffic.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    function: String,
    version: String,
}

/// Answers one event: tries the new version, and tells CodeDeploy what came of it.
pub async fn run(aws: &Aws, event: Value) -> Result<Value> {
    let asked: Asked = serde_json::from_value(event)?;
    let client = Client { aws, post: Post::new().map_err(Error::internal)? };
    let outcome = client.trial(&asked.deployment_id).await;
    let status = if outcome.is_ok() { "Succeeded" } else { "Failed" };
    let told = json!({
        "deploymentId": asked.deployment_id,
        "lifecycleEventHookExecutionId": asked.lifecycle_event_hook_execution_id,
        "status": status,
    });
    client.codedeploy("PutLifecycleEventHookExecutionStatus", &told).await?;
    // The log of this function says why; CodeDeploy keeps only the status.
    outcome.map(|target| json!({"status": status, "function": target.function, "version": target.version}))
}

struct Client<'a> {
    aws: &'a Aws,
    post: Post,
}

impl Client<'_> {
    async fn trial(&self, deployment: &str) -> Result<Target> {
        let answer = self.codedeploy("GetDeployment", &json!({ "deploymentId": deployment })).await?;
        let target = target_of(&answer).ok_or_else(|| Error::internal("the deployment names no version to try"))?;
        let path = format!("/2015-03-31/functions/{}:{}/invocations", target.function, target.version);
        let (failed, body) = self.send("lambda", &path, None, &question()).await?;
        if failed {
            return Err(Error::internal(format!("{}: it ended with an error", target.function)));
        }
        if is_alive(&body) {
            Ok(target)
        } else {
            Err(Error::internal(format!("{}: its answer is no sign of life: {body}", target.function)))
        }
    }

    async fn codedeploy(&self, action: &str, body: &Value) -> Result<Value> {
        let target = format!("CodeDeploy_20141006.{action}");
        Ok(self.send("codedeploy", "/", Some(&target), body).await?.1)
    }

    /// One signed request. Whether the function failed, and the answer.
    async fn send(&self, service: &str, path: &str, target: Option<&str>, body: &Value) -> Result<(bool, Value)> {
        let host = self.aws.endpoint.clone();
        let host = host.unwrap_or_else(|| format!("https://{service}.{}.amazonaws.com", self.aws.region));
        let (url, body) = (format!("{}{path}", host.trim_end_matches('/')), serde_json::to_vec(body)?);
        let mut headers = vec![("content-type", "application/x-amz-json-1.1")];
        headers.extend(target.map(|target| ("x-amz-target", target)));
        let mut request = Request::post(&url);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Bytes::from(body.clone())).map_err(Error::internal)?;

        let secret = self.aws.secret_access_key.expose_secret();
        let token = self.aws.session_token.as_ref().map(|token| token.expose_secret().to_owned());
        let identity = Credentials::new(&self.aws.access_key_id, secret, token, None, "environment").into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(&self.aws.region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(Error::internal)?
            .into();
        let signable = SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(&body));
        let signed = sign(signable.map_err(Error::internal)?, &parameters).map_err(Error::internal)?;
        signed.into_parts().0.apply_to_request_http1x(&mut request);

        let answer = self.post.send(request).await.map_err(|error| Error::internal(format!("{service}: {error}")))?;
        if !answer.status().is_success() {
            let why = String::from_utf8_lossy(answer.body());
            return Err(Error::internal(format!("{service} answered {}: {why}", answer.status())));
        }
        let failed = answer.headers().contains_key("x-amz-function-error");
        Ok((failed, serde_json::from_slice(answer.body()).unwrap_or_default()))
    }
}

/// The version that a deployment is about, from its application specification.
fn target_of(deployment: &Value) -> Option<Target> {
    let revision = &deployment["deploymentInfo"]["revision"];
    let content = [&revision["appSpecContent"]["content"], &revision["string"]["content"]];
    let content: Value = serde_json::from_str(content.into_iter().find_map(Value::as_str)?).ok()?;
    let resources = content["Resources"].as_array()?.iter().filter_map(Value::as_object);
    let properties = resources.flat_map(serde_json::Map::values).map(|resource| &resource["Properties"]).next()?;
    let version = match &properties["TargetVersion"] {
        Value::Number(number) => number.to_string(),
        version => version.as_str()?.to_owned(),
    };
    Some(Target { function: properties["Name"].as_str()?.to_owned(), version })
}

/// A question that every function understands: an HTTP function takes it for a request, a task for a ping. Both answer
/// it only when their database and their Redis answer them.
pub fn question() -> Value {
    json!({
        "ping": TRIAL,
        "version": "2.0",
        "routeKey": TRIAL,
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"host": "localhost", "accept": "application/json", "user-agent": "smoke"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "smoke",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "smoke"},
            "requestId": "smoke",
            "routeKey": TRIAL,
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_i64,
        },
        "isBase64Encoded": false,
    })
}

/// Whether an answer shows that the function works: a page that is not there is none, and neither is a redirection.
fn is_alive(answer: &Value) -> bool {
    answer["pong"] == true || answer["statusCode"] == 200
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// Stands in for CodeDeploy and Lambda at the network, and notes what it was asked.
    async fn cloud(function_says: &'static str, failed: bool) -> (Aws, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut bytes = Vec::new();
                let request = loop {
                    assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head
                        .to_lowercase()
                        .split("content-length: ")
                        .nth(1)
                        .unwrap()
                        .lines()
                        .next()
                        .unwrap()
                        .to_owned();
                    if body.len() >= length.parse().unwrap() {
                        break text;
                    }
                };
                let specification = r#"{"version": 0.0, "Resources": [{"shop": {"Type": "AWS::Lambda::Function",
                    "Properties": {"Name": "shop-orders", "Alias": "live", "CurrentVersion": "6", "TargetVersion": "7"}}}]}"#;
                let (error, body) = if request.contains("CodeDeploy_20141006.GetDeployment") {
                    let revision =
                        json!({"revisionType": "AppSpecContent", "appSpecContent": {"content": specification}});
                    ("", json!({"deploymentInfo": {"revision": revision}}).to_string())
                } else if request.contains("CodeDeploy_20141006.Put") {
                    ("", r#"{"lifecycleEventHookExecutionId": "h"}"#.to_owned())
                } else {
                    (if failed { "x-amz-function-error: Unhandled\r\n" } else { "" }, function_says.to_owned())
                };
                noted.lock().unwrap().push(request);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\n{error}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let aws = Aws {
            region: "eu-central-1".to_owned(),
            endpoint: Some(endpoint),
            access_key_id: "key".to_owned(),
            secret_access_key: "secret".into(),
            session_token: Some("token".into()),
        };
        (aws, seen)
    }

    fn event() -> Value {
        json!({"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "h"})
    }

    #[tokio::test]
    async fn a_version_that_answers_is_let_through() {
        for says in [r#"{"pong": true}"#, r#"{"statusCode": 200, "headers": {}}"#] {
            let (aws, seen) = cloud(says, false).await;
            let answer = run(&aws, event()).await.unwrap();
            assert_eq!(answer, json!({"status": "Succeeded", "function": "shop-orders", "version": "7"}));
            let seen = seen.lock().unwrap();
            assert!(seen[1].starts_with("POST /2015-03-31/functions/shop-orders:7/invocations "), "{}", seen[1]);
            assert!(seen[2].contains(r#""status":"Succeeded""#), "{}", seen[2]);
            for request in seen.iter() {
                let request = request.to_lowercase();
                assert!(request.contains("authorization: aws4-hmac-sha256 credential=key/"), "{request}");
                assert!(request.contains("x-amz-security-token: token"), "{request}");
            }
        }
    }

    #[tokio::test]
    async fn a_version_that_fails_is_rolled_back() {
        for (says, failed) in [
            (r#"{"errorMessage": "exit status 1"}"#, true),
            (r#"{"statusCode": 500}"#, false),
            (r#"{"statusCode": 404, "body": "{}"}"#, false),
            ("{}", false),
        ] {
            let (aws, seen) = cloud(says, failed).await;
            assert!(run(&aws, event()).await.is_err());
            assert!(seen.lock().unwrap()[2].contains(r#""status":"Failed""#));
        }
    }

    #[test]
    fn both_forms_of_a_specification_are_read() {
        let content = r#"{"Resources": [{"f": {"Properties": {"Name": "f", "TargetVersion": 3}}}]}"#;
        let deployment = json!({"deploymentInfo": {"revision": {"string": {"content": content}}}});
        assert_eq!(target_of(&deployment), Some(Target { function: "f".to_owned(), version: "3".to_owned() }));
        assert_eq!(target_of(&json!({})), None);
    }
}
