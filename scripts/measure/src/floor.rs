//! The floor beneath a figure: the very calls that a function made to MariaDB, Redis and AWS, done again without it.

use std::time::Duration;

use bytes::Bytes;
use tests::{
    harness::variable,
    wire::{Exchange, Protocol, Wire},
};

use crate::{
    runtime::Crew,
    trouble::{During as _, Result},
};

/// How often a request is made before its calls are taken down: statements are known and caches are full then.
const WARM: usize = 5;

/// Wires to the services, and a function that speaks through them.
pub(crate) struct Floor {
    sql: Wire,
    redis: Wire,
    aws: Wire,
    crew: Crew,
}

/// The calls of one request.
pub(crate) struct Calls {
    sql: Vec<Exchange>,
    redis: Vec<Exchange>,
    aws: Vec<Exchange>,
}

/// `host:port` of an address.
fn place(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

impl Floor {
    /// Wires, and one process of a function behind them.
    pub(crate) async fn beneath(function: &str) -> Result<Self> {
        let mut settings = Vec::new();
        let mut wire = async |name: &str, protocol| {
            let url = variable(name);
            let wire = Wire::to(&place(&url), protocol).await.during("lay a wire")?;
            settings.push((name.to_owned(), url.replace(&place(&url), &wire.address.to_string())));
            Result::Ok(wire)
        };
        let sql = wire("DATABASE_URL", Protocol::Sql).await?;
        let redis = wire("REDIS_URL", Protocol::Redis).await?;
        let aws = wire("AWS_ENDPOINT_URL", Protocol::Http).await?;
        // One connection, so that the calls stay together.
        settings.push(("DATABASE_MAX_CONNECTIONS".to_owned(), "1".to_owned()));
        let crew = Crew::of(function, &settings, 1).await?;
        Ok(Self { sql, redis, aws, crew })
    }

    /// The calls of a request, and its answer.
    pub(crate) async fn calls(&self, events: impl Fn() -> Bytes) -> Result<(Calls, serde_json::Value)> {
        for _ in 0..WARM {
            self.crew.ask(&events()).await?;
        }
        // What belongs to the last answer may come after it.
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.take();
        let (_, answer) = self.crew.ask(&events()).await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok((self.take(), answer))
    }

    /// Does calls again; how long all of them took.
    pub(crate) async fn again(&self, calls: &Calls, others: &[([u8; 16], [u8; 16])]) -> Result<Duration> {
        let step = "do the calls of a function again";
        let swapped = |list: &[Exchange]| list.iter().map(|exchange| exchange.clone().with(others)).collect::<Vec<_>>();
        let (sql, redis, aws) = (swapped(&calls.sql), swapped(&calls.redis), swapped(&calls.aws));
        let mut took = self.redis.again(&redis).await.during(step)?;
        took += self.sql.again(&sql).await.during(step)?;
        took += self.aws.again(&aws).await.during(step)?;
        Ok(took)
    }

    fn take(&self) -> Calls {
        Calls { sql: self.sql.take(), redis: self.redis.take(), aws: self.aws.take() }
    }
}
