//! Lists as files, ordered by their pages.

use reqwest::Method;
use serde_json::json;
use tests::harness::{Answer, Client, Tenant, eventually, with_tenant};

async fn order(by: &Client, list: &str, fields: &[(&str, &str)]) -> Answer {
    by.call(Method::POST, &format!("/exports/{list}")).form(fields).await
}

/// The job that an order leads to, once it is done.
async fn done(by: &Client, ordered: &Answer) -> serde_json::Value {
    let id = ordered.leads_to().strip_prefix("/jobs/").expect("the page of a job").to_owned();
    eventually("the export to end", async || {
        let job = by.get(&format!("/api/v1/jobs/{id}")).await.ok();
        (job["status"] == "DONE").then_some(job)
    })
    .await
}

async fn two_companies(t: &Tenant) -> Client {
    let office = t.office().await;
    for (name, status) in [("Işık Metal", "CUSTOMER"), ("Irmak Gıda", "LEAD")] {
        office.post("/api/v1/companies", json!({"name": name, "status": status})).await.created();
    }
    office
}

#[tokio::test]
async fn the_file_has_the_rows_that_the_page_shows() {
    with_tenant(async |t| {
        let office = two_companies(t).await;
        // What the list ignores in its address is ignored for the file too.
        let address =
            "companies?status=CUSTOMER&q=isik&sort=-name&page=7&limit=50&utm_source=mail&dangerClass=NONSENSE";
        let ordered = order(&office, address, &[("format", "csv")]).await;
        let job = done(&office, &ordered).await;
        assert_eq!(job["result"], json!({"rows": 1, "format": "csv"}));
        let file = office.get(&format!("{}/file", ordered.leads_to())).await;
        let text = reqwest::get(file.leads_to()).await.unwrap().text().await.unwrap();
        assert!(text.contains("Işık Metal") && !text.contains("Irmak"), "{text}");
        assert!(office.get(ordered.leads_to()).await.page(200).contains(job["fileName"].as_str().unwrap()));
        // The trail tells what was looked for, and nothing of how it was typed.
        let trail = t.audited("job", job["id"].as_str().unwrap()).await;
        assert!(!trail.concat().contains("_typed"), "{trail:?}");
    })
    .await;
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_refused_and_starts_nothing() {
    with_tenant(async |t| {
        let office = two_companies(t).await;
        for fields in [
            &[][..],
            &[("format", "pdf")],
            &[("format", "csv"), ("reveal", "perhaps")],
            &[("format", "csv"), ("x", "1")],
        ] {
            order(&office, "companies", fields).await.page(400);
        }
        // A foreign company's employees are nobody's.
        let foreign = "employees?companyId=01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f";
        order(&office, foreign, &[("format", "csv")]).await.page(404);
        // What is masked elsewhere only an administrator gets in full.
        order(&office, "employees", &[("format", "csv"), ("reveal", "true")]).await.page(403);
        order(&t.admin().await, "companies", &[("format", "csv"), ("reveal", "true")]).await.page(400);
        order(&office, "people", &[("format", "csv")]).await.fails(404, "NOT_FOUND");
        assert_eq!(office.get("/api/v1/jobs").await.total(), 0);
        let nobody = order(&Client::anonymous(), "companies?status=LEAD", &[("format", "csv")]).await;
        // Whoever signs in again orders what he had ordered.
        assert!(nobody.page(401).contains("/login"));
    })
    .await;
}
