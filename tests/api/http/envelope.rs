//! Answers and errors have one form, whatever was asked.

use reqwest::Method;
use serde_json::json;
use tests::harness::{Client, with_tenant};

#[tokio::test]
async fn an_unknown_path_is_not_found_in_the_envelope() {
    for path in ["/nowhere", "/api/v1/nowhere", "/api/v1/companies/not-an-id", "/api/v2/companies"] {
        with_tenant(async |t| {
            t.admin().await.get(path).await.fails(404, "NOT_FOUND");
        })
        .await;
    }
    Client::anonymous().get("/nowhere").await.fails(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_named_so() {
    let answer = Client::anonymous().call(Method::PUT, "/api/v1/companies").await;
    answer.fails(405, "METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_a_request_id() {
    for path in ["/health", "/api/v1/companies", "/nowhere"] {
        let answer = Client::anonymous().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{path}");
        assert!(
            answer.header("content-security-policy").is_some_and(|csp| csp.contains("frame-ancestors 'none'")),
            "{path}"
        );
        assert!(answer.header("referrer-policy").is_some() && answer.header("permissions-policy").is_some(), "{path}");
        assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 36), "{path}");
    }
}

#[tokio::test]
async fn a_plain_request_id_is_echoed_and_a_strange_one_replaced() {
    let mine = "mine-0123456789";
    let answer = Client::anonymous().get("/nowhere").header("x-request-id", mine).await;
    assert_eq!(answer.header("x-request-id"), Some(mine));
    assert_eq!(answer.json()["meta"]["requestId"], mine);
    let strange = Client::anonymous().get("/nowhere").header("x-request-id", "<script>alert(1)</script>").await;
    assert_ne!(strange.header("x-request-id"), Some("<script>alert(1)</script>"));
}

#[tokio::test]
async fn errors_speak_the_callers_language_and_turkish_without_one() {
    let ask = |language: &str| Client::anonymous().get("/api/v1/companies").header("accept-language", language);
    assert_eq!(ask("en-GB,en;q=0.9").await.json()["error"], "You need to sign in.");
    assert_eq!(ask("tr").await.json()["error"], "Oturum açmanız gerekiyor.");
    assert_eq!(ask("de").await.json()["error"], "Oturum açmanız gerekiyor.");
}

#[tokio::test]
async fn errors_come_as_problem_json_when_that_is_asked_for() {
    let answer = Client::anonymous().get("/api/v1/companies").header("accept", "application/problem+json").await;
    let body = answer.json();
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!((body["status"].as_u64(), body["code"].as_str()), (Some(401), Some("UNAUTHORIZED")));
    assert!(body["type"].is_string() && body["title"].is_string() && body["instance"].is_string(), "{body}");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_by_name() {
    with_tenant(async |t| {
        let office = t.office().await;
        let post = |kind: &str, body: &str| office.call(Method::POST, "/api/v1/companies").text(kind, body);
        post("application/json", "{\"name\": ").await.fails(400, "MALFORMED_JSON");
        post("application/json", "[]").await.fails(400, "VALIDATION_ERROR");
        post("application/json", "{\"name\": \"A Ltd\", \"name\": \"B Ltd\"}")
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("name");
        post("text/plain", "name=x").await.fails(415, "UNSUPPORTED_MEDIA_TYPE");
        post("application/json", &format!("{{\"name\": \"{}\"}}", "x".repeat(1_100_000)))
            .await
            .fails(413, "PAYLOAD_TOO_LARGE");
        office.get("/api/v1/companies").header("accept", "image/png").await.fails(406, "NOT_ACCEPTABLE");
        office.get(&format!("/api/v1/companies?q={}", "x".repeat(9_000))).await.fails(414, "URI_TOO_LONG");
    })
    .await;
}

#[tokio::test]
async fn every_mistake_is_reported_at_once_and_unknown_fields_are_mistakes() {
    with_tenant(async |t| {
        let office = t.office().await;
        let body = json!({"name": "A", "taxId": "1234567891", "email": "nobody", "role": "ADMIN"});
        let answer = office.post("/api/v1/companies", body).await;
        for field in ["name", "taxId", "email", "role"] {
            answer.fails(400, "VALIDATION_ERROR").on_field(field);
        }
        office.get("/api/v1/companies?sort=secret").await.fails(400, "VALIDATION_ERROR").on_field("sort");
        office.get("/api/v1/companies?unknown=1").await.fails(400, "VALIDATION_ERROR").on_field("unknown");
        office
            .get("/api/v1/companies?limit=1000&page=0")
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("limit")
            .on_field("page");
    })
    .await;
}

#[tokio::test]
async fn the_answer_tells_how_much_of_the_limit_is_left() {
    with_tenant(async |t| {
        let office = t.office().await;
        let left = async || {
            let answer = office.get("/api/v1/companies").await;
            assert_eq!(answer.header("x-ratelimit-limit"), Some("1000"));
            assert!(answer.header("x-ratelimit-reset").is_some());
            answer.header("x-ratelimit-remaining").unwrap().parse::<u32>().unwrap()
        };
        let first = left().await;
        assert!(left().await < first);
        for (method, path) in [(Method::GET, "/api/v1/nowhere"), (Method::PUT, "/api/v1/companies")] {
            let refused = office.call(method, path).await;
            assert!(refused.status >= 404 && refused.header("x-ratelimit-remaining").is_some(), "{path}");
        }
        assert!(Client::anonymous().get("/health").await.header("x-ratelimit-limit").is_none(), "it is not limited");
    })
    .await;
}

#[tokio::test]
async fn deleted_rows_are_refused_to_all_but_administrators_as_the_document_says() {
    with_tenant(async |t| {
        let office = t.office().await;
        for path in ["companies", "workplaces", "employees", "assignments"] {
            office.get(&format!("/api/v1/{path}?includeDeleted=true")).await.fails(403, "FORBIDDEN");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_knows_no_parameter_that_it_would_ignore() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = t.company().await["id"].as_str().unwrap().to_owned();
        let history = format!("companies/{company}/status-history");
        for path in ["staff", "users", "users/invitations", "admin/job-runs", "jobs", "reference/nace", &history] {
            let refused = admin.get(&format!("/api/v1/{path}?includeDeleted=true")).await;
            refused.fails(400, "VALIDATION_ERROR").on_field("includeDeleted").with_code("UNKNOWN_FIELD");
        }
        admin.get(&format!("/api/v1/{history}?q=lead")).await.fails(400, "VALIDATION_ERROR").on_field("q");
        let words = admin.get("/api/v1/companies?limit=abc").await;
        words.fails(400, "VALIDATION_ERROR").on_field("limit");
        assert!(words.text.contains("Bir tam sayı yazın."), "{}", words.text);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_had_in_the_wanted_kind_is_406() {
    with_tenant(async |t| {
        let office = t.office().await;
        for accept in ["application/json;q=0", "text/csv", "image/png", "text/html"] {
            office.get("/api/v1/companies").header("accept", accept).await.fails(406, "NOT_ACCEPTABLE");
        }
        for accept in ["application/json", "text/html, */*;q=0.1", "application/*"] {
            office.get("/api/v1/companies").header("accept", accept).await.ok();
        }
    })
    .await;
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused_in_the_envelope() {
    with_tenant(async |t| {
        let office = t.office().await;
        let with = |length: usize| office.get("/api/v1/companies").header("x-note", &"a".repeat(length));
        with(33 * 1024).await.fails(431, "HEADERS_TOO_LARGE");
        with(16 * 1024).await.ok();
    })
    .await;
}

#[tokio::test]
async fn a_head_says_the_length_that_a_get_has() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = t.company().await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/companies/{company}");
        let got = office.get(&path).await;
        let head = office.call(reqwest::Method::HEAD, &path).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        assert_eq!(head.header("content-length"), Some(got.text.len().to_string().as_str()));
        assert_eq!(head.header("etag"), got.header("etag"));
    })
    .await;
}
