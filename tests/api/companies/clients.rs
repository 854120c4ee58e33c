//! What a customer's user sees of the register, and does in it.

use serde_json::json;
use tests::harness::with_tenant;

use super::{DANGEROUS, company, employee, id, person, workplace};

#[tokio::test]
async fn a_client_keeps_the_employees_of_his_own_company() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let workplace = workplace(&office, &company, DANGEROUS).await;
        let client = t.client_of(&company).await;
        let made = employee(&client, &workplace, &json!({})).await;
        let path = format!("/api/v1/employees/{}", id(&made));
        client.patch(&path, json!({"version": 1, "position": "Usta"})).await.ok();
        client.post(&format!("{path}/terminate"), json!({"endDate": "2026-01-31", "reason": "İstifa"})).await.ok();
        client.delete(&path, 3).await.fails(403, "FORBIDDEN");
        assert_eq!(client.get("/api/v1/workplaces").await.rows()[0]["requiredMinutes"]["expert"], 0);
        client.patch(&format!("/api/v1/workplaces/{workplace}"), json!({"version": 1})).await.fails(403, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn a_client_is_a_stranger_to_every_other_company() {
    with_tenant(async |t| {
        let office = t.office().await;
        let (own, other) = (company(&office, "Yıldız").await, company(&office, "Çınar").await);
        let theirs = workplace(&office, &other, DANGEROUS).await;
        let somebody = id(&employee(&office, &theirs, &json!({})).await);
        let client = t.client_of(&own).await;
        for path in [format!("companies/{other}"), format!("workplaces/{theirs}"), format!("employees/{somebody}")] {
            client.get(&format!("/api/v1/{path}")).await.fails(404, "NOT_FOUND");
        }
        client
            .post("/api/v1/employees", person(&theirs, &json!({})))
            .await
            .fails(404, "NOT_FOUND")
            .on_field("workplaceId");
        assert_eq!(client.get("/api/v1/companies").await.total(), 1);
        assert_eq!(client.get("/api/v1/employees?q=mehmet").await.total(), 0);
        assert_eq!(client.get(&format!("/api/v1/workplaces?companyId={other}")).await.total(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_client_learns_nothing_of_special_groups() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let workplace = workplace(&admin, &company, DANGEROUS).await;
        let made = employee(&admin, &workplace, &json!({"isPregnant": true})).await;
        assert_eq!((&made["isPregnant"], &made["isDisabled"]), (&json!(true), &json!(false)));
        let path = format!("/api/v1/employees/{}", id(&made));
        let client = t.client_of(&company).await;
        let seen = client.get(&path).await;
        assert!(!seen.text.contains("isPregnant") && seen.ok()["isDisabled"].is_null(), "{}", seen.text);
        client.patch(&path, json!({"version": 1, "isPregnant": false})).await.fails(403, "FORBIDDEN");
        assert_eq!(admin.get(&path).await.ok()["isPregnant"], true);
        assert!(!admin.get("/api/v1/audit").await.text.contains("isPregnant"));
    })
    .await;
}
