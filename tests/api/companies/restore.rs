//! Deleting softly and bringing back.

use serde_json::json;
use tests::harness::{Call, Client, new_id, with_tenant};

use super::{DANGEROUS, company, employee, id, person, workplace};

fn restore(by: &Client, path: &str) -> Call {
    by.call(reqwest::Method::POST, &format!("{path}/restore"))
}

#[tokio::test]
async fn a_deleted_company_is_gone_until_it_is_restored() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let id = company(&admin, "Yıldız").await;
        let path = format!("/api/v1/companies/{id}");
        restore(&admin, &path).await.fails(409, "INVALID_STATE");
        admin.delete(&path, 1).await.no_content();
        admin.get(&path).await.fails(404, "NOT_FOUND");
        admin.delete(&path, 2).await.fails(404, "NOT_FOUND");
        assert_eq!(admin.get("/api/v1/companies").await.total(), 0);
        let all = admin.get("/api/v1/companies?includeDeleted=true").await.rows();
        assert!(all[0]["deletedAt"].is_string());
        t.office().await.get("/api/v1/companies?includeDeleted=true").await.fails(403, "FORBIDDEN");
        let back = restore(&admin, &path).await.ok();
        assert_eq!((&back["version"], &back["deletedAt"]), (&json!(3), &json!(null)));
        assert_eq!(t.audited("company", &id).await, ["CREATE", "DELETE", "RESTORE"]);
    })
    .await;
}

#[tokio::test]
async fn a_restoration_that_is_sent_twice_with_one_key_gets_one_answer() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let workplace = workplace(&admin, &company, DANGEROUS).await;
        let employee = id(&employee(&admin, &workplace, &json!({})).await);
        let (doctor, _) = t.insert_user("DOCTOR", None, false).await;
        let body = json!({"staffId": doctor, "workplaceId": workplace, "kind": "PHYSICIAN", "startsOn": "2024-01-01"});
        let assignment = id(&admin.post("/api/v1/assignments", body).await.created());
        let paths = [
            format!("/api/v1/companies/{company}"),
            format!("/api/v1/workplaces/{workplace}"),
            format!("/api/v1/employees/{employee}"),
            format!("/api/v1/assignments/{assignment}"),
        ];
        for path in paths.iter().rev() {
            admin.delete(path, 1).await.no_content();
        }
        for path in &paths {
            let key = new_id().to_string();
            let first = restore(&admin, path).key(&key).await;
            let again = restore(&admin, path).key(&key).await;
            assert_eq!(first.ok(), again.ok(), "{path}");
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_company_does_not_come_back_when_its_tax_id_was_given_away() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let body = json!({"name": "Yıldız", "taxId": "4830123451"});
        let path = format!("/api/v1/companies/{}", id(&admin.post("/api/v1/companies", body.clone()).await.created()));
        admin.delete(&path, 1).await.no_content();
        admin.post("/api/v1/companies", body).await.created();
        restore(&admin, &path).await.fails(409, "DUPLICATE_RECORD").on_field("taxId");
    })
    .await;
}

#[tokio::test]
async fn a_workplace_comes_back_after_its_company() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let (company, workplace) = (
            format!("/api/v1/companies/{company}"),
            format!("/api/v1/workplaces/{}", workplace(&admin, &company, DANGEROUS).await),
        );
        admin.delete(&workplace, 1).await.no_content();
        admin.delete(&company, 1).await.no_content();
        restore(&admin, &workplace).await.fails(409, "INVALID_STATE").on_field("companyId");
        restore(&admin, &company).await.ok();
        restore(&admin, &workplace).await.ok();
    })
    .await;
}

#[tokio::test]
async fn the_last_employment_takes_the_person_along_and_brings_him_back() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let tckn = json!({"tckn": "10000000146"});
        let first = employee(&admin, &workplace, &tckn).await;
        let path = format!("/api/v1/employees/{}", id(&first));
        admin.delete(&path, 1).await.no_content();
        admin.get(&path).await.fails(404, "NOT_FOUND");
        assert_eq!(admin.get("/api/v1/employees?includeDeleted=true").await.total(), 1);
        // Entered anew, the citizen is a new person: a typing error in the old one is not inherited.
        let second = admin
            .post("/api/v1/employees", person(&workplace, &json!({"tckn": "10000000146", "firstName": "Ahmet"})))
            .await
            .created();
        assert_ne!(second["personId"], first["personId"]);
        restore(&admin, &path).await.fails(409, "DUPLICATE_RECORD").on_field("tckn");
        admin.delete(&format!("/api/v1/employees/{}", id(&second)), 1).await.no_content();
        assert_eq!(restore(&admin, &path).await.ok()["firstName"], "Mehmet");
    })
    .await;
}
