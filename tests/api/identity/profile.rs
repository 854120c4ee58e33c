//! `/profile` and the change of e-mail

use serde_json::json;
use tests::harness::{Client, PASSWORD, Tenant, with_tenant};

use super::{OTHER_PASSWORD, address, client, link_to, sign_in, text, try_sign_in};

#[tokio::test]
async fn everybody_changes_the_own_profile_and_neither_role_nor_company() {
    with_tenant(async |t| {
        let company = text(&t.company().await["id"]);
        for caller in [t.expert().await, t.client_of(&company).await] {
            let before = caller.get("/api/v1/profile").await;
            assert_eq!(before.header("etag"), Some("\"1\""));
            let change = json!({"name": "Umut Şahin", "firstName": "Umut", "phone": "+90 532 123 45 67", "locale": "en", "version": 1});
            let after = caller.patch("/api/v1/profile", change).await.ok();
            assert_eq!((&after["name"], &after["phone"], &after["locale"]), (&json!("Umut Şahin"), &json!("+905321234567"), &json!("en")));
            assert_eq!(after["role"], before.ok()["role"]);
            for field in ["role", "companyId", "email", "isActive"] {
                caller.patch("/api/v1/profile", json!({field: "x", "version": 2})).await.fails(400, "VALIDATION_ERROR").on_field(field);
            }
            caller.patch("/api/v1/profile", json!({"title": "Uzman", "version": 1})).await.fails(409, "VERSION_CONFLICT");
            assert_eq!(caller.get("/api/v1/auth/me").await.ok()["user"]["name"], "Umut Şahin");
            assert_eq!(t.audited("user", &caller.user).await, ["UPDATE"]);
        }
    })
    .await;
}

async fn confirm(token: &str) -> tests::harness::Answer {
    Client::anonymous().post("/api/v1/profile/email/confirm", json!({"token": token})).await
}

#[tokio::test]
async fn another_e_mail_counts_once_its_mailbox_has_confirmed_it() {
    with_tenant(async |t| {
        let (user, old) = t.insert_user("OFFICE", None, false).await;
        let (office, new) = (client(&sign_in(&old).await), address());
        let ask = |email: &str, password: &str| {
            office.post("/api/v1/profile/email", json!({"email": email, "password": password}))
        };
        ask(&new, OTHER_PASSWORD).await.fails(400, "VALIDATION_ERROR").on_field("password");
        ask(&old, PASSWORD).await.fails(400, "VALIDATION_ERROR").on_field("email");
        ask(&new, PASSWORD).await.accepted();
        let token = t.mail_to(&new).await.token("confirm-email");
        try_sign_in(&new, PASSWORD).await.fails(401, "UNAUTHORIZED");

        confirm(&token).await.no_content();
        confirm(&token).await.fails(410, "GONE");
        office.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        try_sign_in(&old, PASSWORD).await.fails(401, "UNAUTHORIZED");
        assert_eq!(sign_in(&new).await["user"]["id"], user.to_string());
        assert!(t.mail_to(&old).await.text.contains("/forgot-password"));
    })
    .await;
}

#[tokio::test]
async fn whoever_works_for_two_tenants_is_found_by_the_new_e_mail_in_both_and_both_know_what_was_done() {
    with_tenant(async |t| {
        let other = Tenant::new().await;
        let (user, old) = other.insert_user("DOCTOR", None, false).await;
        let (admin, there) = (t.admin().await, other.admin().await);
        let body = json!({"email": old, "role": "EXPERT", "certificateClass": "B"});
        admin.post("/api/v1/staff", body).await.created();
        let token = t.mail_to(&old).await.token("accept-invite");
        let body = json!({"token": token, "name": "Umut Kaya", "password": PASSWORD});
        Client::anonymous().post("/api/v1/auth/accept-invite", body).await.no_content();

        let new = address();
        let enter = async |email: &str| {
            let body = json!({"email": email, "password": PASSWORD, "client": "mobile", "tenantId": t.id});
            client(&Client::anonymous().post("/api/v1/auth/login", body).await.ok())
        };
        let body = json!({"email": new, "password": PASSWORD});
        enter(&old).await.post("/api/v1/profile/email", body).await.accepted();
        confirm(&t.mail_to(&new).await.token("confirm-email")).await.no_content();
        for by in [&admin, &there] {
            assert_eq!(by.get(&format!("/api/v1/staff?q={}", &new[..20])).await.rows().len(), 1);
        }
        let here = enter(&new).await;
        let body = json!({"current": PASSWORD, "new": OTHER_PASSWORD});
        here.post("/api/v1/auth/change-password", body).await.no_content();
        here.post("/api/v1/auth/logout-all", json!({})).await.no_content();
        assert_eq!(other.audited("user", &user.to_string()).await, ["UPDATE", "PASSWORD_CHANGE", "LOGOUT"]);
        other.is_tidy().await;
    })
    .await;
}

#[tokio::test]
async fn the_e_mail_of_somebody_else_cannot_be_taken_and_nobody_is_told_before_its_mailbox() {
    with_tenant(async |t| {
        let (_, taken) = t.insert_user("DOCTOR", None, false).await;
        let office = t.office().await;
        let ask = |email: &str| office.post("/api/v1/profile/email", json!({"email": email, "password": PASSWORD}));
        assert_eq!(ask(&address()).await.accepted(), ask(&taken).await.accepted());
        let mail = t.mail_to(&taken).await;
        confirm(&mail.token("confirm-email")).await.fails(409, "DUPLICATE_RECORD").on_field("email");
        sign_in(&taken).await;
    })
    .await;
}

#[tokio::test]
async fn an_e_mail_that_a_stranger_registered_and_never_confirmed_goes_to_whoever_has_its_mailbox() {
    with_tenant(async |t| {
        let email = address();
        let stranger =
            json!({"tenantName": "Yabancı OSGB", "name": "Yabancı", "email": email, "password": OTHER_PASSWORD});
        Client::anonymous().post("/api/v1/auth/register", stranger).await.accepted();
        let theirs = link_to("confirm-registration", &email).await;
        let office = t.office().await;
        office.post("/api/v1/profile/email", json!({"email": email, "password": PASSWORD})).await.accepted();
        confirm(&link_to("confirm-email", &email).await).await.no_content();
        assert_eq!(sign_in(&email).await["user"]["id"], office.user.as_str());
        let late = json!({"token": theirs, "password": OTHER_PASSWORD});
        Client::anonymous().post("/api/v1/auth/confirm-registration", late).await.fails(410, "GONE");
    })
    .await;
}

#[tokio::test]
async fn a_reset_password_makes_an_e_mail_that_waits_for_confirmation_void() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let (thief, theirs) = (client(&sign_in(&email).await), address());
        thief.post("/api/v1/profile/email", json!({"email": theirs, "password": PASSWORD})).await.accepted();
        let link = t.mail_to(&theirs).await.token("confirm-email");
        Client::anonymous().post("/api/v1/auth/forgot-password", json!({"email": email})).await.accepted();
        let token = link_to("reset-password", &email).await;
        let body = json!({"token": token, "password": OTHER_PASSWORD});
        Client::anonymous().post("/api/v1/auth/reset-password", body).await.no_content();
        confirm(&link).await.fails(410, "GONE");
    })
    .await;
}
