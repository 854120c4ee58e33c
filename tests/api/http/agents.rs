//! Who calls says what it is; crawlers read what is public and nothing else.

use reqwest::Method;
use serde_json::json;
use tests::harness::{Client, STACK, with_tenant};

#[tokio::test]
async fn a_call_without_a_user_agent_is_refused_but_a_health_check_is_not() {
    let silent = reqwest::Client::new();
    let ask = async |path: &str| silent.get(format!("{}{path}", STACK.url)).send().await.unwrap();
    let refused = ask("/api/v1/companies").await;
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("USER_AGENT_REQUIRED"));
    assert_eq!(ask("/health").await.status(), 200);
}

#[tokio::test]
async fn a_crawler_is_refused_before_anything_else_is_looked_at() {
    with_tenant(async |t| {
        let crawler = t.office().await.with("user-agent", "Mozilla/5.0 (compatible; GPTBot/1.2)");
        crawler.get("/api/v1/companies").await.fails(403, "FORBIDDEN").on_field("User-Agent").with_code("CRAWLER");
        let stranger = Client::anonymous().with("user-agent", "ClaudeBot/1.0");
        let body = json!({"email": "a@deneme.test", "password": "x"});
        stranger.post("/api/v1/auth/login", body).await.fails(403, "FORBIDDEN").with_code("CRAWLER");
        assert_eq!(stranger.call(Method::GET, "/docs").await.status, 200, "public pages are there to be found");
        assert_eq!(stranger.get("/health").await.status, 200);
    })
    .await;
}
