//! `/api/v1/companies/{id}/status`

use serde_json::json;
use tests::harness::with_tenant;

use super::company;

#[tokio::test]
async fn a_company_goes_its_way_step_by_step() {
    with_tenant(async |t| {
        let office = t.office().await;
        let path = format!("/api/v1/companies/{}", company(&office, "Yıldız").await);
        let to = |status: &str| office.post(&format!("{path}/status"), json!({"to": status}));
        let refused = to("CUSTOMER").await;
        refused.fails(409, "INVALID_STATE").on_field("to");
        assert!(refused.text.contains("İlgileniyor, Kaybedildi"), "the open ways are named: {}", refused.text);
        to("PROSPECT").await.ok();
        let customer = to("CUSTOMER").await.ok();
        assert_eq!((&customer["status"], &customer["version"]), (&json!("CUSTOMER"), &json!(3)));
        let steps = office.get(&format!("{path}/status-history")).await.rows();
        let seen: Vec<_> = steps.iter().map(|step| (step["from"].clone(), step["to"].clone())).collect();
        let expected =
            [(json!("PROSPECT"), json!("CUSTOMER")), (json!("LEAD"), json!("PROSPECT")), (json!(null), json!("LEAD"))];
        assert_eq!(seen, expected);
    })
    .await;
}

#[tokio::test]
async fn a_lost_customer_has_a_reason() {
    with_tenant(async |t| {
        let office = t.office().await;
        let path = format!("/api/v1/companies/{}", company(&office, "Yıldız").await);
        let lose = |body| office.post(&format!("{path}/status"), body);
        lose(json!({"to": "CHURNED"})).await.fails(400, "VALIDATION_ERROR").on_field("reason");
        lose(json!({"to": "CHURNED", "reason": "Fiyat", "version": 7})).await.fails(409, "VERSION_CONFLICT");
        lose(json!({"to": "CHURNED", "reason": "Fiyat"})).await.ok();
        let steps = office.get(&format!("{path}/status-history")).await.rows();
        assert_eq!(steps[0]["reason"], "Fiyat");
        assert_eq!(steps[0]["changedBy"], office.user.as_str());
    })
    .await;
}

#[tokio::test]
async fn the_status_changes_in_no_other_way() {
    with_tenant(async |t| {
        let office = t.office().await;
        let path = format!("/api/v1/companies/{}", company(&office, "Yıldız").await);
        office
            .patch(&path, json!({"version": 1, "status": "CUSTOMER"}))
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("status");
    })
    .await;
}
