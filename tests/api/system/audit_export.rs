//! The task `audit-export`

use serde_json::{Value, json};
use shared::{App, clock::Clock, config::Config, storage::ObjectKey};
use sqlx::Row as _;
use tests::harness::{Tenant, invoke, variable, with_tenant};

use super::audit_chain::history;

const DAYS: [&str; 2] = ["2026-03-02", "2026-03-04"];

/// Two days with three entries each, closed.
async fn closed_days(t: &Tenant) {
    history(t).await;
    invoke("audit-chain", &json!({"time": "2026-03-05T22:40:00Z", "tenantId": t.id})).await;
}

fn app() -> App {
    App::new("audit-export", Config::from_env().unwrap(), Clock::System).unwrap()
}

async fn change(t: &Tenant, sql: &str) {
    let changed = sqlx::query(sql).bind(t.id).execute(&mut t.sql().await).await.unwrap();
    assert!(changed.rows_affected() > 0, "{sql}");
}

/// A run in this process, so that its failure can be seen.
async fn run(t: &Tenant, time: &str, verify: &str) -> Result<Value, String> {
    let event = json!({"time": time, "tenantId": t.id, "verify": verify});
    system::audit::export::run(app(), event).await.map_err(|error| error.to_string())
}

/// Where a day's object is, for whoever goes to the store by himself.
fn address(t: &Tenant, day: &str) -> String {
    let key = ObjectKey::of_day(t.id, "audit", day.parse().unwrap(), "ndjson.gz");
    format!("{}/{}/{key}", variable("AWS_ENDPOINT_URL"), variable("AUDIT_BUCKET"))
}

async fn head(t: &Tenant, day: &str, name: &str) -> Option<String> {
    let answer = reqwest::Client::new().head(address(t, day)).send().await.unwrap();
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

/// What is noted of the days: the objects' digests.
async fn noted(t: &Tenant) -> Vec<Option<Vec<u8>>> {
    let sql = "SELECT object_digest FROM audit_days_rows WHERE tenant_id = ? ORDER BY day";
    let rows = sqlx::query(sql).bind(t.id).fetch_all(&mut t.sql().await).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn each_closed_day_is_exported_once_and_locked() {
    with_tenant(async |t| {
        closed_days(t).await;
        let night = json!({"time": "2026-03-06T00:10:00Z", "tenantId": t.id});
        assert_eq!(invoke("audit-export", &night).await, json!({"skipped": false, "exported": 2, "verified": 0}));
        assert_eq!(invoke("audit-export", &night).await, json!({"skipped": true}));
        let next = json!({"time": "2026-03-07T00:10:00Z", "tenantId": t.id});
        assert_eq!(invoke("audit-export", &next).await, json!({"skipped": false, "exported": 0, "verified": 2}));
        let before = noted(t).await;
        assert!(before.iter().all(Option::is_some));

        for day in DAYS {
            assert_eq!(head(t, day, "x-amz-object-lock-mode").await.as_deref(), Some("COMPLIANCE"));
            let until = head(t, day, "x-amz-object-lock-retain-until-date").await.unwrap();
            let until = chrono::DateTime::parse_from_rfc3339(&until).unwrap();
            assert!(until.to_utc() > tests::harness::now() + chrono::Duration::days(360), "{until}");
            let version = head(t, day, "x-amz-version-id").await.unwrap();
            let removal = format!("{}?versionId={version}", address(t, day));
            assert_eq!(reqwest::Client::new().delete(removal).send().await.unwrap().status(), 403);
        }
        // A run that died between writing and noting is done again, and writes nothing twice.
        let versions = [head(t, DAYS[0], "x-amz-version-id").await, head(t, DAYS[1], "x-amz-version-id").await];
        change(t, "UPDATE audit_days_rows SET exported_at = NULL, object_digest = NULL WHERE tenant_id = ?").await;
        assert_eq!(run(t, "2026-03-08T00:10:00Z", "").await.unwrap()["exported"], 2);
        assert_eq!(noted(t).await, before);
        assert_eq!([head(t, DAYS[0], "x-amz-version-id").await, head(t, DAYS[1], "x-amz-version-id").await], versions);
        let all = run(t, "2026-12-01T00:50:00Z", "all").await.unwrap();
        assert_eq!(all, json!({"skipped": false, "exported": 0, "verified": 2}));
    })
    .await;
}

#[tokio::test]
async fn an_object_that_was_changed_is_found() {
    with_tenant(async |t| {
        closed_days(t).await;
        run(t, "2026-03-06T00:10:00Z", "").await.unwrap();
        // The lock keeps the first version; a newer one can be laid over it.
        let other = reqwest::Client::new().get(address(t, DAYS[1])).send().await.unwrap().bytes().await.unwrap();
        let laid = reqwest::Client::new().put(address(t, DAYS[0])).body(other).send().await.unwrap();
        assert!(laid.status().is_success(), "{}", laid.status());
        let found = run(t, "2026-03-07T00:10:00Z", "all").await.unwrap_err();
        assert!(found.contains("the trail of 2026-03-02 and its object differ") && !found.contains(DAYS[1]), "{found}");
        let admin = t.admin().await;
        let runs = admin.get("/api/v1/admin/job-runs?name=audit-export-verify&status=FAILED").await;
        assert!(runs.text.contains(DAYS[0]), "{}", runs.text);
    })
    .await;
}

#[tokio::test]
async fn a_trail_that_was_changed_with_all_its_hashes_is_found() {
    with_tenant(async |t| {
        closed_days(t).await;
        run(t, "2026-03-06T00:10:00Z", "").await.unwrap();
        change(t, "DELETE FROM audit_log_rows WHERE tenant_id = ? AND created_at < '2026-03-05' ORDER BY created_at DESC LIMIT 1").await;
        change(
            t,
            "UPDATE audit_days_rows d SET row_count = 2, last_hash = (SELECT l.row_hash FROM audit_log_rows l \
             WHERE l.tenant_id = d.tenant_id AND l.row_hash IS NOT NULL ORDER BY l.created_at DESC, l.id DESC LIMIT 1) \
             WHERE tenant_id = ? AND day = '2026-03-04'",
        )
        .await;
        // The chain by itself holds again.
        let event = json!({"time": "2026-03-07T00:00:00Z", "tenantId": t.id, "verify": "all"});
        assert!(system::audit::chain::run(app(), event).await.is_ok());
        let found = run(t, "2026-03-07T00:10:00Z", "all").await.unwrap_err();
        assert!(found.contains("the trail of 2026-03-04 and its object differ"), "{found}");
    })
    .await;
}

#[tokio::test]
async fn a_row_that_was_changed_before_the_export_stops_it() {
    with_tenant(async |t| {
        closed_days(t).await;
        change(t, "UPDATE audit_log_rows SET actor_name = 'Başkası' WHERE tenant_id = ? ORDER BY created_at LIMIT 1")
            .await;
        let found = run(t, "2026-03-06T00:10:00Z", "").await.unwrap_err();
        assert!(found.contains("the trail of 2026-03-02 and its object differ"), "{found}");
        assert_eq!(head(t, DAYS[0], "etag").await, None, "what is false is not made to last");
        assert!(head(t, DAYS[1], "etag").await.is_some());
        assert_eq!(noted(t).await.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    })
    .await;
}
