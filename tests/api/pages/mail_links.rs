//! Where the links of mails lead, and the choice among several organisations.

use serde_json::json;
use tests::harness::{Answer, Client, PASSWORD, Tenant, mail_to, new_id, with_tenant};

use super::{OTHER_PASSWORD, address, cookie, sign_in};

async fn post(path: &str, fields: &[(&str, &str)]) -> Answer {
    Client::anonymous().call(reqwest::Method::POST, path).form(fields).await
}

#[tokio::test]
async fn a_link_that_nobody_made_is_not_there() {
    for page in ["reset-password", "accept-invite", "confirm-registration", "confirm-email"] {
        for token in ["x", "a.b.c", "%00", "..%2f..", &new_id().to_string()] {
            let shown = Client::anonymous().get(&format!("/{page}/{token}")).await;
            assert!(shown.page(404).contains("Bu bağlantı geçerli değil"), "{}", shown.text);
        }
    }
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_the_page_of_its_mail_once() {
    with_tenant(async |t| {
        let office = t.office().await;
        for email in [office.email.clone(), address()] {
            // The answer is the same whether the address is known or not.
            assert_eq!(post("/forgot-password", &[("email", &email)]).await.leads_to(), "/forgot-password/sent");
        }
        assert!(post("/forgot-password", &[("email", "yarım@")]).await.page(400).contains("id=\"f-email-error\""));
        let link = format!("/reset-password/{}", t.mail_to(&office.email).await.token("reset-password"));
        let shown = Client::anonymous().get(&link).await;
        shown.page(200);
        assert_eq!(shown.header("referrer-policy"), Some("same-origin"));
        let token = shown.input("token");
        let weak = post(&link, &[("token", &token), ("password", "password1234")]).await;
        assert!(weak.page(400).contains("id=\"f-password-error\"") && !weak.text.contains("password1234"));
        office.get("/panel").await.page(200);
        assert_eq!(post(&link, &[("token", &token), ("password", OTHER_PASSWORD)]).await.leads_to(), "/login");
        office.get("/panel").await.leads_to();
        for late in [
            Client::anonymous().get(&link).await,
            post(&link, &[("token", &token), ("password", OTHER_PASSWORD)]).await,
        ] {
            assert!(late.page(410).contains("href=\"/forgot-password\""), "{}", late.text);
        }
        assert_eq!(sign_in(&office.email, OTHER_PASSWORD, "/login", "tr").await.leads_to(), "/panel");
    })
    .await;
}

#[tokio::test]
async fn a_registration_is_confirmed_by_the_page_of_its_mail_with_its_password() {
    let email = address();
    let tenant = format!("Ege OSGB {}", new_id().simple());
    let mut fields = vec![("tenantName", tenant.as_str()), ("name", "Ada Yıldırım"), ("email", email.as_str())];
    let mistaken: Vec<_> = fields.iter().copied().chain([("password", "kısa")]).collect();
    assert!(post("/register", &mistaken).await.page(400).contains("id=\"f-password-error\""));
    fields.push(("password", PASSWORD));
    assert_eq!(post("/register", &fields).await.leads_to(), "/register/sent");
    let link = format!("/confirm-registration/{}", mail_to(&email, 1).await.token("confirm-registration"));
    let token = Client::anonymous().get(&link).await.input("token");
    let wrong = post(&link, &[("token", &token), ("password", OTHER_PASSWORD)]).await;
    assert!((400..500).contains(&wrong.status) && wrong.text.contains("id=\"f-password"), "{}", wrong.text);
    assert_eq!(post(&link, &[("token", &token), ("password", PASSWORD)]).await.leads_to(), "/login");
    Client::anonymous().get(&link).await.page(410);
    let back = sign_in(&email, PASSWORD, "/login", "tr").await;
    Client::anonymous().with("cookie", &cookie(&back)).get("/panel").await.page(200);
}

#[tokio::test]
async fn an_invitation_says_who_invites_and_asks_whoever_has_an_account_for_its_password() {
    with_tenant(async |t| {
        let other = Tenant::new().await;
        let (_, known) = other.insert_user("DOCTOR", None, false).await;
        let (admin, unknown) = (t.admin().await, address());
        for email in [&known, &unknown] {
            admin.post("/api/v1/staff", json!({"email": email, "role": "EXPERT"})).await.created();
            let link = format!("/accept-invite/{}", t.mail_to(email).await.token("accept-invite"));
            let shown = Client::anonymous().get(&link).await;
            let html = shown.page(200);
            assert!(html.contains("Deneme OSGB") && html.contains(email) && html.contains("İş güvenliği uzmanı"));
            let token = shown.input("token");
            let wrong = if *email == known { OTHER_PASSWORD } else { "kısa" };
            let answer = |name: &str, password: &str| {
                let fields = [("token", token.as_str()), ("name", name), ("password", password)];
                Client::anonymous().call(reqwest::Method::POST, &link).form(&fields)
            };
            assert!(answer("Umut Kaya", wrong).await.page(400).contains("id=\"f-password-error\""));
            assert!(answer("D", PASSWORD).await.page(400).contains("id=\"f-name-error\""));
            assert_eq!(answer("Umut Kaya", PASSWORD).await.leads_to(), "/login");
            assert!(answer("Umut Kaya", PASSWORD).await.page(410).contains("yeni bir davet isteyin"));
        }
        other.is_tidy().await;
    })
    .await;
}

#[tokio::test]
async fn whoever_works_for_two_organisations_chooses_one_after_the_password() {
    with_tenant(async |t| {
        let other = Tenant::new().await;
        let (_, email) = other.insert_user("DOCTOR", None, false).await;
        t.admin().await.post("/api/v1/staff", json!({"email": email, "role": "EXPERT"})).await.created();
        let token = t.mail_to(&email).await.token("accept-invite");
        let fields = [("token", token.as_str()), ("name", "Umut Kaya"), ("password", PASSWORD)];
        post(&format!("/accept-invite/{token}"), &fields).await.leads_to();

        let asked = sign_in(&email, PASSWORD, "/login?next=%2Fpanel%2Fprofile", "tr").await;
        let html = asked.page(200);
        assert!(asked.header("set-cookie").is_none(), "nobody is signed in yet");
        for tenant in [t.id, other.id] {
            assert!(html.contains(&format!("value=\"{tenant}\"")), "{html}");
        }
        let proof = asked.input("proof");
        let choose = |tenant: &str, proof: &str| {
            let fields = [("tenantId", tenant), ("proof", proof)];
            Client::anonymous().call(reqwest::Method::POST, "/login/tenant?next=%2Fpanel%2Fprofile").form(&fields)
        };
        let stranger = Tenant::new().await;
        choose(&stranger.id.to_string(), &proof).await.page(404);
        choose("no-id", &proof).await.page(400);
        assert_ne!(choose(&t.id.to_string(), &proof[1..]).await.status, 303);
        for (tenant, role) in [(t.id, "EXPERT"), (other.id, "DOCTOR")] {
            let chosen = choose(&tenant.to_string(), &proof).await;
            assert_eq!(chosen.leads_to(), "/panel/profile");
            let me = Client::anonymous().with("cookie", &cookie(&chosen)).get("/api/v1/auth/me").await.ok();
            assert_eq!((&me["user"]["tenantId"], &me["user"]["role"]), (&json!(tenant), &json!(role)));
        }
        // Another password makes the proof void.
        let body = json!({"email": email, "password": PASSWORD, "client": "mobile", "tenantId": t.id});
        let token = Client::anonymous().post("/api/v1/auth/login", body).await.ok()["accessToken"].clone();
        let change = json!({"current": PASSWORD, "new": OTHER_PASSWORD});
        Client::bearer(token.as_str().unwrap()).post("/api/v1/auth/change-password", change).await.no_content();
        assert_eq!(choose(&t.id.to_string(), &proof).await.leads_to(), "/login");
        other.is_tidy().await;
    })
    .await;
}
