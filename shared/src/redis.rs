//! The connection to Redis: one, multiplexed, made when it is first needed and again when it was lost.

use std::time::Duration;

use ::redis::{
    AsyncCommands, Client, ErrorKind, ExistenceCheck, FromRedisValue, IntoConnectionInfo as _, Pipeline, RedisError,
    RedisResult, SetExpiry, SetOptions,
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

    /// Keeps a value for a time, unless there is one already.
    pub async fn set_new_ex(&self, key: &str, value: String, seconds: u64) -> RedisResult<()> {
        let options = SetOptions::default().conditional_set(ExistenceCheck::NX).with_expiration(SetExpiry::EX(seconds));
        let _: Option<String> = self.0.clone().set_options(key, value, options).await?;
        Ok(())
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

/// The Redis of the tests: each takes names of its own in it, so that they can run side by side.
#[cfg(test)]
pub(crate) mod testing {
    use super::RedisHandle;

    /// The address in `REDIS_URL`; without one a test fails, lest it be skipped unseen.
    #[expect(clippy::disallowed_methods, reason = "tests are told where the services are by the environment")]
    pub(crate) fn url() -> String {
        std::env::var("REDIS_URL").expect("REDIS_URL must name a running Redis: ./scripts/test starts one")
    }

    pub(crate) fn handle() -> RedisHandle {
        RedisHandle::new(&url()).unwrap()
    }

    /// A name that no other test has.
    pub(crate) fn name() -> String {
        format!("test-{:032x}", rand::random::<u128>())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read as _,
        net::{TcpListener, TcpStream},
        time::Instant,
    };

    use super::*;

    #[tokio::test]
    async fn one_connection_serves_many_at_once() {
        let redis = testing::handle();
        let key = testing::name();
        redis.set_ex(&key, "kept".into(), 600).await.unwrap();
        let mut pipeline = Pipeline::new();
        pipeline.get(&key).ttl(&key);
        let ask = || redis.run::<(Option<String>, i64)>(&pipeline);
        let answers = futures_util::future::join_all((0..100).map(|_| ask())).await;
        for (value, left) in answers.into_iter().map(Result::unwrap) {
            assert!(value.as_deref() == Some("kept") && (500..=600).contains(&left), "{value:?}, {left} s");
        }
        redis.del(&[key]).await.unwrap();
        assert_eq!(ask().await.unwrap().0, None);
    }

    #[tokio::test]
    async fn a_script_that_was_forgotten_is_loaded_again() {
        let redis = testing::handle();
        let source = format!("return '{}'", testing::name());
        let mut pipeline = Pipeline::new();
        pipeline.cmd("PING").cmd("EVALSHA").arg(::redis::Script::new(&source).get_hash()).arg(0);
        for _ in 0..2 {
            let (pong, answer): (String, String) = redis.run_with_script(&pipeline, &source).await.unwrap();
            assert!(pong == "PONG" && source.contains(&answer));
        }
    }

    /// A stretch of the way to Redis that can be cut.
    fn relay(listener: TcpListener, to: String) {
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&to).unwrap();
                for (mut from, mut to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)]
                {
                    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
                }
            }
        });
    }

    #[tokio::test]
    async fn it_starts_without_redis_says_so_soon_and_recovers() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let redis = RedisHandle::new(&format!("redis://127.0.0.1:{port}")).unwrap();
        let started = Instant::now();
        assert!(redis.ping().await.is_err());
        assert!(started.elapsed() < Duration::from_secs(1));

        let real = url_authority();
        relay(TcpListener::bind(("127.0.0.1", port)).unwrap(), real);
        for attempt in 0.. {
            if redis.ping().await.is_ok() {
                break;
            }
            assert!(attempt < 20, "it did not recover");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn url_authority() -> String {
        let url = testing::url();
        let rest = url.split("://").nth(1).unwrap().split('/').next().unwrap();
        rest.rsplit('@').next().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_redis_that_never_answers_costs_half_a_second() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let redis = RedisHandle::new(&format!("redis://{}", silent.local_addr().unwrap())).unwrap();
        let started = Instant::now();
        assert!(redis.ping().await.is_err());
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn rediss_speaks_tls() {
        let peer = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = peer.local_addr().unwrap();
        let first = std::thread::spawn(move || {
            let mut byte = [0];
            peer.accept().unwrap().0.read_exact(&mut byte).unwrap();
            byte[0]
        });
        assert!(RedisHandle::new(&format!("rediss://{address}")).unwrap().ping().await.is_err());
        assert_eq!(first.join().unwrap(), 0x16, "the first byte is that of a TLS handshake");
    }

    /// Nagle's algorithm and delayed acknowledgements together cost 40 ms a request.
    #[tokio::test]
    async fn a_request_takes_no_unexplained_forty_milliseconds() {
        let redis = testing::handle();
        redis.ping().await.unwrap();
        let large = "x".repeat(100_000);
        let key = testing::name();
        let mut times = Vec::new();
        for _ in 0..10 {
            let started = Instant::now();
            redis.set_ex(&key, large.clone(), 10).await.unwrap();
            times.push(started.elapsed());
        }
        times.sort();
        // Each of them would take the forty milliseconds; a busy machine holds up some.
        assert!(times[2] < Duration::from_millis(35), "{times:?}");
    }
}
