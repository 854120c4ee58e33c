//! Whether the process lives, and whether what it needs answers.

use std::{future::Future, time::Duration};

use axum::extract::State;
use serde::Serialize;
use shared::{App, Error, Result, db::Context, http::Reply};
use utoipa::ToSchema;

/// How long one dependency may take to answer.
const PATIENCE: Duration = Duration::from_millis(1500);
/// When the caller may look again, in seconds.
const LOOK_AGAIN: u64 = 5;
/// The queues that must be reachable.
const QUEUES: [&str; 2] = ["events", "mailer"];

/// How it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `ready` when everything it needs has answered.
    #[schema(examples("ok"))]
    pub status: &'static str,
}

/// Whether the function answers at all.
///
/// Asks nothing else: neither database nor Redis nor queues.
#[utoipa::path(get, path = "/health", tag = "system", responses((status = 200, description = "It answers", body = Health)))]
pub async fn get_health() -> Result<Reply> {
    Reply::ok(&Health { status: "ok" })
}

/// Whether database, Redis and queues answer.
///
/// Says no more than that: which one is away stands in the log.
#[utoipa::path(get, path = "/health/ready", tag = "system",
    responses((status = 200, description = "Everything answers", body = Health)))]
pub async fn get_readiness(State(app): State<App>) -> Result<Reply> {
    let (database, redis, queues) = tokio::join!(
        probe("database", database(&app)),
        probe("redis", async { app.redis().ping().await.map_err(Error::internal) }),
        probe("queues", queues(&app)),
    );
    let away: Vec<String> = [database, redis, queues].into_iter().flatten().collect();
    if away.is_empty() {
        Reply::ok(&Health { status: "ready" })
    } else {
        Err(Error::unavailable(away.join("; "), LOOK_AGAIN))
    }
}

async fn database(app: &App) -> Result<()> {
    let mut db = app.read_as(Context::nobody()).await?;
    sqlx::query("DO 1").execute(&mut *db).await?;
    Ok(())
}

async fn queues(app: &App) -> Result<()> {
    for queue in QUEUES {
        let depth = app.queues().depth(queue).await?;
        tracing::debug!(category = "application", queue, depth, "health.queue_depth");
    }
    Ok(())
}

/// What is wrong with one dependency; nothing when it answers in time.
async fn probe(name: &str, asked: impl Future<Output = Result<()>>) -> Option<String> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(format!("{name}: {error}")),
        Err(_) => Some(format!("{name}: no answer within {} ms", PATIENCE.as_millis())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dependency_that_hangs_is_away() {
        assert_eq!(probe("redis", async { Ok(()) }).await, None);
        let hangs = probe("redis", std::future::pending()).await.unwrap();
        assert_eq!(hangs, "redis: no answer within 1500 ms");
        assert!(probe("redis", async { Err(Error::internal("refused")) }).await.unwrap().contains("refused"));
    }
}
