//! `/api/v1/employees`

use serde_json::json;
use tests::harness::{new_id, with_tenant};

use super::{DANGEROUS, company, employee, id, person, workplace};

#[tokio::test]
async fn an_employee_is_a_person_with_an_employment() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let workplace = workplace(&office, &company, DANGEROUS).await;
        let made = employee(&office, &workplace, &json!({"position": "Kaynakçı", "birthDate": "1990-05-05"})).await;
        assert_eq!((&made["companyId"], &made["workplaceId"]), (&json!(company), &json!(workplace)));
        assert_eq!((&made["isActive"], &made["employmentType"]), (&json!(true), &json!("FULL_TIME")));
        assert!(made["personId"].is_string() && made["personId"] != made["id"]);
        let shown = office.get(&format!("/api/v1/employees/{}", id(&made))).await.ok();
        assert_eq!((&shown["companyName"], &shown["workplaceTitle"]), (&json!("Yıldız"), &json!("Merkez")));
    })
    .await;
}

#[tokio::test]
async fn an_employment_that_breaks_the_rules_is_refused_with_each_of_them() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        let body =
            person(&workplace, &json!({"startDate": "2100-01-01", "endDate": "2099-01-01", "birthDate": "2090-01-01"}));
        let refused = office.post("/api/v1/employees", body).await;
        refused.fails(422, "BUSINESS_RULE").on_field("startDate").on_field("endDate").on_field("birthDate");
        let foreign = person(&new_id().to_string(), &json!({}));
        office.post("/api/v1/employees", foreign).await.fails(404, "NOT_FOUND").on_field("workplaceId");
    })
    .await;
}

#[tokio::test]
async fn an_employment_ends_once_and_its_record_stays() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        let id = id(&employee(&office, &workplace, &json!({})).await);
        let path = format!("/api/v1/employees/{id}");
        let end = |date: &str| office.post(&format!("{path}/terminate"), json!({"endDate": date, "reason": "İstifa"}));
        end("2024-02-01").await.fails(422, "BUSINESS_RULE").on_field("endDate");
        let ended = end("2026-01-31").await.ok();
        assert_eq!(
            (&ended["isActive"], &ended["endReason"], &ended["version"]),
            (&json!(false), &json!("İstifa"), &json!(2))
        );
        end("2026-02-28").await.fails(409, "INVALID_STATE");
        assert_eq!(office.get("/api/v1/employees?isActive=false").await.total(), 1);
        assert_eq!(office.get("/api/v1/employees?isActive=true").await.total(), 0);
        let open = office.patch(&path, json!({"version": 2, "endDate": null})).await.ok();
        assert_eq!((&open["isActive"], &open["endReason"]), (&json!(true), &json!(null)));
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_the_person_changes_for_each_employment() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let (one, other) =
            (workplace(&office, &company, DANGEROUS).await, workplace(&office, &company, DANGEROUS).await);
        let tckn = json!({"tckn": "10000000146"});
        let (first, second) = (employee(&office, &one, &tckn).await, employee(&office, &other, &tckn).await);
        assert_eq!(first["personId"], second["personId"]);
        let path = |record| format!("/api/v1/employees/{}", id(record));
        office.patch(&path(&first), json!({"version": 1, "lastName": "Yıldız"})).await.ok();
        let shown = office.get(&path(&second)).await.ok();
        assert_eq!((&shown["lastName"], &shown["version"]), (&json!("Yıldız"), &json!(2)));
        office.patch(&path(&second), json!({"version": 1, "position": "Usta"})).await.fails(409, "VERSION_CONFLICT");
        assert_eq!(office.get("/api/v1/employees?q=yildiz").await.total(), 2);
    })
    .await;
}

#[tokio::test]
async fn nobody_moves_to_a_workplace_of_another_company() {
    with_tenant(async |t| {
        let office = t.office().await;
        let (own, other) = (company(&office, "Yıldız").await, company(&office, "Çınar").await);
        let (here, there) = (workplace(&office, &own, DANGEROUS).await, workplace(&office, &own, DANGEROUS).await);
        let foreign = workplace(&office, &other, DANGEROUS).await;
        let path = format!("/api/v1/employees/{}", id(&employee(&office, &here, &json!({})).await));
        let moved = office.patch(&path, json!({"version": 1, "workplaceId": there})).await.ok();
        assert_eq!(moved["workplaceId"], there.as_str());
        let refused = office.patch(&path, json!({"version": 2, "workplaceId": foreign})).await;
        refused.fails(404, "NOT_FOUND").on_field("workplaceId");
    })
    .await;
}
