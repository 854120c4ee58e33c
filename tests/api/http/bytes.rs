//! Bytes that are no text, in every place where a request has some. A gateway would not let all of them pass, so the
//! functions run in this process.

use std::io;

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderValue, Request},
};
use futures_util::stream;
use serde_json::{Value, json};
use shared::{
    App,
    auth::policy::{Access, Operation},
    clock::Clock,
    config::Config,
    http::{MAX_BODY, Routes},
};
use tests::{
    harness::{PASSWORD, Tenant, new_id, sign_in, with_tenant},
    openapi::{self, contract},
};
use tower::ServiceExt as _;

use crate::strangers::with_ids;

/// Every route of every function.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
fn router() -> Router {
    let config = Config::from_lookup(|wanted| std::env::var(wanted).ok()).unwrap();
    let app = App::new("tests", config, Clock::System).unwrap();
    openapi::functions().into_iter().fold(Routes::new(), |all, (_, routes)| all.merge(routes)).into_router(app)
}

/// What an administrator's app sends along.
async fn credentials(t: &Tenant) -> HeaderValue {
    let (_, email) = t.insert_user("ADMIN", None, false).await;
    sign_in(&email, PASSWORD).await.credentials().unwrap().parse().unwrap()
}

struct Asked<'a> {
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'static str, &'a [u8])>,
    body: &'a [u8],
}

impl<'a> Asked<'a> {
    fn get(target: &'a str) -> Self {
        Self { method: "GET", target, headers: Vec::new(), body: &[] }
    }

    fn post(target: &'a str, body: &'a [u8]) -> Self {
        Self { method: "POST", target, headers: vec![("content-type", b"application/json")], body }
    }

    fn with(mut self, name: &'static str, value: &'a [u8]) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
        self
    }

    /// The status and the code of the answer, which is as the document describes it.
    async fn of(self, router: &Router, caller: &HeaderValue) -> (u16, String) {
        let mut request = Request::builder().method(self.method).uri(self.target);
        let has = |sought: &str| self.headers.iter().any(|(name, _)| *name == sought);
        let (has_own, has_agent) = (has("authorization"), has("user-agent"));
        if !has_agent {
            request = request.header("user-agent", "prosektor-tests");
        }
        for (name, value) in self.headers {
            request = request.header(name, HeaderValue::from_bytes(value).unwrap());
        }
        if !has_own {
            request = request.header("authorization", caller);
        }
        let answer = router.clone().oneshot(request.body(Body::from(self.body.to_vec())).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let asked = format!("{} {} {:?}", self.method, self.target, String::from_utf8_lossy(self.body));
        if let Err(wrong) = contract::check(self.method, self.target, status, kind.as_deref(), &text) {
            panic!("{asked} {status}: not as the OpenAPI document says: {wrong}: {text}");
        }
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(status < 500 && body["success"] == (status < 400), "{asked} {status} {text}");
        if body["code"] == "VALIDATION_ERROR" {
            assert!(body["details"][0]["code"].is_string(), "{asked}: no detail: {text}");
        }
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    }
}

const BROKEN_BODIES: [&[u8]; 10] = [
    b"",
    b"\0",
    b"\xff",
    b"\xff\xfe{\0}\0",
    b"\xef\xbb\xbf{}",
    b"{\"name\": \"\xff\"}",
    b"{\"name\": \"\xc3\"}",
    b"{\"name\": \"\xed\xa0\x80\"}",
    b"{\"name\": \"\xf8\x88\x80\x80\x80\"}",
    b"{\"\xc0\xaf\": 1}",
];

