//! `POST /auth/login`

use serde_json::{Value, json};
use tests::harness::{Client, PASSWORD, mails_to, new_id, with_tenant};

use super::{OTHER_PASSWORD, address, client, link_to, sign_in, text, try_sign_in};

#[tokio::test]
async fn a_browser_gets_a_cookie_and_no_token() {
    with_tenant(async |t| {
        let (user, email) = t.insert_user("ADMIN", None, false).await;
        let body = json!({"email": email.to_uppercase(), "password": PASSWORD});
        let answer = Client::anonymous().post("/api/v1/auth/login", body).await;
        let data = answer.ok();
        assert_eq!(data["user"]["id"], user.to_string());
        assert!(data["expiresAt"].is_string() && data.get("accessToken").is_none());
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert!(cookie.starts_with("session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));

        let browser = Client::anonymous().with("cookie", cookie.split(';').next().expect("a value"));
        assert_eq!(browser.get("/api/v1/auth/me").await.ok()["user"]["email"], email);
        // Without proof that the page is ours, a cookie changes nothing.
        browser.post("/api/v1/auth/logout", json!({})).await.fails(403, "INVALID_ORIGIN");
        let out = browser.post("/api/v1/auth/logout", json!({})).header("sec-fetch-site", "same-origin").await;
        out.no_content();
        assert!(out.header("set-cookie").is_some_and(|line| line.contains("Max-Age=0")));
        browser.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
    })
    .await;
}

#[tokio::test]
async fn an_app_gets_tokens_and_no_cookie() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("EXPERT", None, false).await;
        let answer = try_sign_in(&email, PASSWORD).await;
        assert!(answer.header("set-cookie").is_none());
        let data = answer.ok();
        for name in ["accessToken", "accessTokenExpiresAt", "refreshToken", "expiresAt"] {
            assert!(data[name].is_string(), "{name}: {data}");
        }
        client(&data).get("/api/v1/auth/me").await.ok();
        assert_eq!(
            t.audited("session", &text(&client(&data).get("/api/v1/auth/me").await.ok()["session"]["id"])).await,
            ["LOGIN"]
        );
    })
    .await;
}

#[tokio::test]
async fn unknown_wrong_deactivated_and_unconfirmed_get_one_answer() {
    with_tenant(async |t| {
        let (_, wrong) = t.insert_user("OFFICE", None, false).await;
        let (deactivated_user, deactivated) = t.insert_user("OFFICE", None, false).await;
        let (_, unconfirmed) = t.insert_user("OFFICE", None, false).await;
        let mut db = t.sql().await;
        sqlx::query("UPDATE users_rows SET is_active = FALSE, deactivated_at = NOW() WHERE id = ?")
            .bind(deactivated_user)
            .execute(&mut db)
            .await
            .expect("a user can be deactivated");
        sqlx::query("UPDATE accounts_rows SET email_confirmed_at = NULL WHERE email = ?")
            .bind(&unconfirmed)
            .execute(&mut db)
            .await
            .expect("an account can be unconfirmed");

        let unknown = try_sign_in(&address(), PASSWORD).await.fails(401, "UNAUTHORIZED").json();
        for (email, password) in [(wrong, OTHER_PASSWORD), (deactivated, PASSWORD), (unconfirmed, PASSWORD)] {
            let answer = try_sign_in(&email, password).await.fails(401, "UNAUTHORIZED").json();
            assert_eq!(answer["error"], unknown["error"]);
        }
    })
    .await;
}

#[tokio::test]
async fn five_failures_lock_a_known_and_an_unknown_e_mail_alike() {
    with_tenant(async |t| {
        let (user, known) = t.insert_user("OFFICE", None, false).await;
        for email in [known.clone(), address()] {
            for _ in 0..4 {
                try_sign_in(&email, OTHER_PASSWORD).await.fails(401, "UNAUTHORIZED");
            }
            for password in [OTHER_PASSWORD, PASSWORD] {
                let locked = try_sign_in(&email, password).await;
                locked.fails(423, "ACCOUNT_LOCKED");
                let wait: u64 = locked.header("retry-after").expect("Retry-After").parse().expect("seconds");
                assert!((800..=900).contains(&wait), "{wait}");
            }
        }
        let audited = t.audited("user", &user.to_string()).await;
        let count = |action: &str| audited.iter().filter(|one| *one == action).count();
        assert_eq!((count("LOGIN_FAILED"), count("LOCKED")), (5, 1));

        // The owner is told once, and a reset lets him in.
        t.mail_to(&known).await;
        Client::anonymous().post("/api/v1/auth/forgot-password", json!({"email": known})).await.accepted();
        let token = link_to("reset-password", &known).await;
        let body = json!({"token": token, "password": OTHER_PASSWORD});
        Client::anonymous().post("/api/v1/auth/reset-password", body).await.no_content();
        try_sign_in(&known, OTHER_PASSWORD).await.ok();
        t.mail_number(&known, 3).await;
        assert_eq!(mails_to(&known).await.len(), 3, "locked, reset, changed");
    })
    .await;
}

#[tokio::test]
async fn success_forgets_earlier_failures() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        for _ in 0..2 {
            for _ in 0..4 {
                try_sign_in(&email, OTHER_PASSWORD).await.fails(401, "UNAUTHORIZED");
            }
            sign_in(&email).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_tenant_that_is_not_ones_own_cannot_be_chosen() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("ADMIN", None, false).await;
        let sign_in = |tenant: String| {
            Client::anonymous()
                .post("/api/v1/auth/login", json!({"email": email, "password": PASSWORD, "tenantId": tenant}))
        };
        sign_in(t.id.to_string()).await.ok();
        sign_in(new_id().to_string()).await.fails(404, "NOT_FOUND").on_field("tenantId");
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_from_a_new_device_is_told_by_mail_and_the_first_one_is_not() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("DOCTOR", None, false).await;
        let sign_in = |agent: &str| {
            let body = json!({"email": email, "password": PASSWORD});
            Client::anonymous().with("user-agent", agent).post("/api/v1/auth/login", body)
        };
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        let updated = chrome.replace("Chrome/140", "Chrome/141");
        for agent in ["app/1", "app/2", chrome, &updated] {
            sign_in(agent).await.ok();
        }
        let mail = t.mail_to(&email).await;
        assert!(mail.text.contains("Chrome"), "{}", mail.text);
        assert_eq!(mails_to(&email).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_customer_may_be_remembered_for_thirty_days_and_staff_may_not() {
    with_tenant(async |t| {
        let company = text(&t.company().await["id"]);
        for (role, company, days) in [("OFFICE", None, 0), ("CLIENT", Some(company.as_str()), 30)] {
            let (_, email) = t.insert_user(role, company, false).await;
            let body = json!({"email": email, "password": PASSWORD, "remember": true});
            let data = Client::anonymous().post("/api/v1/auth/login", body).await.ok();
            let until: chrono::DateTime<chrono::Utc> = text(&data["expiresAt"]).parse().expect("a time");
            let left = until - tests::harness::now();
            assert_eq!((left + chrono::Duration::minutes(1)).num_days(), days, "{role}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_known_is_refused_with_its_name() {
    let body = json!({"email": "x", "password": "y", "role": "ADMIN"});
    let answer = Client::anonymous().post("/api/v1/auth/login", body).await;
    answer.fails(400, "VALIDATION_ERROR").on_field("email").on_field("role");
    assert_eq!(answer.json()["data"], Value::Null);
}
