//! The task `audit-chain`

use serde_json::{Value, json};
use shared::{App, clock::Clock, config::Config};
use sqlx::Row as _;
use tests::harness::{Tenant, invoke, new_id, with_tenant};

/// Three entries on each of two days that are over, and one of a later day.
pub(super) async fn history(t: &Tenant) {
    let days = ["2026-03-01 21:00:00", "2026-03-02 20:59:59.999999", "2026-03-02 09:00:00"];
    let later = ["2026-03-04 06:00:00", "2026-03-04 06:00:00", "2026-03-04 07:00:00", "2026-03-05 21:00:00"];
    for (number, at) in days.iter().chain(&later).enumerate() {
        sqlx::query(
            "INSERT INTO audit_log_rows (tenant_id, id, action, entity, entity_id, actor_name, changes, created_at) \
             VALUES (?, ?, 'UPDATE', 'company', ?, 'Çağrı', ?, ?)",
        )
        .bind(t.id)
        .bind(new_id())
        .bind(new_id())
        .bind(format!(r#"{{"name": {{"before": "Eski", "after": "Yeni {number}"}}}}"#))
        .bind(*at)
        .execute(&mut t.sql().await)
        .await
        .unwrap();
    }
}

/// The days that are closed, with their counts.
async fn closed(t: &Tenant) -> Vec<(String, i64)> {
    sqlx::query(
        "SELECT CAST(day AS CHAR), CAST(row_count AS SIGNED) FROM audit_days_rows WHERE tenant_id = ? ORDER BY day",
    )
    .bind(t.id)
    .fetch_all(&mut t.sql().await)
    .await
    .unwrap()
    .iter()
    .map(|row| (row.get(0), row.get(1)))
    .collect()
}

async fn change(t: &Tenant, sql: &str) {
    let changed = sqlx::query(sql).bind(t.id).execute(&mut t.sql().await).await.unwrap();
    assert_eq!(changed.rows_affected(), 1, "{sql}");
}

/// A run in this process, so that its failure can be seen.
async fn verify(t: &Tenant, time: &str) -> Result<Value, String> {
    let app = App::new("audit-chain", Config::from_env().unwrap(), Clock::System).unwrap();
    let event = json!({"time": time, "tenantId": t.id, "verify": "all"});
    system::audit::chain::run(app, event).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_days_that_are_over_are_closed_once_and_hold() {
    with_tenant(async |t| {
        history(t).await;
        let night = json!({"time": "2026-03-05T22:40:00Z", "tenantId": t.id});
        // In Istanbul it is the 6th; its first entry is of 00:00.
        assert_eq!(invoke("audit-chain", &night).await, json!({"skipped": false, "closed": 2, "verified": 0}));
        let days = [("2026-03-02".to_owned(), 3), ("2026-03-04".to_owned(), 3)];
        assert_eq!(closed(t).await, days, "a day of Istanbul begins at 21:00 UTC");
        let open: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM audit_log_rows WHERE tenant_id = ? AND row_hash IS NULL")
                .bind(t.id)
                .fetch_one(&mut t.sql().await)
                .await
                .unwrap();
        assert_eq!(open, 1);
        assert_eq!(invoke("audit-chain", &night).await, json!({"skipped": true}));
        let next = json!({"time": "2026-03-06T22:40:00Z", "tenantId": t.id});
        assert_eq!(invoke("audit-chain", &next).await, json!({"skipped": false, "closed": 1, "verified": 2}));
        let all = verify(t, "2026-04-01T00:00:00Z").await.unwrap();
        assert_eq!(all, json!({"skipped": false, "closed": 0, "verified": 3}));
    })
    .await;
}

#[tokio::test]
async fn whatever_is_done_to_a_closed_day_is_found() {
    let doings = [
        ("UPDATE audit_log_rows SET changes = '{}' WHERE tenant_id = ? ORDER BY created_at LIMIT 1", "2026-03-02"),
        (
            "UPDATE audit_log_rows SET actor_name = 'Cağrı' WHERE tenant_id = ? ORDER BY created_at LIMIT 1",
            "2026-03-02",
        ),
        ("DELETE FROM audit_log_rows WHERE tenant_id = ? ORDER BY created_at LIMIT 1", "2026-03-02"),
        (
            "DELETE FROM audit_log_rows WHERE tenant_id = ? AND created_at < '2026-03-05' ORDER BY created_at DESC LIMIT 1",
            "2026-03-04",
        ),
        (
            "INSERT INTO audit_log_rows (tenant_id, id, action, entity, created_at) \
             VALUES (?, UNHEX(REPLACE(UUID(), '-', '')), 'UPDATE', 'company', '2026-03-04 12:00:00')",
            "2026-03-04",
        ),
        ("DELETE FROM audit_days_rows WHERE tenant_id = ? ORDER BY day LIMIT 1", "2026-03-04"),
    ];
    for (doing, day) in doings {
        with_tenant(async |t| {
            history(t).await;
            invoke("audit-chain", &json!({"time": "2026-03-05T22:40:00Z", "tenantId": t.id})).await;
            verify(t, "2026-03-06T00:00:00Z").await.unwrap();
            change(t, doing).await;
            let found = verify(t, "2026-03-06T01:00:00Z").await.unwrap_err();
            assert!(found.contains(&format!("the trail of {day} was changed")), "{doing}: {found}");
            let admin = t.admin().await;
            let runs = admin.get("/api/v1/admin/job-runs?name=audit-verify&status=FAILED").await;
            assert!(runs.text.contains(day), "{}", runs.text);
        })
        .await;
    }
}
