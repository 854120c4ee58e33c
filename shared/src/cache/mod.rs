//! Two levels of cache with tags and single flight: the process, then Redis, then the loader.
//!
//! A tag is a mark in Redis, a random word that changes when the tag is invalidated. An entry
//! remembers the marks that its tags had *before* it was loaded and counts only while they are
//! still the same, so that a change during the load leaves nothing stale behind. Entry and marks are
//! read in one trip. The process does not ask Redis again for a tenth of the entry's life, at most a
//! minute: for that long another process's change may go unseen, its own never.

mod key;

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use ::redis::{Pipeline, RedisResult};
use key::Scope;
pub use key::{CacheKey, Viewer};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{redis::RedisHandle, telemetry::metrics};

/// Entries that a process keeps.
const NEAR_ENTRIES: u64 = 1000;
/// The longest that a process keeps one.
const NEAR_LIFE: Duration = Duration::from_mins(1);
/// The longest that Redis keeps one.
const FAR_LIFE: Duration = Duration::from_hours(7 * 24);
/// Longer than any entry: when a mark is gone, so is every entry that is older.
const MARK_LIFE: Duration = Duration::from_hours(8 * 24);
/// Larger values are cheaper to load than to move.
const LARGEST: usize = 512 * 1024;
/// How long Redis is left alone after it failed.
const PAUSE: Duration = Duration::from_secs(1);

/// A value as the process keeps it.
#[derive(Clone)]
struct Near {
    json: Arc<str>,
    /// Redis's names of its tags.
    tags: Arc<[String]>,
    until: Instant,
}

/// The cache. Cloning it is cheap.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    redis: RedisHandle,
    near: moka::sync::Cache<String, Near>,
    /// One lock a key that is being loaded.
    flights: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
    /// Counts invalidations: what was loaded across one is not kept near.
    invalidations: AtomicU64,
    resume: Mutex<Option<Instant>>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cache({} near)", self.0.near.entry_count())
    }
}

impl Cache {
    /// A cache over this Redis.
    pub fn new(redis: RedisHandle) -> Self {
        let near = moka::sync::Cache::builder().max_capacity(NEAR_ENTRIES).time_to_live(NEAR_LIFE).build();
        Self(Arc::new(Inner {
            redis,
            near,
            flights: Mutex::default(),
            invalidations: AtomicU64::new(0),
            resume: Mutex::default(),
        }))
    }

