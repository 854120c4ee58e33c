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

/// What a failure led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It was counted.
    Counted,
    /// It was one too many: from now on, and for so long, the name is locked. Of several at once only one is told this.
    Locked(Duration),
    /// The name was locked already, for so long.
    WasLocked(Duration),
}

impl Failure {
    /// For how long the name is locked now.
    pub fn locked_for(self) -> Option<Duration> {
        match self {
            Self::Counted => None,
            Self::Locked(left) | Self::WasLocked(left) => Some(left),
        }
    }
}

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

    /// Counts a failure.
    pub async fn failed(&self, name: &str, now: DateTime<Utc>) -> RedisResult<Failure> {
        let mut pipeline = Pipeline::new();
        let mut script = cmd("EVALSHA");
        script.arg(HASH.as_str()).arg(1).arg(key(name));
        script.arg(now.timestamp_millis()).arg(ALLOWED).arg(WINDOW_MS).arg(FIRST_MS).arg(LONGEST_MS);
        pipeline.add_command(script);
        let ((until, fresh),): ((i64, bool),) = self.redis.run_with_script(&pipeline, SOURCE).await?;
        Ok(match (remaining(until, now), fresh) {
            (None, _) => Failure::Counted,
            (Some(left), true) => Failure::Locked(left),
            (Some(left), false) => Failure::WasLocked(left),
        })
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::redis::testing;

    const MINUTE: TimeDelta = TimeDelta::minutes(1);

    struct Account {
        lockout: Lockout,
        name: String,
        now: DateTime<Utc>,
    }

    impl Account {
        fn new() -> Self {
            // The keys expire by Redis's clock, so the story begins now and goes on into the future.
            Self {
                lockout: Lockout::new(testing::handle()),
                name: testing::name(),
                now: std::time::SystemTime::now().into(),
            }
        }

        async fn fail(&self, times: u32) -> Option<Duration> {
            let mut last = None;
            for _ in 0..times {
                last = self.lockout.failed(&self.name, self.now).await.unwrap().locked_for();
            }
            last
        }

        async fn locked(&self) -> Option<Duration> {
            self.lockout.locked(&self.name, self.now).await.unwrap()
        }
    }

    const fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(minutes * 60)
    }

    #[tokio::test]
    async fn the_fifth_failure_locks_and_each_lock_is_twice_as_long() {
        let mut account = Account::new();
        for expected in [15, 30, 60, 120, 240, 480, 960, 1440, 1440] {
            assert_eq!(account.fail(4).await, None);
            assert_eq!(account.locked().await, None);
            assert_eq!(account.fail(1).await, Some(minutes(expected)));
            // More of the same changes nothing.
            assert_eq!(account.fail(3).await, Some(minutes(expected)));
            account.now += TimeDelta::minutes(expected.try_into().unwrap());
            assert_eq!(account.locked().await, None);
        }
    }

    #[tokio::test]
    async fn failures_far_apart_do_not_lock() {
        let mut account = Account::new();
        for _ in 0..20 {
            assert_eq!(account.fail(1).await, None);
            account.now += MINUTE * 4;
        }
    }

    #[tokio::test]
    async fn a_day_after_the_last_lock_it_begins_anew() {
        let mut account = Account::new();
        assert_eq!(account.fail(5).await, Some(minutes(15)));
        account.now += MINUTE * 15 + TimeDelta::hours(23);
        assert_eq!(account.fail(5).await, Some(minutes(30)));
        account.now += MINUTE * 30 + TimeDelta::hours(24);
        assert_eq!(account.fail(5).await, Some(minutes(15)));
    }

    #[tokio::test]
    async fn success_forgets_everything() {
        let account = Account::new();
        assert_eq!(account.fail(5).await, Some(minutes(15)));
        account.lockout.clear(&account.name).await.unwrap();
        assert_eq!(account.locked().await, None);
        assert_eq!(account.fail(4).await, None);
    }

    #[tokio::test]
    async fn of_many_failures_at_once_none_is_lost() {
        let account = Account::new();
        let failed = (0..50).map(|_| account.lockout.failed(&account.name, account.now));
        let told: Vec<Failure> =
            futures_util::future::join_all(failed).await.into_iter().map(|told| told.unwrap()).collect();
        let count = |of: Failure| told.iter().filter(|one| **one == of).count();
        let first = minutes(15);
        assert_eq!(
            [Failure::Counted, Failure::Locked(first), Failure::WasLocked(first)].map(count),
            [4, 1, 45],
            "one of them is told that it locked"
        );
        assert_eq!(account.locked().await, Some(minutes(15)));
    }
}
