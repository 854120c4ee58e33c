//! Redis

use serde_json::json;
use tests::harness::{Answer, Client, PASSWORD, sign_in, with_tenant};

use crate::{
    stack::{patiently, says_ready, tell},
    stream::Stream,
};

async fn try_to_sign_in(email: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD, "client": "mobile"});
    Client::anonymous().post("/api/v1/auth/login", body).await
}

#[tokio::test]
async fn without_redis_who_is_signed_in_works_on_and_nobody_signs_in() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let leaver = t.office().await;
        let stream = Stream::start(t).await;
        for verb in ["stop", "kill"] {
            tell(verb, "redis").await;
            says_ready(false).await;
            stream.goes_on().await;
            for (path, body) in [
                ("/api/v1/auth/login", json!({"email": email, "password": PASSWORD})),
                ("/api/v1/auth/forgot-password", json!({"email": email})),
                ("/api/v1/auth/refresh", json!({"refreshToken": "x"})),
            ] {
                let refused = Client::anonymous().post(path, body).await;
                refused.fails(503, "SERVICE_UNAVAILABLE");
                assert!(refused.header("retry-after").is_some(), "{path}");
            }
            if verb == "stop" {
                // Who signs out meanwhile is out: the record is the database's.
                leaver.post("/api/v1/auth/logout", json!({})).await.no_content();
                assert_eq!(leaver.get("/api/v1/companies").await.status, 401);
            }
            tell("start", "redis").await;
            says_ready(true).await;
            patiently("signing in", 20, async || (try_to_sign_in(&email).await.status == 200).then_some(())).await;
            stream.goes_on().await;
        }
        let ledger = stream.end().await;
        assert_eq!(ledger.refused, 0, "who is signed in has noticed something");
        ledger.agrees(t).await;
        assert_eq!(leaver.get("/api/v1/companies").await.status, 401, "a session that ended stays so");
        sign_in(&email, PASSWORD).await;
    })
    .await;
}
