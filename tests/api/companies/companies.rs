//! `/api/v1/companies`

use serde_json::json;
use tests::harness::{new_id, with_tenant};

use super::{DANGEROUS, company, employee, id, workplace};

#[tokio::test]
async fn a_new_company_is_a_lead_and_can_be_opened() {
    with_tenant(async |t| {
        let office = t.office().await;
        let answer =
            office.post("/api/v1/companies", json!({"name": "  Yıldız Metal A.Ş. ", "phone": "0532 123 45 67"})).await;
        let made = answer.created();
        assert_eq!(
            (&made["name"], &made["status"], &made["version"]),
            (&json!("Yıldız Metal A.Ş."), &json!("LEAD"), &json!(1))
        );
        assert_eq!(made["phone"], "+905321234567");
        let path = format!("/api/v1/companies/{}", id(&made));
        assert_eq!(answer.header("location"), Some(path.as_str()));
        let opened = office.get(&path).await;
        assert_eq!(opened.header("etag"), Some("\"1\""));
        assert_eq!(opened.ok()["counts"], json!({"workplaces": 0, "employees": 0}));
        assert_eq!(t.audited("company", &id(&made)).await, ["CREATE"]);
    })
    .await;
}

#[tokio::test]
async fn a_tax_id_can_be_used_once_while_its_company_lives() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let first =
            admin.post("/api/v1/companies", json!({"name": "Yıldız Metal", "taxId": "4830123451"})).await.created();
        let again = admin.post("/api/v1/companies", json!({"name": "Başka A.Ş.", "taxId": "4830123451"})).await;
        again.fails(409, "DUPLICATE_RECORD").on_field("taxId");
        assert!(again.text.contains(&id(&first)), "the answer names the company that has it: {}", again.text);
        admin.delete(&format!("/api/v1/companies/{}", id(&first)), 1).await.no_content();
        admin.post("/api/v1/companies", json!({"name": "Başka A.Ş.", "taxId": "4830123451"})).await.created();
    })
    .await;
}

