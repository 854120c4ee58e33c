//! Lock-out: after too many failures nothing is tried for a while, and longer each time.

use std::{sync::LazyLock, time::Duration};

use ::redis::{Cmd, Pipeline, RedisResult, Script, cmd};
use chrono::{DateTime, Utc};

use crate::redis::RedisHandle;

const SOURCE: &str = include_str!("failure.lua");
static HASH: LazyLock<String> = LazyLock::new(|| Script::new(SOURCE).get_hash().to_owned());

/// Failures that lock.
const ALLOWED: u32 = 5;
/// The time in which they fall, in milliseconds.
const WINDOW_MS: i64 = 15 * 60 * 1000;
/// The first lock, in milliseconds; each further one is twice as long.
const FIRST_MS: i64 = 15 * 60 * 1000;
/// The longest lock, in milliseconds.
const LONGEST_MS: i64 = 24 * 60 * 60 * 1000;

/// The failures of each name, which is a hash of an e-mail address, known or not.
#[derive(Debug, Clone)]
pub struct Lockout {
    redis: RedisHandle,
}

impl Lockout {
    /// Counters in this Redis.
    pub fn new(redis: RedisHandle) -> Self {
        Self { redis }
    }

    /// For how long the name is still locked.
    pub async fn locked(&self, name: &str, now: DateTime<Utc>) -> RedisResult<Option<Duration>> {
        let mut pipeline = Pipeline::new();
        pipeline.add_command(Cmd::hget(key(name), "until"));
        let (until,): (Option<i64>,) = self.redis.run(&pipeline).await?;
        Ok(remaining(until.unwrap_or(0), now))
    }

    /// Counts a failure; when it was one too many, for how long the name is locked now.
    pub async fn failed(&self, name: &str, now: DateTime<Utc>) -> RedisResult<Option<Duration>> {
        let mut pipeline = Pipeline::new();
        let mut script = cmd("EVALSHA");
        script.arg(HASH.as_str()).arg(1).arg(key(name));
        script.arg(now.timestamp_millis()).arg(ALLOWED).arg(WINDOW_MS).arg(FIRST_MS).arg(LONGEST_MS);
        pipeline.add_command(script);
        let (until,): (i64,) = self.redis.run_with_script(&pipeline, SOURCE).await?;
        Ok(remaining(until, now))
    }

    /// Forgets the failures: the right password was given, or a new one was set.
    pub async fn clear(&self, name: &str) -> RedisResult<()> {
        self.redis.del(&[key(name)]).await
    }
}

fn key(name: &str) -> String {
    format!("lockout:{name}")
}

fn remaining(until_ms: i64, now: DateTime<Utc>) -> Option<Duration> {
    u64::try_from(until_ms - now.timestamp_millis()).ok().filter(|left| *left > 0).map(Duration::from_millis)
}
