//! The functions in this process, on wires that count.

use std::fmt;

use axum::{Router, body::Body, http::Request};
use reqwest::Method;
use serde_json::Value;
use shared::{App, clock::Clock, config::Config};
use tests::{
    harness::{Client, variable},
    openapi,
    wire::{Exchange, Protocol, Wire},
};
use tower::ServiceExt as _;

/// What a process asks for by the clock and not for the caller: the figures of the limits, once a minute.
const BY_THE_CLOCK: &str = "FROM rate_limits";

/// What an operation asked.
pub(super) struct Cost {
    sql: Vec<Exchange>,
    redis: Vec<Exchange>,
    aws: Vec<Exchange>,
}

impl Cost {
    /// Statements, trips to Redis, calls of AWS.
    pub(super) fn numbers(&self) -> [usize; 3] {
        [self.sql.len(), self.redis.iter().filter(|exchange| !exchange.joined).count(), self.aws.len()]
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sql
            .iter()
            .chain(&self.redis)
            .chain(&self.aws)
            .try_for_each(|exchange| writeln!(f, "    {}", exchange.what))
    }
}

/// Everything that answers HTTP, with the paths that each of them has.
pub(super) struct Probe {
    app: App,
    functions: Vec<(Router, Value)>,
    sql: Wire,
    redis: Wire,
    aws: Wire,
}

/// `host:port` of an address with a scheme.
fn place(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

impl Probe {
    #[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
    pub(super) async fn new() -> Self {
        let wire = async |name: &str, protocol| {
            let service = place(&variable(name)).to_owned();
            (Wire::to(&service, protocol).await.unwrap(), service)
        };
        let (sql, mariadb) = wire("DATABASE_URL", Protocol::Sql).await;
        let (redis, kept) = wire("REDIS_URL", Protocol::Redis).await;
        let (aws, cloud) = wire("AWS_ENDPOINT_URL", Protocol::Http).await;
        let swapped = [(mariadb, sql.address), (kept, redis.address), (cloud, aws.address)];
        let config = Config::from_lookup(|name| {
            let value = std::env::var(name).ok()?;
            match name {
                "DATABASE_REPLICA_URL" => None,
                // One connection, so that it is bound to the caller before each count.
                "DATABASE_MAX_CONNECTIONS" => Some("1".to_owned()),
                "DATABASE_URL" | "REDIS_URL" | "AWS_ENDPOINT_URL" => {
                    let (old, new) = swapped.iter().find(|(old, _)| place(&value) == old)?;
                    Some(value.replace(old.as_str(), &new.to_string()))
                }
                _ => Some(value),
            }
        });
        let app = App::new("tests", config.unwrap(), Clock::System).unwrap();
        let functions = openapi::functions().into_iter().zip(openapi::functions()).map(|((_, routes), (_, same))| {
            let paths = serde_json::to_value(same.openapi()).unwrap()["paths"].take();
            (routes.into_router(app.clone()), paths)
        });
        Self { functions: functions.collect(), app, sql, redis, aws }
    }

    /// Calls an operation, when the caller's session is at hand and the connection is bound to him.
    pub(super) async fn cost(
        &self,
        caller: &Client,
        method: &Method,
        path: &str,
        version: i64,
        body: Option<Value>,
    ) -> (u16, String, Cost) {
        let before = self.call(caller, &Method::GET, "/api/v1/auth/me", 0, None).await;
        assert_eq!(before.0, 200, "{}", before.1);
        self.take();
        let (status, text) = self.call(caller, method, path, version, body).await;
        (status, text, self.take())
    }

    /// The session that a caller's token names.
    pub(super) fn session_of(&self, caller: &Client) -> String {
        let token = caller.credentials().and_then(|credentials| credentials.strip_prefix("Bearer "));
        self.app.tokens().verify(token.unwrap(), self.app.now()).unwrap().sid.to_string()
    }

    fn take(&self) -> Cost {
        let mut sql = self.sql.take();
        sql.retain(|exchange| exchange.is_statement() && !exchange.what.contains(BY_THE_CLOCK));
        Cost { sql, redis: self.redis.take(), aws: self.aws.take() }
    }

    async fn call(
        &self,
        caller: &Client,
        method: &Method,
        path: &str,
        version: i64,
        body: Option<Value>,
    ) -> (u16, String) {
        let matches = |paths: &Value| paths.as_object().unwrap().keys().any(|pattern| is_of(pattern, path));
        let (router, _) = self.functions.iter().find(|(_, paths)| matches(paths)).unwrap_or_else(|| panic!("{path}"));
        let mut request = Request::builder().method(method.as_str()).uri(path);
        for (name, value) in [
            ("user-agent", "prosektor-tests"),
            ("content-type", "application/json"),
            ("authorization", caller.credentials().unwrap_or_default()),
            ("if-match", &format!("\"{version}\"")),
        ] {
            request = request.header(name, value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let answer = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Whether a path is one of a pattern's.
fn is_of(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (pattern.split('/'), path.split('?').next().unwrap_or(path).split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || one.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[test]
fn an_id_in_a_path_is_one_segment() {
    assert!(is_of("/api/v1/users/{id}", "/api/v1/users/7") && is_of("/api/v1/users/invite", "/api/v1/users/invite"));
    assert!(!is_of("/api/v1/users/{id}", "/api/v1/users/7/x") && !is_of("/api/v1/users", "/api/v1/users/7"));
}
