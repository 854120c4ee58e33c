//! A list of employees whose worker is killed while it is looked at and while it is applied: each row has its effect
//! once.

use serde_json::{Value, json};
use tests::harness::{Client, Tenant, employee_list, put_file, with_tenant};
use uuid::Uuid;

use crate::stack::{kill, patiently};

const PEOPLE: u32 = 2_000;

/// A list that has been brought, of a company with one workplace; the import's path.
async fn brought(by: &Client) -> String {
    let company = by.post("/api/v1/companies", json!({"name": "Yıldız Metal"})).await.created();
    let workplace = json!({"companyId": company["id"], "title": "Merkez", "naceCode": "251106"});
    by.post("/api/v1/workplaces", workplace).await.created();
    let list = employee_list(PEOPLE);
    let import = json!({"companyId": company["id"], "fileName": "liste.csv", "length": list.len()});
    let import = by.post("/api/v1/imports", import).await.created();
    assert_eq!(put_file(&import["upload"], list.as_bytes()).await, 200);
    format!("/api/v1/imports/{}", import["id"].as_str().unwrap())
}

/// Begins a job and kills its worker when `then` says so; what came of the job, which a second worker has done.
async fn killed(t: &Tenant, by: &Client, path: &str, then: impl Fn(&Value) -> bool) -> Value {
    let started = by.post(path, json!({})).await.accepted();
    let job = format!("/api/v1/jobs/{}", started["jobId"].as_str().unwrap());
    loop {
        let job = by.get(&job).await.ok();
        assert!(["QUEUED", "RUNNING"].contains(&job["status"].as_str().unwrap()), "over before the kill: {job}");
        if then(&job) {
            break;
        }
    }
    kill("imports").await;
    let done = patiently("the job to be taken over and done", 240, async || {
        let job = by.get(&job).await.ok();
        assert_ne!(job["status"], "FAILED", "{job}");
        (job["status"] == "DONE").then_some(job)
    })
    .await;
    // Each worker that takes a job up counts as a run: with one, the kill came too late and has shown nothing.
    let runs = "SELECT CAST(runs AS SIGNED) FROM jobs_rows WHERE tenant_id = ? AND id = ?";
    let runs =
        sqlx::query_scalar::<_, i64>(runs).bind(t.id).bind(done["id"].as_str().unwrap().parse::<Uuid>().unwrap());
    let runs = runs.fetch_one(&mut t.sql().await).await.unwrap();
    assert!(runs > 1, "the worker had ended the job before it was killed: {done}");
    done
}

async fn count(t: &Tenant, sql: &str) -> i64 {
    sqlx::query_scalar(sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap()
}

#[tokio::test]
async fn an_import_whose_worker_is_killed_adds_each_row_once() {
    with_tenant(async |t| {
        let office = t.office().await;
        let import = brought(&office).await;
        killed(t, &office, &format!("{import}/check"), |job| job["status"] == "RUNNING").await;
        let done = killed(t, &office, &format!("{import}/apply"), |job| job["progress"].as_u64() >= Some(300)).await;
        assert_eq!(done["result"]["counts"]["newPersons"], PEOPLE, "{done}");
        for (what, sql) in [
            ("persons", "SELECT COUNT(*) FROM persons_rows WHERE tenant_id = ?"),
            ("employments", "SELECT COUNT(*) FROM employments_rows WHERE tenant_id = ?"),
            ("rows of the trail", "SELECT COUNT(*) FROM audit_log_rows WHERE tenant_id = ? AND entity = 'employee'"),
            (
                "people who are found",
                "SELECT COUNT(DISTINCT entity_id) FROM search_words_rows WHERE tenant_id = ? AND entity = 'PERSON'",
            ),
        ] {
            assert_eq!(count(t, sql).await, i64::from(PEOPLE), "{what}");
        }
        let batches = "SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND topic = 'employments.imported'";
        assert_eq!(count(t, batches).await, i64::from(PEOPLE / 100));
    })
    .await;
}
