//! Every change leaves its rows in the audit trail and its event, and a refused one leaves nothing.

use serde_json::json;
use sqlx::Row as _;
use tests::harness::{Tenant, with_tenant};
use uuid::Uuid;

use super::{DANGEROUS, company, employee, id, workplace};

/// The events about a record with the versions that they name, the oldest first.
async fn events(t: &Tenant, record: &str) -> Vec<(String, i64)> {
    sqlx::query(
        "SELECT CONVERT(topic USING utf8mb4), aggregate_version FROM outbox_rows \
         WHERE tenant_id = ? AND aggregate_id = ? ORDER BY created_at, id",
    )
    .bind(t.id)
    .bind(record.parse::<Uuid>().expect("an id"))
    .fetch_all(&mut t.sql().await)
    .await
    .expect("the outbox")
    .iter()
    .map(|row| (row.get(0), row.get(1)))
    .collect()
}

#[tokio::test]
async fn each_change_of_a_company_is_told_once_with_its_version() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let path = format!("/api/v1/companies/{company}");
        admin.patch(&path, json!({"version": 1, "source": "Fuar"})).await.ok();
        admin.patch(&path, json!({"version": 1, "source": "Web"})).await.fails(409, "VERSION_CONFLICT");
        admin.post(&format!("{path}/status"), json!({"to": "PROSPECT"})).await.ok();
        admin.delete(&path, 3).await.no_content();
        admin.post(&format!("{path}/restore"), json!({})).await.ok();
        let told: Vec<_> = ["created", "updated", "status_changed", "deleted", "restored"]
            .into_iter()
            .zip(1..)
            .map(|(what, version)| (format!("company.{what}"), version))
            .collect();
        assert_eq!(events(t, &company).await, told);
        assert_eq!(t.audited("company", &company).await, ["CREATE", "UPDATE", "UPDATE", "DELETE", "RESTORE"]);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_danger_class_is_named_because_deadlines_depend_on_it() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let body = json!({"dangerClass": "VERY_DANGEROUS", "reason": "Bakanlık kararı"});
        admin.post(&format!("/api/v1/workplaces/{workplace}/danger-class"), body).await.ok();
        let payload: String = sqlx::query(
            "SELECT CONVERT(payload USING utf8mb4) FROM outbox_rows WHERE tenant_id = ? AND topic = 'workplace.updated'",
        )
        .bind(t.id)
        .fetch_one(&mut t.sql().await)
        .await
        .expect("the event")
        .get(0);
        assert!(payload.contains("VERY_DANGEROUS") && payload.contains("\"from\":\"DANGEROUS\""), "{payload}");
    })
    .await;
}

#[tokio::test]
async fn events_and_trail_name_no_citizens_number() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let id = id(&employee(&admin, &workplace, &json!({"tckn": "19090909018"})).await);
        admin.patch(&format!("/api/v1/employees/{id}"), json!({"version": 1, "tckn": "10000000146"})).await.ok();
        let seen: Vec<String> = sqlx::query(
            "SELECT CONVERT(payload USING utf8mb4) FROM outbox_rows WHERE tenant_id = ? \
             UNION ALL SELECT CONVERT(changes USING utf8mb4) FROM audit_log_rows WHERE tenant_id = ?",
        )
        .bind(t.id)
        .bind(t.id)
        .fetch_all(&mut t.sql().await)
        .await
        .expect("events and trail")
        .iter()
        .map(|row| row.get(0))
        .collect();
        assert!(seen.iter().all(|text| !text.contains("19090909018") && !text.contains("10000000146")), "{seen:?}");
        assert_eq!(events(t, &id).await.len(), 2);
    })
    .await;
}
