//! The cache over a real Redis. Two caches stand for two processes.

use std::sync::atomic::AtomicU32;

use serde_json::json;

use super::*;
use crate::redis::testing;

const HOUR: Duration = Duration::from_hours(1);

/// One tenant of its own a test, and a loader that counts how often it ran.
struct Office {
    tenant: Uuid,
    loads: AtomicU32,
}

impl Office {
    fn new() -> Self {
        Self { tenant: Uuid::from_u128(rand::random()), loads: AtomicU32::new(0) }
    }

    fn key(&self) -> CacheKey {
        CacheKey::company(self.tenant, Uuid::nil())
    }

    fn loads(&self) -> u32 {
        self.loads.load(Ordering::SeqCst)
    }

    /// What the cache says; the loader answers how often it was called.
    async fn ask(&self, cache: &Cache, tags: &[&str], ttl: Duration) -> u32 {
        cache.get_or_try(&self.key(), tags, ttl, || async { Ok::<_, ()>(self.load()) }).await.unwrap()
    }

    fn load(&self) -> u32 {
        self.loads.fetch_add(1, Ordering::SeqCst) + 1
    }
}

fn cache() -> Cache {
    Cache::new(testing::handle())
}

/// A cache whose Redis is away.
fn lonely() -> Cache {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    Cache::new(RedisHandle::new(&format!("redis://127.0.0.1:{port}")).unwrap())
}

fn tags(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

#[tokio::test]
async fn a_value_is_loaded_once_for_all_processes() {
    let (here, there, office) = (cache(), cache(), Office::new());
    for cache in [&here, &here, &there, &here, &there] {
        assert_eq!(office.ask(cache, &[], HOUR).await, 1);
    }
}

#[tokio::test]
async fn values_keep_their_shape() {
    let (here, there) = (cache(), cache());
    let key = CacheKey::api(Uuid::from_u128(rand::random()), "companies", Viewer::Staff, &"q=a");
    let value = json!({"name": "Yıldız\nMetal", "count": [1, null, 2.5], "": {"deep": "\u{0}"}});
    for cache in [&here, &there, &there] {
        let kept: serde_json::Value =
            cache.get_or_try(&key, &[], HOUR, || async { Ok::<_, ()>(value.clone()) }).await.unwrap();
        assert_eq!(kept, value);
    }
}

#[tokio::test]
async fn of_many_at_once_one_loads() {
    let (cache, office) = (cache(), Office::new());
    let key = office.key();
    let ask = || {
        cache.get_or_try(&key, &[], HOUR, || async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            Ok::<_, ()>(office.load())
        })
    };
    let answers = futures_util::future::join_all((0..50).map(|_| ask())).await;
    assert!(answers.into_iter().all(|answer| answer == Ok(1)));
    assert_eq!(office.loads(), 1);
    assert_eq!(cache.0.flights.lock().unwrap().values().filter(|flight| flight.strong_count() > 0).count(), 0);
}

#[tokio::test]
async fn an_error_is_the_loaders_and_is_not_kept() {
    let (cache, office) = (cache(), Office::new());
    let failed: Result<u32, &str> = cache.get_or_try(&office.key(), &[], HOUR, || async { Err("no database") }).await;
    assert_eq!(failed, Err("no database"));
    assert_eq!(office.ask(&cache, &[], HOUR).await, 1);
}

#[tokio::test]
async fn any_of_its_tags_drops_it_for_all() {
    for tag in [Office::new().key().tag.as_str(), "dashboard:stats", "company:list"] {
        let (cache, office) = (cache(), Office::new());
        let others = ["dashboard:stats", "company:list"];
        assert_eq!(office.ask(&cache, &others, HOUR).await, 1);
        cache.invalidate(office.tenant, &tags(&["other", tag])).await;
        assert_eq!(office.ask(&cache, &others, HOUR).await, 2);
        assert_eq!(office.ask(&self::cache(), &others, HOUR).await, 2);
        cache.invalidate(office.tenant, &tags(&["other"])).await;
        assert_eq!(office.ask(&cache, &others, HOUR).await, 2);
    }
}

