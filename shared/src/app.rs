//! The application's state: what a function holds from its start to its end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use ::redis::{Pipeline, RedisResult};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use sqlx::Row;
use uuid::Uuid;

use crate::{
    auth::{
        Caller, CompanyId, TenantId,
        password::Hasher,
        session::{self, Over},
        token::Tokens,
    },
    cache::Cache,
    clock::Clock,
    config::Config,
    crypto::{BlindIndex, FieldCipher, Keyring, Signer},
    db::{Actor, Context, Key, OutboxRow, Pool, Scoped, System, Touched, Work},
    error::{Error, Result},
    flags::LastKnown,
    limits::{Limit, Limiter, Lockout},
    redis::RedisHandle,
};

/// How long the writer waits for SQS before it leaves its rows to the relay.
const SEND_LIMIT: Duration = Duration::from_millis(150);
/// How long the figures of the limits are believed.
const LIMITS_LIFE: Duration = Duration::from_mins(1);

/// The application's state. Cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// The limits by name, and when they were read.
type Figures = (Instant, Arc<HashMap<String, Limit>>);

struct Inner {
    name: String,
    config: Config,
    clock: Clock,
    pool: Pool,
    replica: Option<Pool>,
    system: Option<System>,
    redis: RedisHandle,
    limiter: Limiter,
    lockout: Lockout,
    cache: Cache,
    signer: Signer,
    cipher: FieldCipher,
    index: BlindIndex,
    tokens: Tokens,
    hasher: Hasher,
    limits: Mutex<Option<Figures>>,
    flags: LastKnown,
    #[cfg(feature = "queue")]
    queues: crate::queue::Queues,
    #[cfg(feature = "storage")]
    storage: std::sync::OnceLock<crate::storage::Storage>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "App({})", self.0.name)
    }
}

