//! The connection to Redis: one, multiplexed, made when it is first needed and again when it was lost.

use std::time::Duration;

use ::redis::{
    AsyncCommands, Client, ErrorKind, FromRedisValue, IntoConnectionInfo as _, Pipeline, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
    io::tcp::TcpSettings,
};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_millis(200);
/// How long an answer may take.
const RESPOND: Duration = Duration::from_millis(500);

/// Redis, shared by everything in the process. Cloning it is cheap.
#[derive(Clone)]
pub struct RedisHandle(ConnectionManager);

impl std::fmt::Debug for RedisHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RedisHandle")
    }
}

impl RedisHandle {
    /// A handle that connects when it is first used, so that a function starts while Redis is away.
    pub fn new(url: &str) -> RedisResult<Self> {
        let info = url.into_connection_info()?;
        // Without it a small request waits for the acknowledgement of the one before.
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(RESPOND))
            .set_number_of_retries(1)
            .set_min_delay(Duration::from_millis(20))
            .set_max_delay(Duration::from_millis(100));
        ConnectionManager::new_lazy_with_config(Client::open(info)?, config).map(Self)
    }

    /// Runs several commands in one round trip.
    pub async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> RedisResult<T> {
        pipeline.query_async(&mut self.0.clone()).await
    }

    /// Runs several commands in one round trip, of which some call `script`; when Redis does not
    /// know it, it is loaded and they are run again.
    pub async fn run_with_script<T: FromRedisValue>(&self, pipeline: &Pipeline, script: &str) -> RedisResult<T> {
        match self.run(pipeline).await {
            Err(error) if is_unknown_script(&error) => {
                let mut load = ::redis::cmd("SCRIPT");
                load.arg("LOAD").arg(script);
                let _: String = load.query_async(&mut self.0.clone()).await?;
                self.run(pipeline).await
            }
            done => done,
        }
    }

    /// Keeps a value for a time.
    pub async fn set_ex(&self, key: &str, value: String, seconds: u64) -> RedisResult<()> {
        self.0.clone().set_ex(key, value, seconds).await
    }

    /// Drops keys.
    pub async fn del(&self, keys: &[String]) -> RedisResult<()> {
        self.0.clone().del(keys).await
    }

    /// Whether Redis answers.
    pub async fn ping(&self) -> RedisResult<()> {
        let _: String = ::redis::cmd("PING").query_async(&mut self.0.clone()).await?;
        Ok(())
    }
}

fn is_unknown_script(error: &RedisError) -> bool {
    matches!(error.kind(), ErrorKind::Server(::redis::ServerErrorKind::NoScript))
}
