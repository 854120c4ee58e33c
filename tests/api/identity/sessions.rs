//! `/auth/sessions`, `/auth/logout`, `/auth/logout-all`, `/auth/me`

use serde_json::json;
use tests::harness::{Client, with_tenant};

use super::{client, sign_in, text};

#[tokio::test]
async fn the_own_devices_are_listed_and_each_can_be_ended() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let (here, there) = (client(&sign_in(&email).await), client(&sign_in(&email).await));
        let rows = here.get("/api/v1/auth/sessions").await.rows();
        assert_eq!(rows.len(), 2);
        let other = rows.iter().find(|row| row["isCurrent"] == false).expect("the other device");
        let path = format!("/api/v1/auth/sessions/{}", text(&other["id"]));

        // Somebody else's session is nobody's business.
        let stranger = t.office().await;
        stranger.call(reqwest::Method::DELETE, &path).await.fails(404, "NOT_FOUND");
        here.call(reqwest::Method::DELETE, &path).await.no_content();
        there.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        here.call(reqwest::Method::DELETE, &path).await.fails(404, "NOT_FOUND");
        assert_eq!(here.get("/api/v1/auth/sessions").await.rows().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_one_session_and_everywhere_ends_all() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let mut devices = Vec::new();
        for _ in 0..3 {
            devices.push(client(&sign_in(&email).await));
        }
        devices[0].post("/api/v1/auth/logout", json!({})).await.no_content();
        devices[0].get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        devices[1].get("/api/v1/auth/me").await.ok();
        devices[1].post("/api/v1/auth/logout-all", json!({})).await.no_content();
        for device in &devices {
            device.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        }
        client(&sign_in(&email).await).get("/api/v1/auth/me").await.ok();
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_idle_too_long_is_over() {
    with_tenant(async |t| {
        let (user, email) = t.insert_user("ADMIN", None, false).await;
        let idle = client(&sign_in(&email).await);
        sqlx::query("UPDATE sessions_rows SET last_seen_at = last_seen_at - INTERVAL 61 MINUTE WHERE user_id = ?")
            .bind(user)
            .execute(&mut t.sql().await)
            .await
            .expect("a session can be backdated");
        idle.get("/api/v1/auth/me").await.fails(401, "TOKEN_EXPIRED");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over_however_much_it_is_used() {
    with_tenant(async |t| {
        let (user, email) = t.insert_user("ADMIN", None, false).await;
        let signed_in = sign_in(&email).await;
        sqlx::query("UPDATE sessions_rows SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE user_id = ?")
            .bind(user)
            .execute(&mut t.sql().await)
            .await
            .expect("a session can be backdated");
        for _ in 0..2 {
            client(&signed_in).get("/api/v1/auth/me").await.fails(401, "TOKEN_EXPIRED");
        }
        let body = json!({"refreshToken": signed_in["refreshToken"]});
        Client::anonymous().post("/api/v1/auth/refresh", body).await.fails(401, "TOKEN_EXPIRED");
    })
    .await;
}

#[tokio::test]
async fn a_suspended_tenant_is_closed_and_opens_again_as_it_was() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        // Two sessions that nobody has used yet, so that no copy of them is believed for half a minute.
        let (before, after) = (client(&sign_in(&email).await), sign_in(&email).await);
        let set = async |status: &str| {
            sqlx::query("UPDATE tenants_rows SET status = ? WHERE id = ?")
                .bind(status)
                .bind(t.id)
                .execute(&mut t.sql().await)
                .await
                .expect("a tenant can be suspended");
        };
        set("SUSPENDED").await;
        before.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        super::try_sign_in(&email, tests::harness::PASSWORD).await.fails(401, "UNAUTHORIZED");
        let body = json!({"refreshToken": after["refreshToken"]});
        Client::anonymous().post("/api/v1/auth/refresh", body).await.fails(401, "SESSION_REVOKED");
        set("ACTIVE").await;
        before.get("/api/v1/auth/me").await.ok();
        client(&sign_in(&email).await).get("/api/v1/auth/me").await.ok();
    })
    .await;
}

#[tokio::test]
async fn all_others_end_and_the_one_that_asks_goes_on() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let (here, there) = (client(&sign_in(&email).await), client(&sign_in(&email).await));
        here.call(reqwest::Method::DELETE, "/api/v1/auth/sessions").await.no_content();
        there.get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        assert_eq!(here.get("/api/v1/auth/sessions").await.rows().len(), 1);
        here.call(reqwest::Method::DELETE, "/api/v1/auth/sessions").await.no_content();
        here.get("/api/v1/auth/me").await.ok();
    })
    .await;
}
