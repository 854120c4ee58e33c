//! `/health` and `/health/ready`

use std::time::{Duration, Instant};

use axum::{body::Body, http::Request};
use reqwest::Method;
use serde_json::{Value, json};
use shared::{App, clock::Clock, config::Config};
use tests::harness::{Client, invoke};
use tower::ServiceExt as _;

#[tokio::test]
async fn anybody_may_ask_and_learns_nothing_but_that_it_is_well() {
    for (path, says) in [("/health", "ok"), ("/health/ready", "ready")] {
        let answer = Client::anonymous().get(path).await;
        assert_eq!(answer.ok(), json!({"status": says}), "{path}");
        // A stale or foreign token is not even looked at.
        assert_eq!(Client::bearer("nonsense").get(path).await.status, 200, "{path}");
        let head = Client::anonymous().call(Method::HEAD, path).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
    }
    Client::anonymous().get("/health/nothing").await.fails(404, "NOT_FOUND");
    Client::anonymous().call(Method::DELETE, "/health").await.fails(405, "METHOD_NOT_ALLOWED");
}

/// The function in this process, with one thing that it needs at an address where nobody listens.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
async fn ask(path: &str, away: &'static str, address: &'static str) -> (u16, Option<String>, Value) {
    let lookup = |name: &str| if name == away { Some(address.to_owned()) } else { std::env::var(name).ok() };
    let app = App::new("tests", Config::from_lookup(lookup).unwrap(), Clock::System).unwrap();
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = system::routes().into_router(app).oneshot(request).await.unwrap();
    let retry = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, retry, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn whatever_is_away_it_lives_but_is_not_ready_and_says_so_soon() {
    for (away, address) in [
        ("DATABASE_URL", "mysql://app:none@127.0.0.1:1/prosektor"),
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        // An address that swallows everything: the answer must not wait for it.
        ("DATABASE_URL", "mysql://app:none@203.0.113.1:3306/prosektor"),
    ] {
        let started = Instant::now();
        let (status, _, body) = ask("/health", away, address).await;
        assert_eq!((status, &body["data"]["status"]), (200, &json!("ok")), "{away}");
        // Whoever waited for something that is away would wait for two seconds and more.
        assert!(started.elapsed() < Duration::from_millis(1500), "{away}: {:?}", started.elapsed());

        let (status, retry, body) = ask("/health/ready", away, address).await;
        assert_eq!((status, retry.as_deref()), (503, Some("5")), "{away}");
        assert_eq!(body["code"], "SERVICE_UNAVAILABLE", "{away}");
        assert!(body["details"].is_null() && !body.to_string().contains("127.0.0.1"), "{away}: {body}");
        assert!(started.elapsed() < Duration::from_secs(8), "{away}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_new_version_is_tried_with_its_database_and_its_redis() {
    let trial = system::smoke::question();
    for function in ["identity", "sign-in", "companies", "system", "site"] {
        assert_eq!(invoke(function, &trial).await["statusCode"], 200, "{function}");
    }
    for function in ["cache-invalidate", "mailer", "exports", "imports", "outbox-relay", "housekeeping", "audit-chain"]
    {
        assert_eq!(invoke(function, &trial).await, json!({"pong": true}), "{function}");
    }
}
