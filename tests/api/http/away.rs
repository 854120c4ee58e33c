//! What a function answers while something beneath it is away. The function runs in this process,
//! with the address of a port on which nobody listens.

use axum::{body::Body, http::Request, response::Response};
use serde_json::{Value, json};
use shared::{App, clock::Clock, config::Config};
use tests::harness::{Client, PASSWORD, Tenant, with_tenant};
use tower::ServiceExt as _;

/// An address that refuses every connection.
const NOBODY: &str = "127.0.0.1:1";

/// The application with one variable of its environment replaced.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
fn app_with(name: &str, value: &str) -> App {
    let config =
        Config::from_lookup(|wanted| if wanted == name { Some(value.to_owned()) } else { std::env::var(wanted).ok() });
    App::new("tests", config.unwrap(), Clock::System).unwrap()
}

fn without_redis() -> App {
    app_with("REDIS_URL", &format!("redis://{NOBODY}"))
}

fn without_database() -> App {
    app_with("DATABASE_URL", &format!("mysql://app:none@{NOBODY}/prosektor"))
}

async fn call(router: axum::Router, request: Request<Body>) -> (Response<()>, Value) {
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (Response::from_parts(parts, ()), serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn request(method: &str, path: &str, token: &str, body: &Value) -> Request<Body> {
    let builder = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let builder = builder.header("user-agent", "prosektor-tests");
    let builder = if token.is_empty() { builder } else { builder.header("authorization", format!("Bearer {token}")) };
    builder.body(Body::from(body.to_string())).unwrap()
}

/// An access token of somebody of the office.
async fn token(t: &Tenant) -> String {
    let (_, email) = t.insert_user("OFFICE", None, false).await;
    let body = json!({"email": email, "password": PASSWORD, "client": "mobile"});
    Client::anonymous().post("/api/v1/auth/login", body).await.ok()["accessToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn without_redis_reads_and_ordinary_writes_go_on() {
    with_tenant(async |t| {
        let token = token(t).await;
        let app = without_redis();
        let router = || companies::routes().into_router(app.clone());
        let (created, body) =
            call(router(), request("POST", "/api/v1/companies", &token, &json!({"name": "Redissiz A.Ş."}))).await;
        assert_eq!(created.status(), 201, "{body}");
        let (listed, body) = call(router(), request("GET", "/api/v1/companies", &token, &Value::Null)).await;
        assert_eq!((listed.status().as_u16(), body["pagination"]["total"].as_u64()), (200, Some(1)), "{body}");
    })
    .await;
}

#[tokio::test]
async fn without_redis_a_revoked_session_is_refused_by_the_database() {
    with_tenant(async |t| {
        let token = token(t).await;
        Client::bearer(&token).post("/api/v1/auth/logout", json!({})).await.no_content();
        let (answer, body) = call(
            companies::routes().into_router(without_redis()),
            request("GET", "/api/v1/companies", &token, &Value::Null),
        )
        .await;
        assert_eq!((answer.status().as_u16(), body["code"].as_str()), (401, Some("SESSION_REVOKED")));
    })
    .await;
}

#[tokio::test]
async fn without_redis_nobody_signs_in_or_resets_a_password() {
    let app = without_redis();
    let bodies = [
        ("/api/v1/auth/login", json!({"email": "nobody@deneme.test", "password": "whatever-it-is"})),
        ("/api/v1/auth/forgot-password", json!({"email": "nobody@deneme.test"})),
        ("/api/v1/auth/reset-password", json!({"token": "x", "password": "yepyeni-bir-parola-7"})),
        ("/api/v1/auth/refresh", json!({"refreshToken": "x"})),
    ];
    for (path, body) in bodies {
        let (answer, text) = call(identity::routes().into_router(app.clone()), request("POST", path, "", &body)).await;
        assert_eq!(
            (answer.status().as_u16(), text["code"].as_str()),
            (503, Some("SERVICE_UNAVAILABLE")),
            "{path} {text}"
        );
        assert!(answer.headers().contains_key("retry-after"), "{path}");
    }
}

#[tokio::test]
async fn without_the_database_everything_answers_503_soon() {
    with_tenant(async |t| {
        let token = token(t).await;
        let app = without_database();
        for (method, path) in [("GET", "/api/v1/companies"), ("POST", "/api/v1/companies")] {
            let (answer, body) = call(
                companies::routes().into_router(app.clone()),
                request(method, path, &token, &json!({"name": "Yok A.Ş."})),
            )
            .await;
            assert_eq!(
                (answer.status().as_u16(), body["code"].as_str()),
                (503, Some("SERVICE_UNAVAILABLE")),
                "{method} {body}"
            );
            assert!(answer.headers().contains_key("retry-after"));
        }
        let (alive, _) =
            call(system::routes().into_router(app.clone()), request("GET", "/health", "", &Value::Null)).await;
        assert_eq!(alive.status(), 200, "the function itself lives");
        let (ready, body) =
            call(system::routes().into_router(app), request("GET", "/health/ready", "", &Value::Null)).await;
        assert_eq!(ready.status(), 503, "{body}");
    })
    .await;
}

#[tokio::test]
async fn without_the_queue_a_change_is_kept_and_its_event_waits_for_the_relay() {
    with_tenant(async |t| {
        let token = token(t).await;
        let app = app_with("AWS_ENDPOINT_URL", &format!("http://{NOBODY}"));
        let (created, body) = call(
            companies::routes().into_router(app),
            request("POST", "/api/v1/companies", &token, &json!({"name": "Kuyruksuz A.Ş."})),
        )
        .await;
        assert_eq!(created.status(), 201, "{body}");
        let waiting: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND state = 'PENDING'")
                .bind(t.id)
                .fetch_one(&mut t.sql().await)
                .await
                .unwrap();
        assert_eq!(waiting, 1);
        // `with_tenant` calls the relay and fails when the event is not sent by it.
    })
    .await;
}

#[tokio::test]
async fn a_refused_change_leaves_no_lock_to_wait_for() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = admin.post("/api/v1/companies", json!({"name": "Kilit A.Ş."})).await.created();
        let path = format!("/api/v1/companies/{}", company["id"].as_str().unwrap());
        // Refused after the row was locked, by one process; changed by whichever process comes next. A lock that
        // stayed would make the change wait until the gateway gives up.
        for version in 1..=8 {
            let stale = admin.patch(&path, json!({"name": "Eski A.Ş.", "version": version + 100})).await;
            stale.fails(409, "VERSION_CONFLICT");
            admin.patch(&path, json!({"name": format!("Kilit {version} A.Ş."), "version": version})).await.ok();
        }
    })
    .await;
}
