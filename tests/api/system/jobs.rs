//! `/api/v1/jobs`

use serde_json::json;
use tests::harness::{Client, Tenant, new_id, with_tenant};
use uuid::Uuid;

/// A job that this user has started; what starts jobs comes with later features.
async fn job(t: &Tenant, of: &Client, state: &str) -> String {
    let id = new_id();
    sqlx::query(
        "INSERT INTO jobs_rows (id, tenant_id, kind, state, progress, total, result, error_code, error, requested_by) \
         VALUES (?, ?, 'employees.import', ?, 3, 7, '{\"rows\": 3}', IF(? = 'CANCELLED', 'STOPPED', NULL), 'Durduruldu', ?)",
    )
    .bind(id)
    .bind(t.id)
    .bind(state)
    .bind(state)
    .bind(Uuid::parse_str(&of.user).unwrap())
    .execute(&mut t.sql().await)
    .await
    .unwrap();
    id.to_string()
}

#[tokio::test]
async fn a_user_sees_how_far_the_own_job_is() {
    with_tenant(async |t| {
        let office = t.office().await;
        let id = job(t, &office, "RUNNING").await;
        let answer = office.get(&format!("/api/v1/jobs/{id}")).await;
        let job = answer.ok();
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert_eq!(
            (job["status"].as_str(), job["progress"].as_i64(), job["total"].as_i64()),
            (Some("RUNNING"), Some(3), Some(7))
        );
        assert_eq!((&job["result"], &job["error"]), (&json!({"rows": 3}), &json!(null)));
    })
    .await;
}

#[tokio::test]
async fn others_do_not_see_it_and_an_administrator_does() {
    with_tenant(async |t| {
        let id = job(t, &t.office().await, "CANCELLED").await;
        let path = format!("/api/v1/jobs/{id}");
        for other in [t.office().await, t.expert().await] {
            other.get(&path).await.fails(404, "NOT_FOUND");
        }
        let seen = t.admin().await.get(&path).await.ok();
        assert_eq!(seen["error"], json!({"code": "STOPPED", "message": "Durduruldu"}));
        with_tenant(async |stranger| {
            stranger.admin().await.get(&path).await.fails(404, "NOT_FOUND");
        })
        .await;
        t.admin().await.get(&format!("/api/v1/jobs/{}", new_id())).await.fails(404, "NOT_FOUND");
        t.admin().await.get("/api/v1/jobs/7").await.fails(404, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn everybody_lists_their_own_and_an_administrator_all() {
    with_tenant(async |t| {
        let (office, expert, admin) = (t.office().await, t.expert().await, t.admin().await);
        let first = job(t, &office, "DONE").await;
        let second = job(t, &office, "RUNNING").await;
        let other = job(t, &expert, "DONE").await;
        let ids = async |who: &Client, query: &str| {
            let rows = who.get(&format!("/api/v1/jobs{query}")).await.rows();
            rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&office, "").await, [second.clone(), first.clone()]);
        assert_eq!(ids(&expert, "").await, std::slice::from_ref(&other));
        assert_eq!(ids(&admin, "").await.len(), 3);
        assert_eq!(ids(&admin, "?mine=true").await, Vec::<String>::new());
        assert_eq!(ids(&admin, "?status=DONE&sort=createdAt").await, [first, other]);
        assert_eq!(ids(&office, "?kind=employees.import&status=RUNNING").await, [second]);
        assert_eq!(ids(&office, "?kind=employees.export").await, Vec::<String>::new());
        office.get("/api/v1/jobs?status=SOMETIMES").await.fails(400, "VALIDATION_ERROR").on_field("status");
        let rows = admin.get("/api/v1/jobs?q=employees").await;
        assert_eq!((rows.total(), rows.rows()[0]["requestedByName"].as_str()), (3, Some("Deneme EXPERT")));
    })
    .await;
}
