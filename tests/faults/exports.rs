//! A file of a list that is broken off while it is made, in every way: it is there whole, or not at all.

use serde_json::{Value, json};
use tests::harness::{Client, Tenant, many_employees, variable, with_tenant};

use crate::stack::{kill, patiently, tell};

/// So many that the file has more than one part.
const PEOPLE: u32 = 25_000;

/// Orders the list of employees; the path of the job.
async fn ordered(by: &Client) -> String {
    let started = by.post("/api/v1/employees/export", json!({"format": "csv"})).await.accepted();
    format!("/api/v1/jobs/{}", started["jobId"].as_str().unwrap())
}

/// Waits until the worker has sent the first part and has kept by which upload.
async fn in_mid_stream(t: &Tenant) {
    patiently("the first part of the file", 60, async || {
        let begun = "SELECT COUNT(*) FROM jobs_rows WHERE tenant_id = ? AND JSON_VALUE(checkpoint, '$.uploadId') <> ''";
        (count(t, begun).await == 1).then_some(())
    })
    .await;
}

async fn count(t: &Tenant, sql: &str) -> i64 {
    sqlx::query_scalar(sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap()
}

async fn ended(by: &Client, job: &str) -> Value {
    patiently("the export to end", 240, async || {
        let job = by.get(job).await.ok();
        ["DONE", "FAILED", "CANCELLED"].contains(&job["status"].as_str().unwrap()).then_some(job)
    })
    .await
}

/// What the bucket holds of the tenant: the names of its objects, and of those that are in the making.
async fn kept(t: &Tenant) -> [Vec<String>; 2] {
    let bucket = format!("{}/{}", variable("AWS_ENDPOINT_URL"), variable("FILES_BUCKET"));
    let mut kept = [Vec::new(), Vec::new()];
    for (names, list) in kept.iter_mut().zip(["list-type=2", "uploads"]) {
        let answer = reqwest::get(format!("{bucket}?{list}&prefix=tenants/{}/exports/", t.id)).await.unwrap();
        let text = answer.error_for_status().unwrap().text().await.unwrap();
        let keys = text.split("<Key>").skip(1).map(|rest| rest.split_once("</Key>").unwrap().0.to_owned());
        names.extend(keys);
    }
    kept
}

/// The job is done, once: one whole file, one row of the trail, nothing beside it.
async fn is_done_once(t: &Tenant, by: &Client, job: &str) {
    let job = ended(by, job).await;
    assert_eq!((&job["status"], &job["result"]["rows"]), (&json!("DONE"), &json!(PEOPLE)), "{job}");
    let file = reqwest::get(job["resultUrl"].as_str().unwrap()).await.unwrap().error_for_status().unwrap();
    let lines: std::collections::BTreeSet<String> = file.text().await.unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), usize::try_from(PEOPLE).unwrap() + 1, "each employee once, and the heading");
    let [objects, uploads] = kept(t).await;
    assert_eq!((objects.len(), uploads.len()), (1, 0), "{objects:?} {uploads:?}");
    let trail = "SELECT COUNT(*) FROM audit_log_rows WHERE tenant_id = ? AND action = 'EXPORT'";
    assert_eq!(count(t, trail).await, 1, "rows of the trail");
}

#[tokio::test]
async fn an_export_whose_worker_is_killed_is_made_anew_and_leaves_nothing_behind() {
    with_tenant(async |t| {
        let office = t.office().await;
        many_employees(t, &office, PEOPLE).await;
        let job = ordered(&office).await;
        in_mid_stream(t).await;
        kill("exports").await;
        let [objects, uploads] = kept(t).await;
        assert_eq!((objects.len(), uploads.len()), (0, 1), "nothing can be read yet: {objects:?} {uploads:?}");
        assert_eq!(office.get(&job).await.ok()["resultUrl"], Value::Null);
        is_done_once(t, &office, &job).await;
    })
    .await;
}

#[tokio::test]
async fn an_export_that_is_cancelled_in_mid_stream_leaves_no_file() {
    with_tenant(async |t| {
        let office = t.office().await;
        many_employees(t, &office, PEOPLE).await;
        let job = ordered(&office).await;
        in_mid_stream(t).await;
        office.post(&format!("{job}/cancel"), json!({})).await.ok();
        let job = ended(&office, &job).await;
        assert_eq!((&job["status"], &job["resultUrl"]), (&json!("CANCELLED"), &Value::Null), "{job}");
        patiently("the upload to be forgotten", 20, async || kept(t).await.iter().all(Vec::is_empty).then_some(()))
            .await;
        let trail = "SELECT COUNT(*) FROM audit_log_rows WHERE tenant_id = ? AND action = 'EXPORT'";
        assert_eq!(count(t, trail).await, 0, "nobody took anything out of the system");
    })
    .await;
}

#[tokio::test]
async fn an_export_whose_object_store_goes_away_is_made_when_it_is_back() {
    with_tenant(async |t| {
        let office = t.office().await;
        many_employees(t, &office, PEOPLE).await;
        let job = ordered(&office).await;
        in_mid_stream(t).await;
        tell("stop", "aws").await;
        patiently("the worker to notice", 90, async || {
            let job = office.get(&job).await.ok();
            assert_ne!(job["status"], "DONE", "the store was away: {job}");
            (job["status"] == "QUEUED").then_some(())
        })
        .await;
        tell("start", "aws").await;
        is_done_once(t, &office, &job).await;
    })
    .await;
}
