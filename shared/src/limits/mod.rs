//! Limits: how often something may be tried, in a sliding window in Redis. The figures are rows of
//! a table; which operation takes from which limit stands in the role matrix.

mod lockout;

use std::{sync::LazyLock, time::Duration};

use ::redis::{Pipeline, RedisResult, Script, cmd};
use chrono::{DateTime, Utc};

pub use lockout::{Lockout, Try};

use crate::{auth::session::Over, redis::RedisHandle};

const SOURCE: &str = include_str!("window.lua");
static HASH: LazyLock<String> = LazyLock::new(|| Script::new(SOURCE).get_hash().to_owned());

/// What a limit's key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The signed-in user.
    User,
    /// The caller's address, hashed.
    Address,
    /// An e-mail address, hashed.
    Email,
}

/// One limit with its figures.
#[derive(Debug, Clone)]
pub struct Limit {
    name: String,
    subject: Subject,
    max: u32,
    window: Duration,
    fails_closed: bool,
}

impl Limit {
    /// A row of the table. `address_factor` multiplies the limits per address: a local gateway
    /// sees one address only.
    pub fn read(
        name: &str,
        subject: &str,
        max: u32,
        window_seconds: u32,
        fail_mode: &str,
        address_factor: u32,
    ) -> Option<Self> {
        let subject = match subject {
            "USER" => Subject::User,
            "ADDRESS" => Subject::Address,
            "EMAIL" => Subject::Email,
            _ => return None,
        };
        let max = if subject == Subject::Address { max.saturating_mul(address_factor.max(1)) } else { max };
        let fails_closed = match fail_mode {
            "OPEN" => false,
            "CLOSED" => true,
            _ => return None,
        };
        Some(Self {
            name: name.to_owned(),
            subject,
            max,
            window: Duration::from_secs(window_seconds.into()),
            fails_closed,
        })
    }

    /// Whether the key is the signed-in user.
    pub fn is_per_user(&self) -> bool {
        self.subject == Subject::User
    }

    /// One try by this subject.
    pub fn take(&self, subject: &str) -> Take {
        Take {
            key: format!("limit:{}:{subject}", self.name),
            max: self.max,
            window: self.window,
            fails_closed: self.fails_closed,
            is_per_user: self.is_per_user(),
        }
    }
}

/// One try that a limit is asked for.
#[derive(Debug, Clone)]
pub struct Take {
    key: String,
    max: u32,
    window: Duration,
    fails_closed: bool,
    is_per_user: bool,
}

impl Take {
    /// Whether it is taken from a limit of the signed-in user.
    pub fn is_per_user(&self) -> bool {
        self.is_per_user
    }

    /// Whether the operation must not go on when Redis is away.
    pub fn fails_closed(&self) -> bool {
        self.fails_closed
    }
}

/// How one limit stands after the try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    max: u32,
    used: u32,
    reset: Duration,
}

/// What the limits said to one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    taken: bool,
    standings: Vec<Standing>,
}

impl Decision {
    /// How long to wait, when the try was refused.
    pub fn refused(&self) -> Option<Duration> {
        if self.taken {
            return None;
        }
        self.standings.iter().filter(|s| s.used >= s.max).map(|s| s.reset).max()
    }

    /// What was taken from the limit at this place has been given back.
    pub fn given_back(&mut self, place: usize) {
        if let Some(standing) = self.standings.get_mut(place) {
            standing.used = standing.used.saturating_sub(1);
        }
    }

    /// The standing of the limit with the least left, as headers of the answer; `reset` in seconds.
    pub fn headers(&self) -> Vec<(&'static str, u64)> {
        let Some(tightest) = self.standings.iter().min_by_key(|s| s.max.saturating_sub(s.used)) else {
            return Vec::new();
        };
        vec![
            ("x-ratelimit-limit", tightest.max.into()),
            ("x-ratelimit-remaining", tightest.max.saturating_sub(tightest.used).into()),
            ("x-ratelimit-reset", tightest.reset.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)),
        ]
    }
}

/// The counters.
#[derive(Debug, Clone)]
pub struct Limiter {
    redis: RedisHandle,
}

impl Limiter {
    /// Counters in this Redis.
    pub fn new(redis: RedisHandle) -> Self {
        Self { redis }
    }

    /// Takes from all of the limits, or from none of them if one is exhausted.
    pub async fn take(&self, takes: &[Take], now: DateTime<Utc>) -> RedisResult<Decision> {
        Ok(self.run(None, takes, now).await?.1)
    }

    /// The same for a caller with a session, whose copy is read in the same round trip. If it says
    /// that the session is over, the `others` are taken from instead of the caller's own.
    pub async fn take_of_session(
        &self,
        copy: &str,
        own: &[Take],
        others: &[Take],
        now: DateTime<Utc>,
    ) -> RedisResult<(Option<String>, Decision)> {
        self.run(Some((copy, others)), own, now).await
    }

    /// Gives back what was taken at this moment: it turned out to be nothing that the limit counts.
    pub async fn give_back(&self, take: &Take, at: DateTime<Utc>) -> RedisResult<()> {
        // The slice that the script took from.
        let slice = i64::try_from(take.window.as_millis() / 20).unwrap_or(i64::MAX).max(1);
        let mut pipeline = Pipeline::with_capacity(1);
        pipeline.hincr(&take.key, at.timestamp_millis().div_euclid(slice), -1).ignore();
        self.redis.run(&pipeline).await
    }

    async fn run(
        &self,
        session: Option<(&str, &[Take])>,
        takes: &[Take],
        now: DateTime<Utc>,
    ) -> RedisResult<(Option<String>, Decision)> {
        let others = session.map_or(&[][..], |(_, others)| others);
        let mut script = cmd("EVALSHA");
        script.arg(HASH.as_str()).arg(takes.len() + others.len() + usize::from(session.is_some()));
        if let Some((copy, _)) = session {
            script.arg(copy);
        }
        for take in takes.iter().chain(others) {
            script.arg(&take.key);
        }
        script.arg(now.timestamp_millis()).arg(takes.len());
        for take in takes.iter().chain(others) {
            script.arg(take.max).arg(u64::try_from(take.window.as_millis()).unwrap_or(u64::MAX));
        }
        let mut pipeline = Pipeline::with_capacity(1);
        pipeline.add_command(script);
        let ((copy, answer),): ((Option<String>, Vec<u64>),) = self.redis.run_with_script(&pipeline, SOURCE).await?;
        let is_over = copy.as_deref().is_some_and(|copy| Over::read(copy).is_some());
        let decision = decision(if is_over { others } else { takes }, &answer);
        Ok((copy, decision))
    }
}

fn decision(takes: &[Take], answer: &[u64]) -> Decision {
    let (first, rest) = answer.split_first().map_or((0, answer), |(first, rest)| (*first, rest));
    let standings = takes
        .iter()
        .zip(rest.chunks_exact(2))
        .map(|(take, pair)| Standing {
            max: take.max,
            used: u32::try_from(pair[0]).unwrap_or(u32::MAX),
            reset: Duration::from_millis(pair[1]),
        })
        .collect();
    Decision { taken: first == 1, standings }
}

#[cfg(test)]
mod tests;
