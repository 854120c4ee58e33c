//! What the product stands on hangs: it takes connections and requests, and answers none. Nobody is told that it is
//! away, so only time can tell.

use serde_json::json;
use tests::harness::{Client, PASSWORD, sign_in, with_tenant};

use crate::{
    queues::unsent,
    stack::{patiently, says_ready, tell},
    stream::Stream,
};

/// Clients of a stream that hold up no others: the local gateway queues what is behind a request that waits.
const FEW: usize = 2;

#[tokio::test]
async fn a_database_that_hangs_is_answered_for_in_time_and_goes_on_where_it_was() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let stream = Stream::start_with(t, FEW).await;
        tell("pause", "mariadb").await;
        says_ready(false).await;
        let body = json!({"email": email, "password": PASSWORD, "client": "mobile"});
        let refused = Client::anonymous().post("/api/v1/auth/login", body).await;
        refused.fails(503, "SERVICE_UNAVAILABLE");
        assert!(refused.header("retry-after").is_some());
        // Long enough that each client has met connections that hang, and then new ones that nobody accepts.
        tokio::time::sleep(std::time::Duration::from_secs(15)).await;
        tell("resume", "mariadb").await;
        says_ready(true).await;
        stream.goes_on().await;
        sign_in(&email, PASSWORD).await;
        let ledger = stream.end().await;
        assert!(ledger.refused > 0, "nobody has noticed anything");
        ledger.agrees(t).await;
    })
    .await;
}

#[tokio::test]
async fn while_redis_hangs_who_is_signed_in_works_on_and_nobody_signs_in() {
    with_tenant(async |t| {
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let stream = Stream::start_with(t, FEW).await;
        tell("pause", "redis").await;
        says_ready(false).await;
        stream.goes_on().await;
        let body = json!({"email": email, "password": PASSWORD, "client": "mobile"});
        let refused = Client::anonymous().post("/api/v1/auth/login", body.clone()).await;
        refused.fails(503, "SERVICE_UNAVAILABLE");
        assert!(refused.header("retry-after").is_some());
        tell("resume", "redis").await;
        says_ready(true).await;
        patiently("signing in", 20, async || {
            (Client::anonymous().post("/api/v1/auth/login", body.clone()).await.status == 200).then_some(())
        })
        .await;
        stream.goes_on().await;
        let ledger = stream.end().await;
        assert_eq!(ledger.refused, 0, "who is signed in has noticed something");
        ledger.agrees(t).await;
    })
    .await;
}

#[tokio::test]
async fn while_the_queues_hang_changes_are_kept_and_their_events_go_out_afterwards() {
    with_tenant(async |t| {
        let stream = Stream::start_with(t, FEW).await;
        tell("pause", "aws").await;
        says_ready(false).await;
        stream.goes_on().await;
        assert!(unsent(t).await > 0, "the queues do not hang");
        tell("resume", "aws").await;
        says_ready(true).await;
        stream.goes_on().await;
        let ledger = stream.end().await;
        assert_eq!(ledger.refused, 0, "a client has noticed something");
        ledger.agrees(t).await;
        // What waits is sent by the relay, which the end of every test calls.
    })
    .await;
}