#[tokio::test]
async fn another_process_lags_by_a_tenth_of_the_life_at_most() {
    let (here, there, office) = (cache(), cache(), Office::new());
    // A tenth of it is time enough for a few trips to Redis on a busy machine.
    let life = Duration::from_secs(10);
    assert_eq!(office.ask(&there, &[], life).await, 1);
    here.invalidate(office.tenant, &tags(&[&office.key().tag])).await;
    assert_eq!(office.ask(&there, &[], life).await, 1);
    tokio::time::sleep(life / 10 + Duration::from_millis(20)).await;
    assert_eq!(office.ask(&there, &[], life).await, 2);
}

#[tokio::test]
async fn a_change_during_the_load_leaves_nothing_stale() {
    for changed_elsewhere in [false, true] {
        let (here, there, office) = (cache(), cache(), Office::new());
        let changer = if changed_elsewhere { &there } else { &here };
        let stale = here
            .get_or_try(&office.key(), &[], HOUR, || async {
                let old = office.load();
                changer.invalidate(office.tenant, &tags(&[&office.key().tag])).await;
                Ok::<_, ()>(old)
            })
            .await;
        assert_eq!(stale, Ok(1));
        // Nobody who asks Redis gets the old one; nor does the changer itself.
        assert_eq!(office.ask(changer, &[], HOUR).await, 2);
        assert_eq!(office.ask(&cache(), &[], HOUR).await, 2);
    }
}

#[tokio::test]
async fn a_tag_of_one_tenant_means_nothing_to_another() {
    let (cache, one, other) = (cache(), Office::new(), Office::new());
    assert_eq!(one.ask(&cache, &["dashboard:stats"], HOUR).await, 1);
    cache.invalidate(other.tenant, &tags(&["dashboard:stats"])).await;
    cache.invalidate_platform(&tags(&["dashboard:stats"])).await;
    assert_eq!(one.ask(&cache, &["dashboard:stats"], HOUR).await, 1);
}

#[tokio::test]
async fn what_all_tenants_share_is_dropped_for_all() {
    let cache = cache();
    let key = CacheKey::platform(&testing::name());
    let ask = |value: u32| cache.get_or_try(&key, &[], HOUR, move || async move { Ok::<_, ()>(value) });
    assert_eq!(ask(1).await, Ok(1));
    assert_eq!(ask(2).await, Ok(1));
    cache.invalidate_platform(&tags(&[&key.tag])).await;
    assert_eq!(ask(3).await, Ok(3));
}

#[tokio::test]
async fn a_life_ends() {
    let (here, there, office) = (cache(), cache(), Office::new());
    let life = Duration::from_millis(100);
    assert_eq!(office.ask(&here, &[], life).await, 1);
    tokio::time::sleep(life + Duration::from_millis(30)).await;
    assert_eq!(office.ask(&there, &[], life).await, 2);
}

#[tokio::test]
async fn without_redis_it_loads_and_is_no_slower_for_it() {
    let (cache, office) = (lonely(), Office::new());
    let started = Instant::now();
    for number in 0..50 {
        let key = CacheKey::user(office.tenant, Uuid::from_u128(number));
        let value = cache.get_or_try(&key, &[], HOUR, || async { Ok::<_, ()>(number) }).await;
        assert_eq!(value, Ok(number));
    }
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    // The process still remembers by itself, and its own change is still seen.
    assert_eq!(office.ask(&cache, &[], HOUR).await, 1);
    assert_eq!(office.ask(&cache, &[], HOUR).await, 1);
    cache.invalidate(office.tenant, &tags(&[&office.key().tag])).await;
    assert_eq!(office.ask(&cache, &[], HOUR).await, 2);
}

#[tokio::test]
async fn an_entry_that_another_release_wrote_is_loaded_anew() {
    let office = Office::new();
    for garbage in ["", "no line", ",\n{\"not\": \"a number\"}", "\n\"text\""] {
        testing::handle().set_ex(&office.key().name, garbage.into(), 60).await.unwrap();
        assert!(office.ask(&Cache::new(testing::handle()), &["x"], HOUR).await > 0);
    }
    assert_eq!(office.loads(), 4);
}

#[tokio::test]
async fn a_process_keeps_a_thousand_entries() {
    let (cache, office) = (lonely(), Office::new());
    for number in 0..1500 {
        let key = CacheKey::user(office.tenant, Uuid::from_u128(number));
        let _: Result<u128, ()> = cache.get_or_try(&key, &[], HOUR, || async { Ok(number) }).await;
    }
    cache.0.near.run_pending_tasks();
    assert!(cache.0.near.entry_count() <= NEAR_ENTRIES);
}
