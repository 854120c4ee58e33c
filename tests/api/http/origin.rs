//! A request that carries the cookie and changes something comes from our own pages, or not at all.

use serde_json::json;
use tests::harness::{Client, PASSWORD, STACK, Tenant, with_tenant};

/// Signs in as a browser does: the client carries the cookie.
async fn browser(t: &Tenant) -> Client {
    let (_, email) = t.insert_user("OFFICE", None, false).await;
    let answer = Client::anonymous().post("/api/v1/auth/login", json!({"email": email, "password": PASSWORD})).await;
    assert!(answer.ok().get("accessToken").is_none(), "a browser gets no token to keep");
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    Client::anonymous().with("cookie", cookie.split(';').next().unwrap())
}

fn company() -> serde_json::Value {
    json!({"name": "Köken Ltd. Şti."})
}

#[tokio::test]
async fn a_cookie_reads_without_proof_but_changes_nothing_without_it() {
    with_tenant(async |t| {
        let browser = browser(t).await;
        browser.get("/api/v1/companies").await.ok();
        browser.post("/api/v1/companies", company()).await.fails(403, "INVALID_ORIGIN");
        for site in ["cross-site", "same-site", "none"] {
            browser
                .post("/api/v1/companies", company())
                .header("sec-fetch-site", site)
                .await
                .fails(403, "INVALID_ORIGIN");
        }
        for origin in ["https://evil.test", "null", "http://localhost.evil.test"] {
            browser.post("/api/v1/companies", company()).header("origin", origin).await.fails(403, "INVALID_ORIGIN");
        }
        assert_eq!(browser.get("/api/v1/companies").await.total(), 0);
    })
    .await;
}

#[tokio::test]
async fn our_own_pages_may_change_things() {
    with_tenant(async |t| {
        let browser = browser(t).await;
        browser.post("/api/v1/companies", company()).header("sec-fetch-site", "same-origin").await.created();
        browser.post("/api/v1/companies", company()).header("origin", "http://127.0.0.1:1234").await.created();
        assert_eq!(browser.get("/api/v1/companies").await.total(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_bearer_token_needs_no_origin() {
    with_tenant(async |t| {
        let office = t.office().await;
        office.post("/api/v1/companies", company()).header("origin", "https://evil.test").await.created();
    })
    .await;
}

#[tokio::test]
async fn another_sites_page_cannot_sign_anybody_in() {
    let body = json!({"email": "nobody@deneme.test", "password": "whatever-it-is"});
    Client::anonymous()
        .post("/api/v1/auth/login", body.clone())
        .header("sec-fetch-site", "cross-site")
        .await
        .fails(403, "INVALID_ORIGIN");
    Client::anonymous().post("/api/v1/auth/login", body).header("origin", &STACK.url).await.fails(401, "UNAUTHORIZED");
}