impl App {
    /// The state of the function of this name. Nothing is connected yet: a function starts while
    /// its database is away, and says so when it is asked.
    pub fn new(name: &str, config: Config, clock: Clock) -> Result<Self> {
        crate::web::assets::list_is_at(&config.assets_manifest);
        let size = config.database_max_connections;
        let signing = Keyring::parse(config.signing_keys.expose_secret())
            .map_err(|e| Error::internal(format!("SIGNING_KEYS: {e}")))?;
        let fields = Keyring::parse(config.field_keys.expose_secret())
            .map_err(|e| Error::internal(format!("FIELD_KEYS: {e}")))?;
        let index = BlindIndex::parse(config.index_key.expose_secret())
            .ok_or_else(|| Error::internal("INDEX_KEY is not base64 of 32 bytes"))?;
        let redis = RedisHandle::new(config.redis_url.expose_secret()).map_err(Error::internal)?;
        let signer = Signer::new(signing);
        Ok(Self(Arc::new(Inner {
            name: name.to_owned(),
            pool: Pool::new(&config.database_url, size)?,
            replica: config.database_replica_url.as_ref().map(|url| Pool::new(url, size)).transpose()?,
            system: config.system_database_url.as_ref().map(|url| System::new(url, size)).transpose()?,
            limiter: Limiter::new(redis.clone()),
            lockout: Lockout::new(redis.clone()),
            cache: Cache::new(redis.clone()),
            tokens: Tokens::new(&signer),
            signer,
            cipher: FieldCipher::new(fields),
            index,
            redis,
            hasher: Hasher::default(),
            limits: Mutex::new(None),
            flags: LastKnown::default(),
            #[cfg(feature = "queue")]
            queues: crate::queue::Queues::new(&config),
            #[cfg(feature = "storage")]
            storage: std::sync::OnceLock::new(),
            clock,
            config,
        })))
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// A new UUIDv7.
    pub fn new_uuid(&self) -> Uuid {
        crate::types::new_uuid(self.now())
    }

    /// The application user's connections; a feature asks for [`App::read`] or [`App::begin`].
    pub(crate) fn pool(&self) -> &Pool {
        &self.0.pool
    }

    /// The system user's connections, of the functions that are given them.
    pub fn system(&self) -> Result<&System> {
        self.0.system.as_ref().ok_or_else(|| Error::internal("SYSTEM_DATABASE_URL is missing"))
    }

    /// Redis.
    pub fn redis(&self) -> &RedisHandle {
        &self.0.redis
    }

    /// The limits' counters.
    pub fn limits(&self) -> &Limiter {
        &self.0.limiter
    }

    /// The failed sign-ins.
    pub fn lockout(&self) -> &Lockout {
        &self.0.lockout
    }

    /// The cache.
    pub fn cache(&self) -> &Cache {
        &self.0.cache
    }

    /// The last known answers about feature flags; a feature asks [`App::flag`].
    pub(crate) fn last_flags(&self) -> &LastKnown {
        &self.0.flags
    }

    /// Signs links and cursors.
    pub fn signer(&self) -> &Signer {
        &self.0.signer
    }

    /// Encrypts columns.
    pub fn cipher(&self) -> &FieldCipher {
        &self.0.cipher
    }

    /// Makes blind indexes.
    pub fn blind_index(&self) -> &BlindIndex {
        &self.0.index
    }

    /// Makes and checks session tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// Hashes passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// The queues.
    #[cfg(feature = "queue")]
    pub fn queues(&self) -> &crate::queue::Queues {
        &self.0.queues
    }

    /// The object store, of the functions that are given a bucket.
    #[cfg(feature = "storage")]
    pub fn storage(&self) -> Result<&crate::storage::Storage> {
        let bucket = self.0.config.files_bucket.as_ref();
        let bucket = bucket.ok_or_else(|| Error::internal("FILES_BUCKET is missing"))?;
        // Made when it is first asked for: most calls of a function that has a bucket do without.
        Ok(self.0.storage.get_or_init(|| self.bucket(bucket)))
    }

    /// The object store that nothing can be changed in, of the task that is given one.
    #[cfg(feature = "storage")]
    pub fn archive(&self) -> Result<crate::storage::Storage> {
        let bucket = self.0.config.audit_bucket.as_ref();
        Ok(self.bucket(bucket.ok_or_else(|| Error::internal("AUDIT_BUCKET is missing"))?))
    }

    #[cfg(feature = "storage")]
    fn bucket(&self, name: &str) -> crate::storage::Storage {
        let Config { aws, s3_public_endpoint, .. } = &self.0.config;
        crate::storage::Storage::new(&crate::storage::StorageConfig {
            bucket: name.to_owned(),
            region: aws.region.clone(),
            endpoint: aws.endpoint.clone(),
            public_endpoint: s3_public_endpoint.clone(),
            access_key_id: aws.access_key_id.clone(),
            secret_access_key: aws.secret_access_key.clone(),
            session_token: aws.session_token.clone(),
        })
    }

    /// A pseudonym for an address or the like, as a key of Redis.
    pub fn digest(&self, value: &str) -> String {
        self.0.signer.pseudonym("limits", value.as_bytes())
    }

    /// A connection that shows what the caller may see.
    pub async fn read(&self, caller: &Caller) -> Result<Scoped> {
        self.0.pool.scoped(caller.context()).await
    }

    /// A connection for reports and exports: to the replica where there is one.
    pub async fn read_replica(&self, caller: &Caller) -> Result<Scoped> {
        self.read_replica_as(caller.context()).await
    }

    /// As [`App::read_replica`], in a task.
    ///
    /// The replica shows everything that was committed before this call, or the primary is asked instead: whoever
    /// changes something and then wants a list finds the change in it.
    pub async fn read_replica_as(&self, context: Context) -> Result<Scoped> {
        let mut primary = self.0.pool.scoped(context).await?;
        let Some(replica) = &self.0.replica else { return Ok(primary) };
        match crate::db::replica::current(replica, &mut primary, context).await {
            Ok(Some(db)) => return Ok(db),
            Ok(None) => tracing::warn!(category = "application", "replica.behind"),
            Err(error) => tracing::warn!(category = "application", error = %error, "replica.away"),
        }
        Ok(primary)
    }

    /// A connection that shows what was true at one moment, however long it is read from: for what is read in many
    /// statements and must fit together. It goes back, by way of a roll-back, when it is dropped.
    pub async fn snapshot(&self, caller: &Caller) -> Result<Scoped> {
        let mut db = self.read_replica(caller).await?;
        db.set_open(true);
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *db).await?;
        sqlx::query("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY").execute(&mut *db).await?;
        Ok(db)
    }

    /// A connection bound to this context, before anybody is signed in or in a task.
    pub async fn read_as(&self, context: Context) -> Result<Scoped> {
        self.0.pool.scoped(context).await
    }

    /// Begins a change by the caller. With a key, an answer that was given before comes as the error.
    pub async fn begin(&self, caller: &Caller, key: Option<Key>) -> Result<Work> {
        let key = key.map(|key| (key, caller.user.as_uuid(), caller.company.map(CompanyId::as_uuid)));
        Work::begin(self, caller.context(), Actor::from(caller), key).await
    }

    /// Begins a change in nobody's session: a sign-in, a link, a background task.
    pub async fn begin_as(&self, context: Context, actor: Actor) -> Result<Work> {
        Work::begin(self, context, actor, None).await
    }

