//! Lock-out: after too many tries that failed nothing is tried for a while, and longer each time.

use std::{sync::LazyLock, time::Duration};

use ::redis::{Pipeline, RedisResult, Script, cmd};
use chrono::{DateTime, Utc};

use super::Limit;
use crate::redis::RedisHandle;

const SOURCE: &str = include_str!("failure.lua");
static HASH: LazyLock<String> = LazyLock::new(|| Script::new(SOURCE).get_hash().to_owned());

/// The longest lock, in milliseconds.
const LONGEST_MS: i64 = 24 * 60 * 60 * 1000;

/// How a name stands when something is about to be tried with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// It may be tried, and counts as a failure until it is known to be none.
    Counted,
    /// The same, but it is the last one: from now on, and for so long, the name is locked. Of several at once only
    /// one is told this.
    Last(Duration),
    /// The name is locked, for so long; nothing may be tried.
    Locked(Duration),
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

    /// Counts a try before it is made, so that of many at once no more are made than the limit allows: so many in its
    /// window, which is also the first lock's time. Each further lock is twice as long, up to a day.
    pub async fn begin(&self, name: &str, limit: &Limit, now: DateTime<Utc>) -> RedisResult<Try> {
        let window = u64::try_from(limit.window.as_millis()).unwrap_or(u64::MAX);
        let mut pipeline = Pipeline::new();
        let mut script = cmd("EVALSHA");
        script.arg(HASH.as_str()).arg(1).arg(key(name));
        script.arg(now.timestamp_millis()).arg(limit.max).arg(window).arg(window).arg(LONGEST_MS);
        pipeline.add_command(script);
        let ((until, fresh),): ((i64, bool),) = self.redis.run_with_script(&pipeline, SOURCE).await?;
        Ok(match (remaining(until, now), fresh) {
            (None, _) => Try::Counted,
            (Some(left), true) => Try::Last(left),
            (Some(left), false) => Try::Locked(left),
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

    fn limit() -> Limit {
        Limit::read("LOGIN_EMAIL", "EMAIL", 5, 900, "CLOSED", 1).unwrap()
    }

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
                last = match self.lockout.begin(&self.name, &limit(), self.now).await.unwrap() {
                    Try::Counted => None,
                    Try::Last(left) | Try::Locked(left) => Some(left),
                };
            }
            last
        }

        async fn locked(&self) -> Option<Duration> {
            let mut pipeline = Pipeline::new();
            pipeline.hget(key(&self.name), "until");
            let (until,): (Option<i64>,) = testing::handle().run(&pipeline).await.unwrap();
            remaining(until.unwrap_or(0), self.now)
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
    async fn of_many_at_once_no_more_are_made_than_the_limit_allows() {
        let (account, limit) = (Account::new(), limit());
        let tries = (0..50).map(|_| account.lockout.begin(&account.name, &limit, account.now));
        let told: Vec<Try> =
            futures_util::future::join_all(tries).await.into_iter().map(|told| told.unwrap()).collect();
        let count = |of: Try| told.iter().filter(|one| **one == of).count();
        let first = minutes(15);
        assert_eq!([Try::Counted, Try::Last(first), Try::Locked(first)].map(count), [4, 1, 45]);
        assert_eq!(account.locked().await, Some(minutes(15)));
    }

    #[tokio::test]
    async fn the_figures_are_the_limits() {
        let account = Account::new();
        let strict = Limit::read("LOGIN_EMAIL", "EMAIL", 2, 120, "CLOSED", 1).unwrap();
        let begin = async || account.lockout.begin(&account.name, &strict, account.now).await.unwrap();
        assert_eq!((begin().await, begin().await), (Try::Counted, Try::Last(minutes(2))));
    }
}
