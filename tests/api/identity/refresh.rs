//! `POST /auth/refresh`

use serde_json::{Value, json};
use tests::harness::{Answer, Client, with_tenant};
use uuid::Uuid;

use super::{client, sign_in, text};

async fn refresh(token: &Value) -> Answer {
    Client::anonymous().post("/api/v1/auth/refresh", json!({"refreshToken": token})).await
}

#[tokio::test]
async fn each_token_is_good_once_and_a_repeat_gets_the_same_successor() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("EXPERT", None, false).await;
        let first = sign_in(&email).await;
        let second = refresh(&first["refreshToken"]).await.ok();
        assert_ne!(first["refreshToken"], second["refreshToken"]);
        client(&second).get("/api/v1/auth/me").await.ok();
        let repeated = refresh(&first["refreshToken"]).await.ok();
        assert_eq!(repeated["refreshToken"], second["refreshToken"]);
        refresh(&second["refreshToken"]).await.ok();
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_exactly_one_rotates() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("EXPERT", None, false).await;
        let token = sign_in(&email).await["refreshToken"].clone();
        let (a, b, c, d) = tokio::join!(refresh(&token), refresh(&token), refresh(&token), refresh(&token));
        let next: Vec<Value> = [a, b, c, d].iter().map(|answer| answer.ok()["refreshToken"].clone()).collect();
        assert!(next.iter().all(|one| *one == next[0]), "{next:?}");
    })
    .await;
}

#[tokio::test]
async fn a_token_that_comes_back_late_ends_the_session() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("EXPERT", None, false).await;
        let first = sign_in(&email).await;
        let second = refresh(&first["refreshToken"]).await.ok();
        let session = text(&client(&second).get("/api/v1/auth/me").await.ok()["session"]["id"]);
        sqlx::query(
            "UPDATE sessions_rows SET refresh_rotated_at = refresh_rotated_at - INTERVAL 11 SECOND WHERE id = ?",
        )
        .bind(Uuid::parse_str(&session).expect("an id"))
        .execute(&mut t.sql().await)
        .await
        .expect("a rotation can be backdated");

        refresh(&first["refreshToken"]).await.fails(401, "SESSION_REVOKED");
        refresh(&second["refreshToken"]).await.fails(401, "SESSION_REVOKED");
        client(&second).get("/api/v1/auth/me").await.fails(401, "SESSION_REVOKED");
        assert_eq!(t.audited("session", &session).await, ["LOGIN", "LOGOUT"]);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_idle_too_long_cannot_be_refreshed() {
    with_tenant(async |t| {
        let (user, email) = t.insert_user("EXPERT", None, false).await;
        let first = sign_in(&email).await;
        sqlx::query("UPDATE sessions_rows SET last_seen_at = last_seen_at - INTERVAL 61 MINUTE WHERE user_id = ?")
            .bind(user)
            .execute(&mut t.sql().await)
            .await
            .expect("a session can be backdated");
        refresh(&first["refreshToken"]).await.fails(401, "SESSION_REVOKED");
    })
    .await;
}

#[tokio::test]
async fn a_made_up_token_opens_nothing() {
    for token in ["x", "eyJhbGciOiJub25lIn0.e30.", "AAAA"] {
        refresh(&json!(token)).await.fails(401, "UNAUTHORIZED");
    }
    refresh(&json!(7)).await.fails(400, "VALIDATION_ERROR").on_field("refreshToken");
}