#[tokio::test]
async fn the_same_tax_id_in_another_tenant_disturbs_nobody() {
    with_tenant(async |t| {
        let body = json!({"name": "Yıldız Metal", "taxId": "4830123451"});
        t.office().await.post("/api/v1/companies", body.clone()).await.created();
        with_tenant(async |other| {
            other.office().await.post("/api/v1/companies", body).await.created();
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    with_tenant(async |t| {
        let office = t.office().await;
        let body =
            json!({"name": "A", "taxId": "1234567891", "email": "x", "phone": "12", "naceCode": "25", "role": "ADMIN"});
        let answer = office.post("/api/v1/companies", body).await;
        for field in ["name", "taxId", "email", "phone", "naceCode", "role"] {
            answer.fails(400, "VALIDATION_ERROR").on_field(field);
        }
        let answer =
            office.post("/api/v1/companies", json!({"name": "Yıldız", "cityCode": "34", "districtCode": "1104"})).await;
        answer.fails(400, "VALIDATION_ERROR").on_field("districtCode");
    })
    .await;
}

#[tokio::test]
async fn a_sole_traders_number_is_never_shown_whole() {
    with_tenant(async |t| {
        let office = t.office().await;
        let answer = office.post("/api/v1/companies", json!({"name": "Esnaf Ali", "taxId": "19090909018"})).await;
        assert_eq!(answer.created()["taxId"], "190******18");
        let list = office.get("/api/v1/companies").await;
        assert!(!list.text.contains("19090909018"));
    })
    .await;
}

#[tokio::test]
async fn the_activity_decides_the_danger_class() {
    with_tenant(async |t| {
        let office = t.office().await;
        let body = json!({"name": "Yıldız Metal", "naceCode": "25.11.06", "dangerClass": "LESS_DANGEROUS"});
        let made = office.post("/api/v1/companies", body).await.created();
        assert_eq!((&made["naceCode"], &made["dangerClass"]), (&json!(DANGEROUS), &json!("DANGEROUS")));
        assert_eq!(made["warnings"][0]["field"], "dangerClass");
        let unknown = office.post("/api/v1/companies", json!({"name": "Yıldız Metal", "naceCode": "999999"})).await;
        unknown.fails(400, "VALIDATION_ERROR").on_field("naceCode");
    })
    .await;
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name_and_null_clears() {
    with_tenant(async |t| {
        let office = t.office().await;
        let made = office
            .post("/api/v1/companies", json!({"name": "Yıldız", "source": "Fuar", "email": "a@b.test"}))
            .await
            .created();
        let path = format!("/api/v1/companies/{}", id(&made));
        let changed = office.patch(&path, json!({"version": 1, "source": null})).await.ok();
        assert_eq!(
            (&changed["source"], &changed["email"], &changed["version"]),
            (&json!(null), &json!("a@b.test"), &json!(2))
        );
        office.patch(&path, json!({"version": 2, "name": null})).await.fails(400, "VALIDATION_ERROR").on_field("name");
        assert_eq!(t.audited("company", &id(&made)).await, ["CREATE", "UPDATE"]);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_change_the_same_version_one_is_told_so() {
    with_tenant(async |t| {
        let office = t.office().await;
        let path = format!("/api/v1/companies/{}", company(&office, "Yıldız").await);
        let change = |name: &str| office.patch(&path, json!({"version": 1, "name": name}));
        let (one, other) = tokio::join!(change("Yıldız Bir"), change("Yıldız İki"));
        let mut answers = [one, other];
        answers.sort_by_key(|answer| answer.status);
        answers[0].ok();
        answers[1].fails(409, "VERSION_CONFLICT").on_field("version");
        office.patch(&path, json!({"name": "Yıldız"})).await.fails(400, "VALIDATION_ERROR").on_field("version");
    })
    .await;
}

#[tokio::test]
async fn a_company_whose_users_may_sign_in_is_not_deleted() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let path = format!("/api/v1/companies/{company}");
        let client = t.client_of(&company).await;
        let user = client.user.clone();
        let body = json!({"companyId": company, "email": format!("{}@yildiz.test", new_id()), "name": "Ayşe Kaya"});
        let invitation = id(&admin.post("/api/v1/users/invite", body).await.created());
        admin.delete(&path, 1).await.fails(409, "DEPENDENCY_EXISTS").on_field("users").on_field("invitations");
        admin.post(&format!("/api/v1/users/{user}/deactivate"), json!({})).await.ok();
        admin.post(&format!("/api/v1/users/invitations/{invitation}/revoke"), json!({})).await.ok();
        admin.delete(&path, 1).await.no_content();
    })
    .await;
}

#[tokio::test]
async fn a_company_that_others_depend_on_is_not_deleted() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let workplace = workplace(&admin, &company, DANGEROUS).await;
        employee(&admin, &workplace, &json!({})).await;
        let path = format!("/api/v1/companies/{company}");
        admin.delete(&path, 1).await.fails(409, "DEPENDENCY_EXISTS").on_field("workplaces").on_field("employees");
        assert_eq!(admin.get(&path).await.ok()["counts"], json!({"workplaces": 1, "employees": 1}));
    })
    .await;
}

#[tokio::test]
async fn only_an_admin_deletes() {
    with_tenant(async |t| {
        let office = t.office().await;
        let path = format!("/api/v1/companies/{}", company(&office, "Yıldız").await);
        for other in [office, t.doctor().await, t.expert().await] {
            other.delete(&path, 1).await.fails(403, "FORBIDDEN");
        }
    })
    .await;
}

#[tokio::test]
async fn a_repeated_key_makes_one_company() {
    with_tenant(async |t| {
        let office = t.office().await;
        let send = || office.post("/api/v1/companies", json!({"name": "Yıldız"})).key("yildiz-2026-11-22");
        let first = send().await.created();
        let again = send().await;
        assert_eq!(id(&again.created()), id(&first));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(office.get("/api/v1/companies").await.total(), 1);
    })
    .await;
}
