//! The task `outbox-relay`

use chrono::Duration;
use serde_json::{Value, json};
use sqlx::Row as _;
use tests::harness::{Tenant, eventually, invoke, new_id, now, with_tenant};
use uuid::Uuid;

/// An event that its writer has not sent, so many seconds ago.
async fn unsent(t: &Tenant, queue: &str, seconds: i64) -> Uuid {
    let id = new_id();
    sqlx::query(
        "INSERT INTO outbox_rows (id, tenant_id, queue, topic, aggregate_id, correlation_id, created_at) \
         VALUES (?, ?, ?, 'probe.made', ?, 'c', ?)",
    )
    .bind(id)
    .bind(t.id)
    .bind(queue)
    .bind(id)
    .bind((now() - Duration::seconds(seconds)).naive_utc())
    .execute(&mut t.sql().await)
    .await
    .unwrap();
    id
}

async fn relay(t: &Tenant) -> Value {
    invoke("outbox-relay", &json!({"time": now().to_rfc3339(), "tenantId": t.id})).await
}

/// State, tries and whether an error is noted.
async fn state(t: &Tenant, id: Uuid) -> (String, i32, bool) {
    let sql = "SELECT state, attempts, last_error IS NOT NULL FROM outbox_rows WHERE tenant_id = ? AND id = ?";
    let row = sqlx::query(sql).bind(t.id).bind(id).fetch_one(&mut t.sql().await).await.unwrap();
    (row.get_unchecked(0), row.get(1), row.get(2))
}

/// Waits until a row is in this state: the relay of the minute may hold it when the test's own comes.
async fn comes_to(t: &Tenant, id: Uuid, wanted: (&str, i32, bool)) {
    eventually(&format!("the row to be {wanted:?}"), async || {
        let (state, tries, error) = state(t, id).await;
        ((state.as_str(), tries, error) == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_a_writer_could_not_send_is_sent_and_what_is_young_is_left_to_it() {
    with_tenant(async |t| {
        // On a busy machine seconds pass between two lines, so the young one is made in the future.
        let (old, young) = (unsent(t, "events", 60).await, unsent(t, "events", -60).await);
        let report = relay(t).await;
        assert_eq!(report["failed"], 0, "{report}");
        comes_to(t, old, ("SENT", 1, false)).await;
        assert_eq!(state(t, young).await, ("PENDING".into(), 0, false));
    })
    .await;
}

#[tokio::test]
async fn a_row_that_no_queue_takes_stays_and_stands_in_nobodys_way() {
    with_tenant(async |t| {
        let (lost, good) = (unsent(t, "no-such-queue", 90).await, unsent(t, "events", 60).await);
        relay(t).await;
        comes_to(t, good, ("SENT", 1, false)).await;
        comes_to(t, lost, ("PENDING", 1, true)).await;
        // It has just been tried: the next run leaves it alone for a while.
        relay(t).await;
        assert_eq!(state(t, lost).await.1, 1);
        let mend = "UPDATE outbox_rows SET queue = 'events' WHERE tenant_id = ?";
        sqlx::query(mend).bind(t.id).execute(&mut t.sql().await).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn relays_that_run_at_once_do_not_send_one_row_twice() {
    with_tenant(async |t| {
        let mut ids = Vec::new();
        for _ in 0..30 {
            ids.push(unsent(t, "events", 60).await);
        }
        tokio::join!(relay(t), relay(t));
        eventually("all rows to be sent", async || {
            relay(t).await;
            let sql = "SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND state = 'PENDING'";
            let left: i64 = sqlx::query(sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap().get(0);
            (left == 0).then_some(())
        })
        .await;
        for id in ids {
            assert_eq!(state(t, id).await, ("SENT".into(), 1, false));
        }
    })
    .await;
}

#[tokio::test]
async fn it_answers_whether_it_is_there() {
    assert_eq!(invoke("outbox-relay", &json!({"ping": true})).await, json!({"pong": true}));
    assert_eq!(invoke("housekeeping", &json!({"ping": true})).await, json!({"pong": true}));
    assert_eq!(invoke("cache-invalidate", &json!({"ping": true})).await, json!({"pong": true}));
}
