//! `/api/v1/admin/job-runs`

use tests::harness::{Tenant, new_id, with_tenant};

async fn run(t: &Tenant, name: &str, state: &str, at: &str) {
    sqlx::query(
        "INSERT INTO job_runs_rows (id, tenant_id, name, scheduled_for, state, started_at, scanned, done) \
         VALUES (?, ?, ?, ?, ?, ?, 5, 4)",
    )
    .bind(new_id())
    .bind(t.id)
    .bind(name)
    .bind(at)
    .bind(state)
    .bind(at)
    .execute(&mut t.sql().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn an_administrator_reads_the_runs_of_the_own_tenant() {
    with_tenant(async |t| {
        // 21:00 UTC is the next day in Istanbul.
        run(t, "probe", "DONE", "2026-03-01 20:59:59").await;
        run(t, "probe", "FAILED", "2026-03-01 21:00:00").await;
        run(t, "watch", "DONE", "2026-03-03 09:00:00").await;
        let admin = t.admin().await;
        let list = async |query: &str| {
            let path = format!("/api/v1/admin/job-runs?from=2026-02-01&to=2026-04-01&{query}");
            let rows = admin.get(&path).await.rows();
            rows.iter().map(|r| r["scheduledFor"].as_str().unwrap()[..16].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(list("").await, ["2026-03-03T09:00", "2026-03-01T21:00", "2026-03-01T20:59"]);
        assert_eq!(list("sort=scheduledFor&limit=1").await, ["2026-03-01T20:59"]);
        assert_eq!(list("sort=scheduledFor&limit=2&page=2").await, ["2026-03-03T09:00"]);
        assert_eq!(list("name=watch").await, ["2026-03-03T09:00"]);
        assert_eq!(list("status=FAILED").await, ["2026-03-01T21:00"]);
        assert_eq!(list("q=Prob").await.len(), 2);
        let day = admin.get("/api/v1/admin/job-runs?from=2026-03-02&to=2026-03-02&name=probe").await;
        assert_eq!((day.total(), &day.rows()[0]["status"]), (1, &"FAILED".into()));

        with_tenant(async |other| {
            let theirs = other.admin().await.get("/api/v1/admin/job-runs?name=watch").await;
            assert_eq!(theirs.total(), 0);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_list_is_for_administrators_and_knows_its_parameters() {
    with_tenant(async |t| {
        t.office().await.get("/api/v1/admin/job-runs").await.fails(403, "FORBIDDEN");
        let admin = t.admin().await;
        for (query, field) in [
            ("sort=error", "sort"),
            ("status=ASLEEP", "status"),
            ("from=2026-03-02&to=2026-03-01", "to"),
            ("colour=red", "colour"),
            ("limit=101", "limit"),
        ] {
            admin.get(&format!("/api/v1/admin/job-runs?{query}")).await.fails(400, "VALIDATION_ERROR").on_field(field);
        }
    })
    .await;
}
