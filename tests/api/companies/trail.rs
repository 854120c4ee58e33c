//! Every change leaves its rows in the audit trail and its event, and a refused one leaves nothing.

use serde_json::{Value, json};
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

/// What the trail keeps of the latest change of a record.
async fn last_change(t: &Tenant, record: &str) -> Value {
    let changes: String = sqlx::query_scalar(
        "SELECT CONVERT(changes USING utf8mb4) FROM audit_log_rows WHERE tenant_id = ? AND entity_id = ? \
         ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind(t.id)
    .bind(record.parse::<Uuid>().expect("an id"))
    .fetch_one(&mut t.sql().await)
    .await
    .expect("the trail");
    serde_json::from_str(&changes).expect("JSON")
}

#[tokio::test]
async fn what_changes_of_a_person_is_told_of_each_employment() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let (one, other, third) = (
            workplace(&office, &company, DANGEROUS).await,
            workplace(&office, &company, DANGEROUS).await,
            workplace(&office, &company, DANGEROUS).await,
        );
        let tckn = json!({"tckn": "19090909018"});
        let first = id(&employee(&office, &one, &tckn).await);
        let second = id(&employee(&office, &other, &tckn).await);
        let path = format!("/api/v1/employees/{first}");
        let told = |versions: i64| -> Vec<_> {
            let updated = (2..=versions).map(|version| ("employment.updated".to_owned(), version));
            std::iter::once(("employment.created".to_owned(), 1)).chain(updated).collect()
        };

        office.patch(&path, json!({"version": 1, "phone": "0532 123 45 67"})).await.ok();
        assert_eq!(events(t, &second).await, told(2));
        assert_eq!(last_change(t, &second).await["phone"]["after"], "+905321234567");

        // The mask of the other number is the same.
        office.patch(&path, json!({"version": 2, "tckn": "19000002518"})).await.ok();
        for employment in [&first, &second] {
            let hidden = json!({"tckn": {"before": "***", "after": "***"}});
            assert_eq!((events(t, employment).await, last_change(t, employment).await), (told(3), hidden));
        }

        // A new employment that knows more of the person fills what was missing, and only that.
        let more = json!({"tckn": "19000002518", "birthDate": "1990-05-01", "phone": "0532 765 43 21"});
        employee(&office, &third, &more).await;
        for employment in [&first, &second] {
            assert_eq!(events(t, employment).await, told(4));
            assert_eq!(last_change(t, employment).await, json!({"birthDate": {"before": null, "after": "1990-05-01"}}));
            assert_eq!(office.get(&format!("/api/v1/employees/{employment}")).await.header("etag"), Some("\"4\""));
        }
    })
    .await;
}

#[tokio::test]
async fn a_tax_number_that_changes_behind_its_mask_is_told() {
    with_tenant(async |t| {
        let office = t.office().await;
        let body = json!({"name": "Esnaf Ali", "taxId": "19090909018"});
        let company = id(&office.post("/api/v1/companies", body).await.created());
        let path = format!("/api/v1/companies/{company}");
        office.patch(&path, json!({"version": 1, "taxId": "19000002518"})).await.ok();
        let masked = json!({"taxId": {"before": "190******18", "after": "190******18"}});
        assert_eq!(last_change(t, &company).await, masked);
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
