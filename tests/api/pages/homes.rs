//! `/panel` and `/portal`: what each role begins with.

use serde_json::json;
use tests::harness::{Client, with_tenant};

use super::text;

#[tokio::test]
async fn each_role_begins_with_what_matters_to_it() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let company = json!({"name": "Işık Metal A.Ş.", "status": "CUSTOMER"});
        let company = text(&office.post("/api/v1/companies", company).await.created()["id"]);
        let workplace = json!({"companyId": company, "title": "Merkez Fabrika", "naceCode": "251106"});
        let workplace = text(&office.post("/api/v1/workplaces", workplace).await.created()["id"]);
        let employee =
            json!({"workplaceId": workplace, "firstName": "Ada", "lastName": "Kaya", "startDate": "2024-01-15"});
        office.post("/api/v1/employees", employee).await.created();
        let home = admin.get("/panel").await;
        assert!(home.page(200).contains(&format!("/panel/workplaces/{workplace}")), "{}", home.text);

        // Served, it is not lacking any more; whoever serves it has it before him.
        let (doctor, expert) = (t.doctor().await, t.expert().await);
        assert!(!doctor.get("/panel").await.page(200).contains("Merkez Fabrika"));
        for (who, kind) in [(&doctor, "PHYSICIAN"), (&expert, "SAFETY_EXPERT")] {
            let body = json!({"staffId": who.user, "workplaceId": workplace, "kind": kind, "startsOn": "2024-01-15",
                "monthlyMinutes": 120});
            office.post("/api/v1/assignments", body).await.created();
            let home = who.get("/panel").await;
            assert!(home.page(200).contains("Merkez Fabrika") && home.text.contains("120"), "{}", home.text);
        }
        tests::harness::eventually("the home to know of the assignments", async || {
            let home = office.get("/panel").await;
            (!home.page(200).contains(&format!("/panel/workplaces/{workplace}"))).then_some(())
        })
        .await;

        // The customer is told who serves it, and nothing of anybody else.
        let client = t.client_of(&company).await;
        let portal = client.get("/portal").await;
        for part in ["Işık Metal", "Merkez Fabrika", "Deneme DOCTOR", "Deneme EXPERT"] {
            assert!(portal.page(200).contains(part), "{part}: {}", portal.text);
        }
        assert!(!portal.text.contains("/portal/colleagues"), "the way is the company administrator's");
        let other = t.client_admin_of(&text(&t.company().await["id"])).await;
        let portal = other.get("/portal").await;
        assert!(!portal.page(200).contains("Deneme DOCTOR") && portal.text.contains("/portal/colleagues"));

        assert_eq!(client.get("/panel").await.leads_to(), "/portal");
        assert_eq!(office.get("/portal").await.leads_to(), "/panel");
        Client::anonymous().get("/panel").await.leads_to();
    })
    .await;
}

#[tokio::test]
async fn the_home_names_who_is_invited_and_whose_certificate_ends() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let (expert, _) = t.insert_user("EXPERT", None, false).await;
        let change = json!({"name": "Belgesi Biten", "certificateExpiresOn": "2020-01-31", "version": 1});
        admin.patch(&format!("/api/v1/staff/{expert}"), change).await.ok();
        let email = super::address();
        admin.post("/api/v1/staff", json!({"email": email, "role": "EXPERT"})).await.created();
        let home = admin.get("/panel").await;
        assert!(home.page(200).contains("Belgesi Biten") && home.text.contains(&email), "{}", home.text);
        let home = office.get("/panel").await;
        assert!(!home.page(200).contains("Belgesi Biten") && !home.text.contains(&email), "{}", home.text);
    })
    .await;
}
