//! `/openapi.json` and `/docs`

use tests::{
    harness::Client,
    openapi::{document, operations},
};

#[tokio::test]
async fn the_document_is_served_as_it_stands_in_the_repository() {
    let answer = Client::anonymous().get("/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.json()["openapi"].as_str().map(|v| &v[..3]), Some("3.1"));
    assert_eq!(answer.json(), document());
}

#[tokio::test]
async fn the_page_lists_every_operation_and_loads_nothing_from_elsewhere() {
    let browser = Client::anonymous().with("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let page = browser.get("/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    for (method, path, operation) in operations(&document()) {
        let anchor = format!("id=\"{}\"", operation["operationId"].as_str().unwrap());
        assert!(page.text.contains(&anchor), "{method} {path} is not on the page");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'; style-src 'self'"), "{policy}");
    assert!(!page.text.contains("<script") && !page.text.contains("style="));
    let style = browser.get("/docs/style.css").await;
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
}

#[tokio::test]
async fn a_problems_type_leads_to_its_explanation() {
    let problem = Client::anonymous().get("/api/v1/audit").header("accept", "application/problem+json").await;
    let kind = problem.json()["type"].as_str().unwrap().to_owned();
    let (page, anchor) = kind.split_once('#').unwrap();
    let page = Client::anonymous().get(page).await;
    assert!(page.status == 200 && page.text.contains(&format!("id=\"{anchor}\"")), "{kind}");
}
