//! `/users`

use serde_json::json;
use tests::harness::{Client, PASSWORD, with_tenant};

use super::{address, client, sign_in, text};

#[tokio::test]
async fn the_office_invites_a_customers_user_who_then_sees_the_company_only() {
    with_tenant(async |t| {
        let (office, email) = (t.office().await, address());
        let company = t.company().await["id"].clone();
        t.company().await;
        office
            .post("/api/v1/users", json!({"email": email, "companyId": company, "name": "Ece Ak", "isCompanyAdmin": true}))
            .await
            .created();
        let body = json!({"token": t.mail_to(&email).await.token("accept-invite"), "name": "Ece Ak", "password": "Fener-Su-7"});
        Client::anonymous().post("/api/v1/auth/accept-invite", body).await.no_content();
        let signed_in = super::try_sign_in(&email, "Fener-Su-7").await.ok();
        assert_eq!((&signed_in["user"]["role"], &signed_in["user"]["companyId"]), (&json!("CLIENT"), &company));
        let rows = client(&signed_in).get("/api/v1/companies").await.rows();
        assert_eq!((rows.len(), &rows[0]["id"]), (1, &company));
    })
    .await;
}

#[tokio::test]
async fn a_customers_user_without_the_flag_administers_nobody() {
    with_tenant(async |t| {
        let company = text(&t.company().await["id"]);
        let client = t.client_of(&company).await;
        client.get("/api/v1/users").await.fails(403, "FORBIDDEN");
        client.get("/api/v1/users/invitations").await.fails(403, "FORBIDDEN");
        client.post("/api/v1/users/invite", json!({"email": address()})).await.fails(403, "FORBIDDEN");
        let path = format!("/api/v1/users/{}", client.user);
        client.patch(&path, json!({"isCompanyAdmin": true, "version": 1})).await.fails(403, "FORBIDDEN");
        let me = client.get("/api/v1/auth/me").await.ok();
        assert!(!me["permissions"].as_array().is_some_and(|list| list.contains(&json!("invite_user"))));
    })
    .await;
}

#[tokio::test]
async fn a_company_admin_administers_the_own_company_only() {
    with_tenant(async |t| {
        let (own, other) = (text(&t.company().await["id"]), text(&t.company().await["id"]));
        let boss = t.client_admin_of(&own).await;
        let (colleague, _) = t.insert_user("CLIENT", Some(&own), false).await;
        let (stranger, _) = t.insert_user("CLIENT", Some(&other), false).await;
        assert_eq!(boss.get("/api/v1/users").await.total(), 2);
        let invitation = boss.post("/api/v1/users/invite", json!({"email": address()})).await.created();
        assert_eq!(invitation["companyId"], own);
        let body = json!({"email": address(), "companyId": other});
        boss.post("/api/v1/users/invite", body).await.fails(404, "NOT_FOUND").on_field("companyId");

        let path = format!("/api/v1/users/{colleague}");
        assert_eq!(boss.patch(&path, json!({"title": "Müdür", "version": 1})).await.ok()["title"], "Müdür");
        boss.post(&format!("{path}/deactivate"), json!({})).await.ok();
        boss.post(&format!("{path}/reactivate"), json!({})).await.ok();
        // Not even the own rights: the company would have nobody left.
        let path = format!("/api/v1/users/{}", boss.user);
        boss.patch(&path, json!({"isCompanyAdmin": false, "version": 1})).await.fails(422, "BUSINESS_RULE");
        boss.post(&format!("{path}/deactivate"), json!({})).await.fails(422, "BUSINESS_RULE");
        boss.patch(&path, json!({"title": "Müdür", "version": 1})).await.ok();

        let path = format!("/api/v1/users/{stranger}");
        boss.get(&path).await.fails(404, "NOT_FOUND");
        boss.post(&format!("{path}/deactivate"), json!({})).await.fails(404, "NOT_FOUND");
        boss.get("/api/v1/staff").await.fails(403, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn nobody_becomes_an_administrator_by_naming_the_role() {
    with_tenant(async |t| {
        let company = text(&t.company().await["id"]);
        let boss = t.client_admin_of(&company).await;
        let (user, _) = t.insert_user("CLIENT", Some(&company), false).await;
        let own = json!({"name": "Ece Ak", "role": "ADMIN", "version": 1});
        boss.patch("/api/v1/profile", own.clone()).await.fails(400, "VALIDATION_ERROR").on_field("role");
        boss.patch(&format!("/api/v1/users/{user}"), own).await.fails(400, "VALIDATION_ERROR").on_field("role");
        let invite = json!({"email": address(), "role": "ADMIN"});
        boss.post("/api/v1/users", invite).await.fails(400, "VALIDATION_ERROR").on_field("role");
    })
    .await;
}

#[tokio::test]
async fn the_flag_taken_away_ends_the_sessions() {
    with_tenant(async |t| {
        let company = text(&t.company().await["id"]);
        let office = t.office().await;
        let (user, email) = t.insert_user("CLIENT", Some(&company), true).await;
        let boss = client(&sign_in(&email).await);
        boss.get("/api/v1/users").await.ok();
        office.patch(&format!("/api/v1/users/{user}"), json!({"isCompanyAdmin": false, "version": 1})).await.ok();
        boss.get("/api/v1/users").await.fails(401, "SESSION_REVOKED");
        client(&sign_in(&email).await).get("/api/v1/users").await.fails(403, "FORBIDDEN");
        assert_eq!(t.audited("user", &user.to_string()).await, ["ROLE_CHANGE"]);
    })
    .await;
}

#[tokio::test]
async fn users_are_found_by_company_and_words() {
    with_tenant(async |t| {
        let company = text(&t.company().await["id"]);
        let office = t.office().await;
        let (user, _) = t.insert_user("CLIENT", Some(&company), false).await;
        let path = format!("/api/v1/users/{user}");
        office.patch(&path, json!({"name": "Şule Iğdır", "phone": "0532 123 45 67", "version": 1})).await.ok();
        assert_eq!(office.get(&path).await.ok()["phone"], "+905321234567");
        for query in [format!("companyId={company}"), "q=sule".into(), "q=IGDIR".into()] {
            let rows = office.get(&format!("/api/v1/users?{query}")).await.rows();
            assert_eq!((rows.len(), &rows[0]["id"]), (1, &json!(user.to_string())), "{query}");
        }
        // Staff are no customers' users, and the other way round.
        office.get(&format!("/api/v1/users/{}", office.user)).await.fails(404, "NOT_FOUND");
        office.get(&format!("/api/v1/staff/{user}")).await.fails(404, "NOT_FOUND");
        let body = json!({"email": address(), "companyId": tests::harness::new_id()});
        office.post("/api/v1/users", body).await.fails(404, "NOT_FOUND").on_field("companyId");
        office
            .post("/api/v1/users", json!({"email": address()}))
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("companyId");
        assert_eq!(sign_in_name(&path, &office).await, "Şule Iğdır");
    })
    .await;
}

async fn sign_in_name(path: &str, office: &Client) -> String {
    let email = text(&office.get(path).await.ok()["email"]);
    text(&super::try_sign_in(&email, PASSWORD).await.ok()["user"]["name"])
}
