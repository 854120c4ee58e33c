//! `/staff`

use serde_json::json;
use tests::harness::{Tenant, with_tenant};

use super::{address, client, sign_in, text, try_sign_in};
use tests::harness::PASSWORD;

#[tokio::test]
async fn staff_are_listed_filtered_and_searched_by_turkish_words() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let (doctor, _) = t.insert_user("DOCTOR", None, false).await;
        let path = format!("/api/v1/staff/{doctor}");
        let change = json!({"name": "Işıl Çiğdem Öztürk", "professionalKind": "PHYSICIAN", "homeProvinceCode": "34", "version": 1});
        let changed = admin.patch(&path, change).await.ok();
        assert_eq!((&changed["version"], &changed["professionalKind"]), (&json!(2), &json!("PHYSICIAN")));

        assert_eq!(admin.get("/api/v1/staff").await.total(), 2);
        for query in ["role=DOCTOR", "q=ISIL", "q=ozturk%20cig", "isActive=true&q=isil"] {
            let rows = admin.get(&format!("/api/v1/staff?{query}")).await.rows();
            assert_eq!((rows.len(), &rows[0]["id"]), (1, &json!(doctor.to_string())), "{query}");
        }
        assert_eq!(admin.get("/api/v1/staff?isActive=false").await.total(), 0);
        admin.get("/api/v1/staff?sort=email").await.fails(400, "VALIDATION_ERROR").on_field("sort");
        assert_eq!(t.office().await.get(&path).await.ok()["name"], "Işıl Çiğdem Öztürk");
    })
    .await;
}

#[tokio::test]
async fn the_office_sees_of_staff_what_assigning_needs() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let (doctor, email) = t.insert_user("DOCTOR", None, false).await;
        let path = format!("/api/v1/staff/{doctor}");
        let change =
            json!({"professionalKind": "PHYSICIAN", "diplomaNo": "D-4711", "phone": "05321234567", "version": 1});
        assert_eq!(admin.patch(&path, change).await.ok()["diplomaNo"], "D-4711");
        let shown = json!({
            "id": doctor, "name": "Deneme DOCTOR", "role": "DOCTOR", "isActive": true,
            "professionalKind": "PHYSICIAN", "version": 2,
        });
        assert_eq!(office.get(&path).await.ok(), shown);
        let listed = office.get("/api/v1/staff?role=DOCTOR").await;
        assert_eq!(listed.rows(), [shown]);
        assert!(!listed.text.contains(&email) && !listed.text.contains("D-4711"), "{}", listed.text);
        assert_eq!(admin.get(&path).await.ok()["email"], email);
    })
    .await;
}

#[tokio::test]
async fn only_an_administrator_changes_staff() {
    with_tenant(async |t| {
        let (expert, _) = t.insert_user("EXPERT", None, false).await;
        let company = text(&t.company().await["id"]);
        for caller in [t.office().await, t.doctor().await, t.client_admin_of(&company).await] {
            let body = json!({"email": address(), "role": "ADMIN"});
            caller.post("/api/v1/staff", body).await.fails(403, "FORBIDDEN");
            let path = format!("/api/v1/staff/{expert}");
            caller.patch(&path, json!({"role": "ADMIN", "version": 1})).await.fails(403, "FORBIDDEN");
            caller.post(&format!("{path}/deactivate"), json!({})).await.fails(403, "FORBIDDEN");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_role_ends_the_sessions_at_the_next_request() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let (user, email) = t.insert_user("OFFICE", None, false).await;
        let office = client(&sign_in(&email).await);
        office.get("/api/v1/auth/me").await.ok();
        let path = format!("/api/v1/staff/{user}");
        admin.patch(&path, json!({"role": "ADMIN"})).header("if-match", "\"1\"").await.ok();
        office.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        assert_eq!(t.audited("user", &user.to_string()).await, ["ROLE_CHANGE"]);
        assert_eq!(sign_in(&email).await["user"]["role"], "ADMIN");
    })
    .await;
}

#[tokio::test]
async fn who_is_deactivated_is_out_until_let_in_again() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let (user, email) = t.insert_user("EXPERT", None, false).await;
        let expert = client(&sign_in(&email).await);
        expert.get("/api/v1/auth/me").await.ok();
        let path = format!("/api/v1/staff/{user}");
        let out = admin.post(&format!("{path}/deactivate"), json!({})).await.ok();
        assert_eq!(out["isActive"], false);
        assert!(out["deactivatedAt"].is_string());
        expert.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        try_sign_in(&email, PASSWORD).await.fails(401, "UNAUTHORIZED");
        admin.post(&format!("{path}/deactivate"), json!({})).await.fails(409, "INVALID_STATE");
        admin.post(&format!("{path}/reactivate"), json!({})).await.ok();
        sign_in(&email).await;
    })
    .await;
}