    /// The limit of this name, with the figures of the table of limits.
    pub async fn limit(&self, name: &str) -> Result<Limit> {
        if let Some(limit) = self.kept_limits().and_then(|(_, limits)| limits.get(name).cloned()) {
            return Ok(limit);
        }
        let limits = self.load_limits().await?;
        limits.get(name).cloned().ok_or_else(|| Error::internal(format!("the limit {name} is not in the table")))
    }

    fn kept_limits(&self) -> Option<Figures> {
        let kept = self.0.limits.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone().filter(|(at, _)| at.elapsed() < LIMITS_LIFE)
    }

    async fn load_limits(&self) -> Result<Arc<HashMap<String, Limit>>> {
        let mut db = self.0.pool.scoped(Context::nobody()).await?;
        let rows = sqlx::query("SELECT name, subject, max_requests, window_seconds, fail_mode FROM rate_limits")
            .fetch_all(&mut *db)
            .await?;
        let mut limits = HashMap::with_capacity(rows.len());
        for row in rows {
            // The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
            let name: String = row.try_get_unchecked("name")?;
            let limit = Limit::read(
                &name,
                row.try_get_unchecked::<&str, _>("subject")?,
                row.try_get("max_requests")?,
                row.try_get("window_seconds")?,
                row.try_get_unchecked::<&str, _>("fail_mode")?,
                self.0.config.rate_limit_address_factor,
            )
            .ok_or_else(|| Error::internal(format!("the limit {name} cannot be read")))?;
            limits.insert(name, limit);
        }
        let limits = Arc::new(limits);
        *self.0.limits.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&limits)));
        Ok(limits)
    }

    /// Keeps Redis's copy of a session; when that fails the database is asked again. What says that
    /// the session is over stays: it was ended since this copy was read.
    pub(crate) async fn remember_session(&self, key: &str, session: String) {
        if let Err(error) = self.0.redis.set_new_ex(key, session, session::COPY_SECONDS).await {
            tracing::warn!(category = "application", error = %error, "session.copy_failed");
        }
    }

    /// Keeps that a session is over, until its token (which is good until `expires`, in seconds since
    /// 1970) is refused by itself.
    pub(crate) async fn remember_over(&self, key: &str, over: Over, expires: i64) {
        let left = u64::try_from(expires - self.now().timestamp()).unwrap_or(0).max(1);
        if let Err(error) = self.0.redis.set_ex(key, over.as_str().to_owned(), left).await {
            tracing::warn!(category = "application", error = %error, "session.end_not_kept");
        }
    }

    /// What follows a commit. None of it can undo the change; each has something that makes up for it:
    /// the copy of a session expires, an event on the queue drops the tags again, the relay sends.
    #[cfg_attr(not(feature = "queue"), expect(unused_variables, reason = "a reader sends nothing"))]
    pub(crate) async fn after_commit(
        &self,
        db: Scoped,
        tenant: TenantId,
        tags: &[String],
        sessions: &Touched,
        rows: Vec<OutboxRow>,
    ) {
        if let Err(error) = self.forget_sessions(sessions).await {
            tracing::warn!(category = "application", error = %error, "session.copy_not_dropped");
        }
        if !tags.is_empty() {
            self.0.cache.invalidate(tenant.as_uuid(), tags).await;
        }
        #[cfg(feature = "queue")]
        if !rows.is_empty() {
            let mut db = db;
            let Ok(sent) = tokio::time::timeout(SEND_LIMIT, self.0.queues.send(&rows)).await else {
                tracing::warn!(category = "application", rows = rows.len(), "outbox.send_timed_out");
                return;
            };
            if let Err(error) = crate::db::outbox::mark_sent(&mut db, &sent, self.now()).await {
                // Unmarked rows are sent again by the relay; every consumer knows its messages by id.
                tracing::warn!(category = "application", error = %error, "outbox.not_marked");
            }
        }
    }

    /// Drops the copies of changed sessions. In the place of those of ended ones their end is kept for
    /// as long as somebody may still write down a copy that he read before.
    async fn forget_sessions(&self, sessions: &Touched) -> RedisResult<()> {
        let mut pipeline = Pipeline::new();
        for id in &sessions.changed {
            pipeline.del(session::copy_key(*id)).ignore();
        }
        for id in &sessions.ended {
            pipeline.set_ex(session::copy_key(*id), Over::Ended.as_str(), session::COPY_SECONDS).ignore();
        }
        if pipeline.is_empty() { Ok(()) } else { self.0.redis.run(&pipeline).await }
    }

    /// Rolls back what a request or a message left behind in the middle of a transaction.
    pub(crate) async fn settle(&self) {
        self.0.pool.settle().await;
        if let Some(replica) = &self.0.replica {
            replica.settle().await;
        }
    }

    /// Closes the connections, at the end of the process.
    pub fn close(&self) {
        self.0.pool.close();
        if let Some(replica) = &self.0.replica {
            replica.close();
        }
    }
}