#[tokio::test]
async fn a_body_that_is_no_text_is_no_json_for_any_operation() {
    let document = openapi::document();
    with_tenant(async |t| {
        let (router, caller) = (router(), credentials(t).await);
        let mut asked = 0;
        for (method, path, operation) in openapi::operations(&document) {
            let policy = Operation::find(operation["operationId"].as_str().unwrap()).unwrap();
            if operation["requestBody"].is_null() || policy.access == Access::Open {
                continue;
            }
            let target = with_ids(&path, &|_| Some(new_id().to_string())).unwrap_or(path);
            for (number, body) in BROKEN_BODIES.iter().enumerate().skip(asked % 3).step_by(3) {
                let request = Asked { method: &method, ..Asked::post(&target, body) };
                let answer = request.of(&router, &caller).await;
                assert_eq!(answer, (400, "MALFORMED_JSON".to_owned()), "{method} {target} body {number}");
            }
            asked += 1;
        }
        assert!(asked > 20, "only {asked} operations with a body");
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_no_text_is_refused_with_the_reason() {
    with_tenant(async |t| {
        let (router, caller) = (router(), credentials(t).await);
        for body in [&b"name=\xff"[..], b"name=%ff", b"%c3%28=x"] {
            let form =
                Asked::post("/api/v1/companies", body).with("content-type", b"application/x-www-form-urlencoded");
            assert_eq!(form.of(&router, &caller).await, (400, "VALIDATION_ERROR".to_owned()), "{body:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_no_text_is_refused_or_names_nothing() {
    with_tenant(async |t| {
        let (router, caller) = (router(), credentials(t).await);
        for query in ["q=%ff%fe", "%ff=1", "q=%c3%28", "q=%ed%a0%80", "%00=1", "q[]=ab", "=", "page=%00", "sort=%00"] {
            let target = format!("/api/v1/companies?{query}");
            let answer = Asked::get(&target).of(&router, &caller).await;
            assert_eq!(answer, (400, "VALIDATION_ERROR".to_owned()), "{query}");
        }
        for query in ["q=%zz%", "q=100%", "&&&", "", "q=%E2%80%AE%00"] {
            let target = format!("/api/v1/companies?{query}");
            let (status, _) = Asked::get(&target).of(&router, &caller).await;
            assert!(status == 200 || status == 400, "{query}: {status}");
        }
        let long = "x".repeat(5_000);
        for id in ["%ff", "%00", "%zz", "%2e%2e", "%2F", "%E2%80%AE", "..%2f..%2fetc", "a%20b", &long] {
            let target = format!("/api/v1/companies/{id}");
            assert_eq!(Asked::get(&target).of(&router, &caller).await, (404, "NOT_FOUND".to_owned()), "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_header_that_is_no_text_is_refused_or_ignored() {
    with_tenant(async |t| {
        let (router, caller) = (router(), credentials(t).await);
        let companies = "/api/v1/companies";
        for value in [&b"\xff"[..], b"\xc3\xa7\xc3\xb6", b"a=\xfe;b=\x80"] {
            for name in [
                "accept",
                "accept-language",
                "cookie",
                "x-request-id",
                "x-correlation-id",
                "user-agent",
                "origin",
                "traceparent",
            ] {
                let (status, code) = Asked::get(companies).with(name, value).of(&router, &caller).await;
                assert_eq!((status, code.as_str()), (200, ""), "{name} {value:?}");
            }
            let bearer = [b"Bearer ", value].concat();
            for value in [value, &bearer] {
                let answer = Asked::get(companies).with("authorization", value).of(&router, &caller).await;
                assert_eq!(answer, (401, "UNAUTHORIZED".to_owned()));
            }
            let refused = [("content-type", 415), ("idempotency-key", 400)];
            for (name, status) in refused {
                let asked = Asked::post(companies, b"{\"name\": \"Bayt A.\xc5\x9e.\"}").with(name, value);
                assert_eq!(asked.of(&router, &caller).await.0, status, "{name}");
            }
            let id = format!("{companies}/{}", new_id());
            let delete = Asked { method: "DELETE", ..Asked::post(&id, b"") }.with("if-match", value);
            assert_eq!(delete.of(&router, &caller).await, (400, "VALIDATION_ERROR".to_owned()));
        }
    })
    .await;
}

/// A body that begins like this and then breaks off, or has more than may be.
fn breaking(begins: &[u8], filled: usize) -> Body {
    let begun = [begins, &vec![b' '; filled]].concat();
    Body::from_stream(stream::iter([Ok(Bytes::from(begun)), Err(io::Error::from(io::ErrorKind::UnexpectedEof))]))
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told_from_one_that_is_too_large() {
    with_tenant(async |t| {
        let (router, caller) = (router(), credentials(t).await);
        let form = b"_key=12345678&name=I";
        let file = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nad;soyad";
        for (target, kind, begins) in [
            ("/api/v1/companies", "application/json", &b"{\"name\": \"I"[..]),
            ("/api/v1/companies", "application/x-www-form-urlencoded", form),
            ("/panel/companies/new", "application/x-www-form-urlencoded", form),
            ("/imports/new", "multipart/form-data; boundary=x", file),
        ] {
            let ask = async |body: Body| {
                let request =
                    Request::post(target).header("content-type", kind).header("user-agent", "prosektor-tests");
                let request = request.header("authorization", &caller).body(body).unwrap();
                let answer = router.clone().oneshot(request).await.unwrap();
                let status = answer.status().as_u16();
                let text = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
                (status, String::from_utf8(text.to_vec()).unwrap())
            };
            let (status, text) = ask(breaking(begins, 0)).await;
            let body: Value = serde_json::from_str(&text).unwrap();
            let code = (&body["success"], &body["code"], &body["details"][0]["code"]);
            assert_eq!((status, code), (400, (&json!(false), &json!("VALIDATION_ERROR"), &json!("BODY_INCOMPLETE"))));
            // What a form with too large a file is told, its page's own test says.
            if !kind.starts_with("multipart") {
                let (status, text) = ask(breaking(begins, MAX_BODY)).await;
                assert_eq!(status, 413, "{target} {kind}: {text}");
            }
        }
        let made = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM companies_rows WHERE tenant_id = ?");
        assert_eq!(made.bind(t.id).fetch_one(&mut t.sql().await).await.unwrap(), 0);
    })
    .await;
}
