//! `/api/v1/admin/cache/purge`, and the worker that follows the events

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::json;
use shared::{
    cache::{Cache, CacheKey},
    redis::RedisHandle,
};
use sqlx::Row as _;
use tests::harness::{invoke, new_id, variable, with_tenant};

/// A process's cache that has kept nothing yet, over the Redis of all.
fn cache() -> Cache {
    Cache::new(RedisHandle::new(&variable("REDIS_URL")).unwrap())
}

/// The value of a key, and whether it had to be loaded.
async fn look(key: &CacheKey) -> bool {
    static LOADS: AtomicU32 = AtomicU32::new(0);
    let loaded = AtomicU32::new(0);
    let load = async || {
        loaded.store(1, Ordering::Relaxed);
        Ok::<u32, Infallible>(LOADS.fetch_add(1, Ordering::Relaxed))
    };
    let Ok(_) = cache().get_or_try(key, &[], Duration::from_mins(1), load).await;
    loaded.load(Ordering::Relaxed) == 1
}

#[tokio::test]
async fn an_administrator_purges_by_tags_and_the_trail_knows_it() {
    with_tenant(async |t| {
        let company = new_id();
        let key = CacheKey::company(t.id, company);
        assert!(look(&key).await && !look(&key).await, "the second look finds what the first has loaded");
        let tags = json!([format!("company:{company}"), "dashboard:stats"]);
        let admin = t.admin().await;
        let answer = admin.post("/api/v1/admin/cache/purge", json!({"tags": tags})).await.ok();
        assert_eq!(answer["tags"], tags);
        assert!(look(&key).await, "it is loaded anew");

        assert_eq!(t.audited("cache", &t.id.to_string()).await, ["CONFIG_CHANGE"]);
        let sql = "SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND topic = 'cache.purged'";
        let events: i64 = sqlx::query(sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap().get(0);
        assert_eq!(events, 1);
    })
    .await;
}

#[tokio::test]
async fn another_tenants_cache_is_out_of_reach() {
    with_tenant(async |t| {
        let company = new_id();
        let key = CacheKey::company(t.id, company);
        look(&key).await;
        with_tenant(async |other| {
            let tags = json!({"tags": [format!("company:{company}")]});
            other.admin().await.post("/api/v1/admin/cache/purge", tags).await.ok();
        })
        .await;
        assert!(!look(&key).await, "it is still kept");
    })
    .await;
}

#[tokio::test]
async fn only_administrators_purge_and_only_what_they_name() {
    with_tenant(async |t| {
        let good = json!({"tags": ["dashboard:stats"]});
        for client in [t.office().await, t.doctor().await, t.expert().await] {
            client.post("/api/v1/admin/cache/purge", good.clone()).await.fails(403, "FORBIDDEN");
        }
        let admin = t.admin().await;
        let many: Vec<String> = (0..101).map(|n| format!("tag:{n}")).collect();
        for bad in [json!({}), json!({"tags": []}), json!({"tags": many}), json!({"tags": "x"})] {
            admin.post("/api/v1/admin/cache/purge", bad).await.fails(400, "VALIDATION_ERROR").on_field("tags");
        }
        assert!(t.audited("cache", &t.id.to_string()).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_key_purges_once() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let purge = async || admin.post("/api/v1/admin/cache/purge", json!({"tags": ["a:b"]})).key("purge-0001").await;
        let first = purge().await;
        let second = purge().await;
        assert_eq!((first.ok(), second.header("idempotency-replayed")), (second.ok(), Some("true")));
        assert_eq!(t.audited("cache", &t.id.to_string()).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_event_drops_what_is_kept_of_its_record() {
    with_tenant(async |t| {
        let company = new_id();
        let key = CacheKey::company(t.id, company);
        look(&key).await;
        let message = json!({
            "id": new_id(), "schema": 1, "topic": "company.updated", "tenantId": t.id, "companyId": company,
            "aggregateId": company, "aggregateVersion": 2, "payload": {},
        });
        let records = json!({"Records": [
            {"messageId": "good", "body": message.to_string(), "messageAttributes": {}, "attributes": {}},
            {"messageId": "bad", "body": "no message", "messageAttributes": {}, "attributes": {}},
        ]});
        let answer = invoke("cache-invalidate", &records).await;
        assert_eq!(answer["batchItemFailures"], json!([{"itemIdentifier": "bad"}]));
        assert!(look(&key).await, "it is loaded anew");
    })
    .await;
}
