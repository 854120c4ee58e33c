//! `/auth/sessions`, `/auth/logout`, `/auth/logout-all`, `/auth/me`

use serde_json::json;
use tests::harness::with_tenant;

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
