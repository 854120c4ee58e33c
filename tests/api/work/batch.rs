//! A batch: each message on its own, each effect once.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use shared::{
    App,
    db::{Action, Audit},
    queue::{
        Message,
        worker::{Failure, begin, run_batch},
    },
};
use tests::harness::{Tenant, new_id, with_tenant};
use uuid::Uuid;

fn message(t: &Tenant, topic: &str, aggregate: Uuid) -> Value {
    json!({
        "id": new_id(), "schema": 1, "topic": topic, "tenantId": t.id, "companyId": null,
        "aggregateId": aggregate, "aggregateVersion": 1, "payload": {},
    })
}

/// Runs a batch and gives back which of its messages failed, by their places.
async fn run<F, Fut>(app: &App, messages: &[Value], work: F) -> Vec<usize>
where
    F: Fn(App, Message) -> Fut,
    Fut: Future<Output = Result<(), Failure>>,
{
    let records: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(place, message)| {
            let body = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
            json!({"messageId": place.to_string(), "body": body, "attributes": {}, "messageAttributes": {}})
        })
        .collect();
    let event = serde_json::from_value(json!({"Records": records})).unwrap();
    let response = run_batch(app, event, work).await;
    response.batch_item_failures.iter().map(|failed| failed.item_identifier.parse().unwrap()).collect()
}

#[tokio::test]
async fn one_bad_message_does_not_cost_the_others() {
    with_tenant(async |t| {
        let done = AtomicU32::new(0);
        let messages = [
            message(t, "good", t.id),
            json!("no message at all"),
            message(t, "panics", t.id),
            message(t, "fails", t.id),
            json!({"id": new_id(), "schema": 99}),
            message(t, "good", t.id),
        ];
        let failed = run(&super::app(), &messages, |_, message| {
            let done = &done;
            async move {
                match message.topic.as_str() {
                    "panics" => panic!("a fault of ours"),
                    "fails" => Err(Failure::GiveUp("of no use".into())),
                    _ => {
                        done.fetch_add(1, Ordering::Relaxed);
                        Ok(())
                    }
                }
            }
        })
        .await;
        assert_eq!(failed, [1, 2, 3, 4]);
        assert_eq!(done.load(Ordering::Relaxed), 2);
    })
    .await;
}

/// A consumer whose effect is one audit row for each message.
async fn consume(app: App, message: Message) -> Result<(), Failure> {
    let Some(mut work) = begin(&app, "tests", &message).await? else { return Ok(()) };
    work.audit(Audit::new(Action::Update, "parcel", message.aggregate_id));
    work.finish().await?;
    Ok(())
}

#[tokio::test]
async fn the_same_message_twice_has_its_effect_once() {
    with_tenant(async |t| {
        let app = super::app();
        let parcel = new_id();
        let message = message(t, "parcel.sent", parcel);
        assert!(run(&app, &[message.clone(), message.clone()], consume).await.is_empty());
        assert!(run(&app, &[message], consume).await.is_empty());
        assert_eq!(t.audited("parcel", &parcel.to_string()).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_message_in_two_workers_at_once_has_its_effect_once() {
    with_tenant(async |t| {
        let parcel = new_id();
        let message = message(t, "parcel.sent", parcel);
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let message = message.clone();
                tokio::spawn(async move { run(&super::app(), &[message], consume).await })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        assert_eq!(t.audited("parcel", &parcel.to_string()).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_message_whose_effect_failed_may_have_it_later() {
    with_tenant(async |t| {
        let app = super::app();
        let parcel = new_id();
        let messages = [message(t, "parcel.sent", parcel)];
        let failed = run(&app, &messages, |app, message| async move {
            let work = begin(&app, "tests", &message).await?;
            drop(work);
            Err(Failure::GiveUp("died in the middle".into()))
        })
        .await;
        assert_eq!(failed, [0]);
        assert!(run(&app, &messages, consume).await.is_empty());
        assert_eq!(t.audited("parcel", &parcel.to_string()).await.len(), 1);
    })
    .await;
}
