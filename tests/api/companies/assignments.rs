//! `/api/v1/assignments`

use serde_json::json;
use tests::harness::{new_id, with_tenant};

use super::{DANGEROUS, company, id, workplace};

#[tokio::test]
async fn a_professional_serves_only_as_what_he_is() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let workplace = workplace(&office, &company, DANGEROUS).await;
        let assign = |staff: String, kind: &str| {
            office.post(
                "/api/v1/assignments",
                json!({"staffId": staff, "workplaceId": workplace, "kind": kind, "startsOn": "2024-01-01"}),
            )
        };
        let (expert, _) = t.insert_user("EXPERT", None, false).await;
        let (client, _) = t.insert_user("CLIENT", Some(&company), false).await;
        assign(expert.to_string(), "PHYSICIAN").await.fails(422, "BUSINESS_RULE").on_field("kind");
        assign(office.user.clone(), "SAFETY_EXPERT").await.fails(422, "BUSINESS_RULE").on_field("kind");
        for nobody in [client.to_string(), new_id().to_string()] {
            assign(nobody, "SAFETY_EXPERT").await.fails(404, "NOT_FOUND").on_field("staffId");
        }
        let made = assign(expert.to_string(), "SAFETY_EXPERT").await.created();
        assert_eq!((&made["companyId"], &made["workplaceTitle"]), (&json!(company), &json!("Merkez")));
        assign(expert.to_string(), "SAFETY_EXPERT").await.fails(409, "DUPLICATE_RECORD").on_field("startsOn");
    })
    .await;
}

#[tokio::test]
async fn who_was_deactivated_is_not_assigned() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        let (expert, _) = t.insert_user("EXPERT", None, false).await;
        let quit = "UPDATE users_rows SET is_active = FALSE WHERE tenant_id = ? AND id = ?";
        sqlx::query(quit).bind(t.id).bind(expert).execute(&mut t.sql().await).await.expect("deactivated");
        let body =
            json!({"staffId": expert, "workplaceId": workplace, "kind": "SAFETY_EXPERT", "startsOn": "2024-01-01"});
        office.post("/api/v1/assignments", body).await.fails(422, "BUSINESS_RULE").on_field("staffId");
    })
    .await;
}

#[tokio::test]
async fn an_assignment_is_ended_changed_and_found() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        let (doctor, _) = t.insert_user("DOCTOR", None, false).await;
        let body = json!({"staffId": doctor, "workplaceId": workplace, "kind": "PHYSICIAN", "startsOn": "2024-01-01", "monthlyMinutes": 375});
        let made = office.post("/api/v1/assignments", body.clone()).await.created();
        let path = format!("/api/v1/assignments/{}", id(&made));
        office.patch(&path, json!({"version": 1, "endsOn": "2023-12-31"})).await.fails(422, "BUSINESS_RULE").on_field("endsOn");
        let ended = office.patch(&path, json!({"version": 1, "endsOn": "2025-12-31"})).await.ok();
        assert_eq!((&ended["endsOn"], &ended["monthlyMinutes"]), (&json!("2025-12-31"), &json!(375)));
        let mut next = body;
        next["startsOn"] = json!("2026-01-01");
        office.post("/api/v1/assignments", next).await.created();
        office.patch(&path, json!({"version": 2, "endsOn": null})).await.fails(409, "DUPLICATE_RECORD");
        assert_eq!(office.get(&format!("/api/v1/assignments?staffId={doctor}")).await.total(), 2);
        assert_eq!(office.get("/api/v1/assignments?isActive=true&kind=PHYSICIAN&q=merkez").await.total(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_served_workplace_is_not_deleted() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let (expert, _) = t.insert_user("EXPERT", None, false).await;
        let body =
            json!({"staffId": expert, "workplaceId": workplace, "kind": "SAFETY_EXPERT", "startsOn": "2024-01-01"});
        let made = admin.post("/api/v1/assignments", body).await.created();
        admin
            .delete(&format!("/api/v1/workplaces/{workplace}"), 1)
            .await
            .fails(409, "DEPENDENCY_EXISTS")
            .on_field("assignments");
        admin.delete(&format!("/api/v1/assignments/{}", id(&made)), 1).await.no_content();
        admin.delete(&format!("/api/v1/workplaces/{workplace}"), 1).await.no_content();
        admin.post(&format!("/api/v1/assignments/{}/restore", id(&made)), json!({})).await.fails(409, "INVALID_STATE");
    })
    .await;
}

#[tokio::test]
async fn assignments_are_the_offices_business() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        for other in [t.doctor().await, t.expert().await, t.client_of(&company).await] {
            other.get("/api/v1/assignments").await.fails(403, "FORBIDDEN");
        }
    })
    .await;
}