    /// The value of this key: kept, or loaded and then kept for `ttl` or until one of its tags is
    /// invalidated. However many ask at once, one loads. The only errors are the loader's.
    pub async fn get_or_try<T, E, F, Fut>(&self, key: &CacheKey, tags: &[&str], ttl: Duration, load: F) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        if let Some(value) = self.near(key) {
            metrics::cache_looked_up(true);
            return Ok(value);
        }
        let flight = self.flight(&key.name);
        let _landed = flight.lock().await;
        // Whoever was first may have brought it meanwhile.
        if let Some(value) = self.near(key) {
            metrics::cache_looked_up(true);
            return Ok(value);
        }
        let ttl = ttl.min(FAR_LIFE);
        let tags: Arc<[String]> =
            std::iter::once(key.tag.as_str()).chain(tags.iter().copied()).map(|tag| key.scope.tag(tag)).collect();
        let before = self.0.invalidations.load(Ordering::Acquire);
        let (marks, kept) = self.far(key, &tags).await.unzip();
        if let Some((json, value)) = kept.flatten().and_then(|json| Some((Arc::from(json.as_str()), parse(&json)?))) {
            metrics::cache_looked_up(true);
            self.keep_near(key, json, tags, ttl, before);
            return Ok(value);
        }
        metrics::cache_looked_up(false);
        let value = load().await?;
        match serde_json::to_string(&value) {
            Ok(json) if json.len() <= LARGEST => {
                if let Some(marks) = marks {
                    self.keep_far(key, &marks, &json, ttl).await;
                }
                self.keep_near(key, json.into(), tags, ttl, before);
            }
            Ok(json) => tracing::debug!(key = key.name, bytes = json.len(), "cache.too_large"),
            Err(error) => tracing::error!(key = key.name, error = %error, "cache.unwritable_value"),
        }
        Ok(value)
    }

    /// Drops what is kept under these tags of a tenant. Never fails: what a lost Redis keeps is
    /// dropped by the event of the same change, or expires.
    pub async fn invalidate(&self, tenant: Uuid, tags: &[String]) {
        self.drop_tags(Scope::Tenant(tenant), tags).await;
    }

    /// Drops what is kept for all tenants under these tags.
    pub async fn invalidate_platform(&self, tags: &[String]) {
        self.drop_tags(Scope::Platform, tags).await;
    }

    async fn drop_tags(&self, scope: Scope, tags: &[String]) {
        if tags.is_empty() {
            return;
        }
        let tags: Vec<String> = tags.iter().map(|tag| scope.tag(tag)).collect();
        let mut pipeline = Pipeline::with_capacity(tags.len());
        for tag in &tags {
            pipeline.set_ex(tag, format!("{:016x}", rand::random::<u64>()), MARK_LIFE.as_secs()).ignore();
        }
        self.0.invalidations.fetch_add(1, Ordering::AcqRel);
        self.forget_near(&tags);
        // Also while Redis is paused: a lost mark is worse than a slow answer.
        if let Err(error) = self.0.redis.run::<()>(&pipeline).await {
            tracing::warn!(error = %error, tags = tags.len(), "cache.not_invalidated");
        }
        // Once more: someone may have read the old entry from Redis just before its mark changed.
        self.0.invalidations.fetch_add(1, Ordering::AcqRel);
        self.forget_near(&tags);
    }

    fn forget_near(&self, tags: &[String]) {
        for (name, near) in &self.0.near {
            if near.tags.iter().any(|tag| tags.contains(tag)) {
                self.0.near.invalidate(name.as_str());
            }
        }
    }

    fn near<T: DeserializeOwned>(&self, key: &CacheKey) -> Option<T> {
        let near = self.0.near.get(&key.name).filter(|near| Instant::now() < near.until)?;
        parse(&near.json)
    }

    fn keep_near(&self, key: &CacheKey, json: Arc<str>, tags: Arc<[String]>, ttl: Duration, before: u64) {
        let until = Instant::now() + (ttl / 10).min(NEAR_LIFE);
        self.0.near.insert(key.name.clone(), Near { json, tags, until });
        // Looked at after the insertion, so that an invalidation either sees the entry or is seen here.
        if self.0.invalidations.load(Ordering::Acquire) != before {
            self.0.near.invalidate(&key.name);
        }
    }

    /// The marks that the tags have now, and the entry if it was made under the same; None without Redis.
    async fn far(&self, key: &CacheKey, tags: &[String]) -> Option<(String, Option<String>)> {
        if self.paused() {
            return None;
        }
        let mut pipeline = Pipeline::with_capacity(1);
        pipeline.cmd("MGET").arg(&key.name).arg(tags);
        let (mut values,): (Vec<Option<String>>,) = self.answered(self.0.redis.run(&pipeline).await)?;
        let marks: Vec<String> = values.split_off(1).into_iter().map(Option::unwrap_or_default).collect();
        let marks = marks.join(",");
        let entry = values.pop().flatten().and_then(|entry| {
            let (made_under, json) = entry.split_once('\n')?;
            (made_under == marks).then(|| json.to_owned())
        });
        Some((marks, entry))
    }

    async fn keep_far(&self, key: &CacheKey, marks: &str, json: &str, ttl: Duration) {
        let life = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
        let mut pipeline = Pipeline::with_capacity(1);
        pipeline.pset_ex(&key.name, format!("{marks}\n{json}"), life).ignore();
        self.answered(self.0.redis.run::<()>(&pipeline).await);
    }

    /// The answer, if Redis gave one; if not, it is left alone for a moment.
    fn answered<T>(&self, answer: RedisResult<T>) -> Option<T> {
        answer
            .inspect_err(|error| {
                tracing::warn!(error = %error, "cache.redis_unavailable");
                *self.0.resume.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + PAUSE);
            })
            .ok()
    }

    fn paused(&self) -> bool {
        self.0.resume.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|resume| Instant::now() < resume)
    }

    fn flight(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = self.0.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(name).and_then(Weak::upgrade) {
            return flight;
        }
        flights.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::default();
        flights.insert(name.to_owned(), Arc::downgrade(&flight));
        flight
    }
}

/// An entry that cannot be read was written by another release and is loaded anew.
fn parse<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

#[cfg(test)]
mod tests;
