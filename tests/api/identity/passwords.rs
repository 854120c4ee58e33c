//! `/auth/forgot-password`, `/auth/reset-password`, `/auth/change-password`

use serde_json::json;
use tests::harness::{Answer, Client, PASSWORD, mails_to, with_tenant};

use super::{OTHER_PASSWORD, address, client, sign_in, try_sign_in};

async fn forgot(email: &str) -> Answer {
    Client::anonymous().post("/api/v1/auth/forgot-password", json!({"email": email})).await
}

async fn reset(token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    Client::anonymous().post("/api/v1/auth/reset-password", body).await
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_the_latest_link_once_and_every_session_ends() {
    with_tenant(async |t| {
        let (user, email) = t.insert_user("OFFICE", None, false).await;
        let device = client(&sign_in(&email).await);
        assert_eq!(forgot(&email).await.accepted(), forgot(&address()).await.accepted());
        let first = t.mail_to(&email).await.token("reset-password");
        forgot(&email).await.accepted();
        let second = t.mail_number(&email, 2).await.token("reset-password");

        reset(&first, OTHER_PASSWORD).await.fails(410, "GONE");
        reset(&second, "kısa").await.fails(400, "VALIDATION_ERROR").on_field("password");
        reset(&second, OTHER_PASSWORD).await.no_content();
        reset(&second, PASSWORD).await.fails(410, "GONE");

        device.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        try_sign_in(&email, PASSWORD).await.fails(401, "UNAUTHORIZED");
        try_sign_in(&email, OTHER_PASSWORD).await.ok();
        assert!(t.audited("user", &user.to_string()).await.contains(&"PASSWORD_RESET".to_owned()));
        t.mail_number(&email, 3).await;
    })
    .await;
}

#[tokio::test]
async fn of_two_resets_at_once_one_counts() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        forgot(&email).await.accepted();
        let token = t.mail_to(&email).await.token("reset-password");
        let (a, b) = tokio::join!(reset(&token, OTHER_PASSWORD), reset(&token, OTHER_PASSWORD));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 410]);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_over_after_an_hour() {
    with_tenant(async |t| {
        let (user, email) = t.insert_user("OFFICE", None, false).await;
        forgot(&email).await.accepted();
        let token = t.mail_to(&email).await.token("reset-password");
        sqlx::query(
            "UPDATE link_tokens_rows SET expires_at = expires_at - INTERVAL 1 HOUR WHERE tenant_id = ? AND user_id = ?",
        )
        .bind(t.id)
        .bind(user)
        .execute(&mut t.sql().await)
        .await
        .expect("a link can be backdated");
        reset(&token, OTHER_PASSWORD).await.fails(410, "GONE");
    })
    .await;
}

#[tokio::test]
async fn no_more_than_three_links_an_hour_are_sent_and_nobody_can_tell() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let told = forgot(&email).await.accepted();
        t.mail_number(&email, 1).await;
        for number in 2..=5 {
            assert_eq!(forgot(&email).await.accepted(), told);
            // A further link makes the one before void, and no mail goes out with a void one.
            if number <= 3 {
                t.mail_number(&email, number).await;
            }
        }
        let links: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM link_tokens_rows WHERE email = ?")
            .bind(&email)
            .fetch_one(&mut t.sql().await)
            .await
            .expect("links can be counted");
        assert_eq!((links, mails_to(&email).await.len()), (3, 3));
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_keeps_this_session_and_ends_the_others() {
    with_tenant(async |t| {
        let (user, email) = t.insert_user("OFFICE", None, false).await;
        let (here, there) = (client(&sign_in(&email).await), client(&sign_in(&email).await));
        let change = |current: &str, new: &str| {
            here.post("/api/v1/auth/change-password", json!({"current": current, "new": new}))
        };
        change(OTHER_PASSWORD, OTHER_PASSWORD).await.fails(400, "VALIDATION_ERROR").on_field("current");
        change(PASSWORD, "123456789012").await.fails(400, "VALIDATION_ERROR").on_field("new");
        change(PASSWORD, PASSWORD).await.fails(400, "VALIDATION_ERROR").on_field("new");
        change(PASSWORD, OTHER_PASSWORD).await.no_content();

        here.get("/api/v1/auth/me").await.ok();
        there.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        try_sign_in(&email, OTHER_PASSWORD).await.ok();
        assert!(t.audited("user", &user.to_string()).await.contains(&"PASSWORD_CHANGE".to_owned()));
        t.mail_to(&email).await;
    })
    .await;
}

#[tokio::test]
async fn events_carry_the_version_of_the_user() {
    with_tenant(async |t| {
        let (user, email) = t.insert_user("OFFICE", None, false).await;
        let mut db = t.sql().await;
        sqlx::query("UPDATE users_rows SET version = 7 WHERE id = ?")
            .bind(user)
            .execute(&mut db)
            .await
            .expect("a user");
        let here = client(&sign_in(&email).await);
        let body = json!({"current": PASSWORD, "new": OTHER_PASSWORD});
        here.post("/api/v1/auth/change-password", body).await.no_content();
        forgot(&email).await.accepted();
        here.post("/api/v1/auth/logout-all", json!({})).await.no_content();
        let versions = sqlx::query_as::<_, (String, i64)>(
            "SELECT CONVERT(topic USING utf8mb4), aggregate_version FROM outbox_rows
             WHERE tenant_id = ? AND aggregate_id = ? AND queue = 'events' ORDER BY topic",
        )
        .bind(t.id)
        .bind(user)
        .fetch_all(&mut db)
        .await
        .expect("events");
        let expected = ["user.password-changed", "user.password-reset-requested", "user.signed-out"];
        assert_eq!(versions, expected.map(|topic| (topic.to_owned(), 7)));
    })
    .await;
}

#[tokio::test]
async fn no_secret_stands_in_the_audit_trail_or_the_outbox() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        forgot(&email).await.accepted();
        let token = t.mail_to(&email).await.token("reset-password");
        reset(&token, OTHER_PASSWORD).await.no_content();
        let proof = token.rsplit('.').next().expect("a signature");
        for table in ["audit_log_rows", "outbox_rows", "link_tokens_rows", "email_sends_rows"] {
            let rows = sqlx::query_scalar::<_, i64>(&format!("SELECT COUNT(*) FROM {table} WHERE tenant_id = ?"))
                .bind(t.id)
                .fetch_one(&mut t.sql().await)
                .await
                .expect("rows can be counted");
            assert!(rows > 0, "{table}");
        }
        for (table, column) in [("audit_log_rows", "changes"), ("outbox_rows", "payload"), ("link_tokens_rows", "payload")] {
            let found = sqlx::query_scalar::<_, i64>(&format!(
                "SELECT COUNT(*) FROM {table} WHERE tenant_id = ? AND (INSTR({column}, ?) OR INSTR({column}, 'argon2') OR INSTR({column}, ?))"
            ))
            .bind(t.id)
            .bind(proof)
            .bind(OTHER_PASSWORD)
            .fetch_one(&mut t.sql().await)
            .await
            .expect("rows can be searched");
            assert_eq!(found, 0, "{table}");
        }
    })
    .await;
}
