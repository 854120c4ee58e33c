//! `/api/v1/imports`: the file goes to the object store as a browser would send it, and the worker of the running
//! system does the rest.

mod apply;
mod check;
mod files;
mod turns;

use std::time::Duration;

use serde_json::{Value, json};
use tests::harness::{Client, Tenant, employee_list as list, put_file, tckn};

use super::{DANGEROUS, company, id, workplace};

/// A company with one workplace.
struct Register {
    company: String,
    workplace: String,
}

impl Register {
    async fn new(by: &Client) -> Self {
        let company = company(by, "Yıldız Metal").await;
        let workplace = workplace(by, &company, DANGEROUS).await;
        Self { company, workplace }
    }
}

/// Announces a file and brings it to the object store; the import's id.
async fn upload(by: &Client, company: &str, name: &str, bytes: &[u8]) -> String {
    let body = json!({"companyId": company, "fileName": name, "length": bytes.len()});
    let import = by.post("/api/v1/imports", body).await.created();
    assert_eq!(put(&import, bytes).await, 200, "{import}");
    id(&import)
}

/// Brings a file by the way of an import; the object store's status.
async fn put(import: &Value, bytes: &[u8]) -> u16 {
    put_file(&import["upload"], bytes).await
}

/// The job that an answer 202 names, once it has ended.
async fn ended(by: &Client, started: &Value) -> Value {
    until(by, started, |job| ["DONE", "FAILED", "CANCELLED"].contains(&job["status"].as_str().unwrap())).await
}

/// The job once it has come so far.
async fn progress(by: &Client, started: &Value, rows: u32) -> Value {
    until(by, started, |job| job["progress"] == rows).await
}

async fn until(by: &Client, started: &Value, there: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/api/v1/jobs/{}", started["jobId"].as_str().unwrap());
    let begun = tokio::time::Instant::now();
    loop {
        let job = by.get(&path).await.ok();
        if there(&job) {
            return job;
        }
        // A worker of a busy machine has others' files before this one.
        assert!(begun.elapsed() < Duration::from_mins(2), "waited in vain for {job}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Has a file checked; the import afterwards.
async fn checked(by: &Client, import: &str, how: Value) -> Value {
    let started = by.post(&format!("/api/v1/imports/{import}/check"), how).await.accepted();
    assert_eq!(ended(by, &started).await["status"], "DONE");
    shown(by, import).await
}

/// Has a checked file applied; the import afterwards.
async fn applied(by: &Client, import: &str, how: Value) -> Value {
    let started = by.post(&format!("/api/v1/imports/{import}/apply"), how).await.accepted();
    assert_eq!(ended(by, &started).await["status"], "DONE");
    shown(by, import).await
}

async fn shown(by: &Client, import: &str) -> Value {
    by.get(&format!("/api/v1/imports/{import}")).await.ok()
}

/// Brings a file and has it checked.
async fn brought(by: &Client, company: &str, name: &str, bytes: &[u8]) -> Value {
    let import = upload(by, company, name, bytes).await;
    checked(by, &import, json!({})).await
}

/// The rows with mistakes: number, and `field:code` of each.
async fn mistakes(by: &Client, import: &Value) -> Vec<(u64, Vec<String>)> {
    let rows = by.get(&format!("/api/v1/imports/{}/errors?limit=100", id(import))).await.rows();
    let told = |row: &Value| {
        let error = |e: &Value| format!("{}:{}", e["field"].as_str().unwrap(), e["code"].as_str().unwrap());
        (row["row"].as_u64().unwrap(), row["errors"].as_array().unwrap().iter().map(error).collect())
    };
    rows.iter().map(told).collect()
}

/// The file that a job has left, as text.
async fn result_file(by: &Client, job: &Value) -> String {
    let job = by.get(&format!("/api/v1/jobs/{}", job.as_str().unwrap())).await.ok();
    let answer = reqwest::get(job["resultUrl"].as_str().unwrap()).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    answer.text().await.unwrap()
}

/// How many persons, live employments, audit rows of employees and events of imports the tenant has.
async fn sizes(t: &Tenant) -> [i64; 4] {
    let mut sizes = [0; 4];
    for (place, sql) in [
        "SELECT COUNT(*) FROM persons_rows WHERE tenant_id = ?",
        "SELECT COUNT(*) FROM employments_rows WHERE tenant_id = ?",
        "SELECT COUNT(*) FROM audit_log_rows WHERE tenant_id = ? AND entity = 'employee' AND action = 'CREATE'",
        "SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND topic = 'employments.imported'",
    ]
    .into_iter()
    .enumerate()
    {
        sizes[place] = sqlx::query_scalar(sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap();
    }
    sizes
}