#[tokio::test]
async fn the_last_active_admin_stays_one_and_nobody_changes_the_own_role() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let path = format!("/api/v1/staff/{}", admin.user);
        let demote = json!({"role": "OFFICE", "version": 1});
        admin.patch(&path, demote).await.fails(422, "BUSINESS_RULE").with_code("OWN_ROLE");
        admin.post(&format!("{path}/deactivate"), json!({})).await.fails(422, "BUSINESS_RULE").with_code("LAST_ADMIN");
    })
    .await;
}

#[tokio::test]
async fn two_admins_who_demote_each_other_at_once_do_not_both_succeed() {
    with_tenant(async |t| {
        for _ in 0..3 {
            let (one, two) = (t.admin().await, t.admin().await);
            let demote = |by: &tests::harness::Client, whom: &str| {
                by.patch(&format!("/api/v1/staff/{whom}"), json!({"role": "OFFICE", "version": 1}))
            };
            let (a, b) = tokio::join!(demote(&one, &two.user), demote(&two, &one.user));
            assert!(a.status == 200 || b.status == 200, "{} {}", a.text, b.text);
            let (left,): (i64,) =
                sqlx::query_as("SELECT COUNT(*) FROM users_rows WHERE tenant_id = ? AND role = 'ADMIN' AND is_active")
                    .bind(t.id)
                    .fetch_one(&mut t.sql().await)
                    .await
                    .expect("admins can be counted");
            assert!(left >= 1);
            // The next round begins with no admin but its own.
            sqlx::query("UPDATE users_rows SET role = 'OFFICE' WHERE tenant_id = ?")
                .bind(t.id)
                .execute(&mut t.sql().await)
                .await
                .expect("roles can be set");
        }
    })
    .await;
}

#[tokio::test]
async fn a_stale_change_is_told_the_current_version() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let (user, _) = t.insert_user("EXPERT", None, false).await;
        let path = format!("/api/v1/staff/{user}");
        admin.patch(&path, json!({"title": "Uzman", "version": 1})).await.ok();
        let stale = admin.patch(&path, json!({"title": "Baş uzman", "version": 1})).await;
        stale.fails(409, "VERSION_CONFLICT");
        assert_eq!(stale.header("etag"), Some("\"2\""));
        admin.patch(&path, json!({"title": "Baş uzman"})).await.fails(400, "VALIDATION_ERROR").on_field("version");
        assert_eq!(admin.patch(&path, json!({"title": null, "version": 2})).await.ok()["title"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_field_by_field() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let invite = |body| admin.post("/api/v1/staff", body);
        invite(json!({"email": "x", "role": "CLIENT", "password": "y"}))
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("email")
            .on_field("role")
            .on_field("password");
        let dates = json!({"email": address(), "role": "EXPERT", "certificateIssuedOn": "2024-05-02", "certificateExpiresOn": "2024-05-01"});
        invite(dates).await.fails(400, "VALIDATION_ERROR").on_field("certificateExpiresOn");
        let province = json!({"email": address(), "role": "EXPERT", "homeProvinceCode": "99"});
        invite(province).await.fails(404, "NOT_FOUND").on_field("homeProvinceCode");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sends_a_link_and_types_no_password() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let (user, email) = t.insert_user("EXPERT", None, false).await;
        admin.post(&format!("/api/v1/staff/{user}/reset-password"), json!({})).await.accepted();
        let token = t.mail_to(&email).await.token("reset-password");
        let body = json!({"token": token, "password": super::OTHER_PASSWORD});
        tests::harness::Client::anonymous().post("/api/v1/auth/reset-password", body).await.no_content();
        try_sign_in(&email, super::OTHER_PASSWORD).await.ok();
    })
    .await;
}

#[tokio::test]
async fn another_tenants_staff_do_not_exist() {
    with_tenant(async |t| {
        let other = Tenant::new().await;
        let (stranger, _) = other.insert_user("EXPERT", None, false).await;
        let admin = t.admin().await;
        let path = format!("/api/v1/staff/{stranger}");
        admin.get(&path).await.fails(404, "NOT_FOUND");
        admin.patch(&path, json!({"name": "Başka Biri", "version": 1})).await.fails(404, "NOT_FOUND");
        for action in ["deactivate", "reactivate", "reset-password"] {
            admin.post(&format!("{path}/{action}"), json!({})).await.fails(404, "NOT_FOUND");
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_key_invites_once() {
    with_tenant(async |t| {
        let (admin, email) = (t.admin().await, address());
        let invite = || admin.post("/api/v1/staff", json!({"email": email, "role": "OFFICE"})).key("davet-0001");
        let first = invite().await.created();
        let again = invite().await;
        assert_eq!((again.created(), again.header("idempotency-replayed")), (first, Some("true")));
        t.mail_to(&email).await;
        assert_eq!(admin.get("/api/v1/users/invitations").await.total(), 1);
    })
    .await;
}
