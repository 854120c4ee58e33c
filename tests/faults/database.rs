//! MariaDB

use std::time::Duration;

use tests::harness::{Client, PASSWORD, with_tenant};

use crate::{
    stack::{says_ready, tell},
    stream::Stream,
};

/// Takes MariaDB away for a while in the middle of a stream.
async fn taken_away(verb: &str) {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let stream = Stream::start(t).await;
        tell(verb, "mariadb").await;
        says_ready(false).await;
        let body = serde_json::json!({"email": email, "password": PASSWORD, "client": "mobile"});
        let refused = Client::anonymous().post("/api/v1/auth/login", body).await;
        refused.fails(503, "SERVICE_UNAVAILABLE");
        assert!(refused.header("retry-after").is_some());
        tokio::time::sleep(Duration::from_secs(2)).await;
        tell("start", "mariadb").await;
        says_ready(true).await;
        stream.goes_on().await;
        tests::harness::sign_in(&email, PASSWORD).await;
        let ledger = stream.end().await;
        assert!(ledger.refused > 0, "nobody has noticed anything");
        ledger.agrees(t).await;
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_shut_down_and_comes_back_loses_and_doubles_nothing() {
    taken_away("stop").await;
}

#[tokio::test]
async fn a_database_that_dies_and_comes_back_loses_and_doubles_nothing() {
    taken_away("kill").await;
}
