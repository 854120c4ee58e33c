//! The connections of one process. Each remembers whom it is bound to, so that binding it again
//! to the same person costs no round trip.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use deadpool::managed::{self, Metrics, RecycleResult};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection as _, Executor as _, MySqlConnection, mysql::MySqlConnectOptions};

use super::{Context, Db};
use crate::{
    error::{Error, Result},
    http::limit,
};

/// How long after its last sign of life a connection is trusted. It may have died unseen, as when Lambda froze the
/// process or the server was started again.
const TRUSTED_FOR: Duration = Duration::from_secs(5);
/// How long one waits for a connection before the answer is 503.
const WAIT: Duration = Duration::from_secs(3);
/// How long a roll-back may take before the connection is closed instead.
const ROLL_BACK: Duration = Duration::from_secs(1);

/// A connection, whom it is bound to, and whether it can be handed on.
#[derive(Debug)]
pub(super) struct Connection {
    db: MySqlConnection,
    bound: Option<Context>,
    /// Its last sign of life. To be used is none: a dead one that is asked all the time would never be found out.
    seen_alive: Instant,
    /// Set while a transaction is open, or a statement of the pool's own is under way.
    open: bool,
}

/// Makes connections for the pool.
#[derive(Debug)]
pub(super) struct Manager {
    options: MySqlConnectOptions,
    role: &'static str,
}

/// How to reach MariaDB. The server's own defaults stand for what sqlx would set with a statement
/// of its own at each connect.
pub fn connect_options(url: &SecretString) -> Result<MySqlConnectOptions> {
    let options: MySqlConnectOptions =
        url.expose_secret().parse().map_err(|_| Error::internal("the database's URL cannot be read"))?;
    Ok(options
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .set_names(false)
        .statement_cache_capacity(256))
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<Connection> {
        let connect = async {
            let mut db = MySqlConnection::connect_with(&self.options).await?;
            // Taken here, not by default: AWS's rotation copies rights from SHOW GRANTS, and cannot copy a default role.
            db.execute(self.role).await?;
            Ok::<_, sqlx::Error>(db)
        };
        let db = tokio::time::timeout(WAIT, connect).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
        Ok(Connection { db, bound: None, seen_alive: Instant::now(), open: false })
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if connection.open {
            // Whoever had it was dropped before he could put it in order.
            return Err(managed::RecycleError::message("in the middle of something"));
        }
        if connection.seen_alive.elapsed() > TRUSTED_FOR {
            connection.db.ping().await?;
            connection.seen_alive = Instant::now();
        }
        Ok(())
    }
}

type Pooled = managed::Object<Manager>;

/// Connections that were dropped inside a transaction, such as by a handler that answers 409.
type Abandoned = Arc<Mutex<Vec<Pooled>>>;

/// The connections of one process to one server, as one database user.
#[derive(Debug, Clone)]
pub struct Pool {
    connections: managed::Pool<Manager>,
    abandoned: Abandoned,
}

impl Pool {
    /// A pool of at most `size` connections of the application's user; none is opened yet.
    pub fn new(url: &SecretString, size: usize) -> Result<Self> {
        Self::with_role(url, size, "SET ROLE application")
    }

    fn with_role(url: &SecretString, size: usize, role: &'static str) -> Result<Self> {
        let manager = Manager { options: connect_options(url)?, role };
        managed::Pool::builder(manager)
            .max_size(size)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .recycle_timeout(Some(WAIT))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map(|connections| Self { connections, abandoned: Abandoned::default() })
            .map_err(Error::internal)
    }

    /// A connection that shows the rows of `context`.
    pub async fn scoped(&self, context: Context) -> Result<Scoped> {
        let mut connection = self.get().await?;
        if connection.bound != Some(context) {
            connection.bound = None;
            connection.open = true;
            if let Err(error) = context.set(&mut connection.db).await {
                // The statement has no effect of its own, so a dead connection is replaced and it is sent again.
                if !super::is_outage(&error) {
                    return Err(error.into());
                }
                drop(managed::Object::take(connection));
                connection = self.get().await?;
                connection.open = true;
                context.set(&mut connection.db).await?;
            }
            connection.open = false;
            connection.bound = Some(context);
            connection.seen_alive = Instant::now();
        }
        Ok(Scoped { connection: Some(connection), abandoned: Arc::clone(&self.abandoned) })
    }

    /// Rolls back what was abandoned, so that no lock outlives its request; what cannot be rolled
    /// back is closed, and the server does it.
    pub(crate) async fn settle(&self) {
        let abandoned = std::mem::take(&mut *self.abandoned.lock().unwrap_or_else(PoisonError::into_inner));
        for mut connection in abandoned {
            let rolled_back =
                tokio::time::timeout(ROLL_BACK, sqlx::query("ROLLBACK").execute(&mut connection.db)).await;
            if matches!(rolled_back, Ok(Ok(_))) {
                connection.open = false;
            } else {
                drop(managed::Object::take(connection));
            }
        }
    }

    async fn get(&self) -> Result<Pooled> {
        self.settle().await;
        self.connections.get().await.map_err(|error| match error {
            managed::PoolError::Backend(error) => Error::from(error),
            error => Error::unavailable(error.to_string(), 2),
        })
    }

    /// Closes every connection, at the end of the process.
    pub fn close(&self) {
        self.connections.close();
    }
}

/// A connection bound to a tenant. It goes back to the pool when it is dropped; inside a transaction,
/// by way of a roll-back.
#[derive(Debug)]
pub struct Scoped {
    /// Taken only when this is dropped.
    connection: Option<Pooled>,
    abandoned: Abandoned,
}

impl Scoped {
    pub(crate) fn set_open(&mut self, open: bool) {
        if let Some(connection) = &mut self.connection {
            connection.open = open;
        }
    }
}

impl Drop for Scoped {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if limit::given_up() {
            // The answer that it waits for would meet the next statement. The server rolls back what it finds closed.
            drop(managed::Object::take(connection));
        } else if connection.open {
            // A roll-back has to wait for the server, which a drop cannot: it is left to `settle`.
            self.abandoned.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

impl Deref for Scoped {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.connection.as_ref().expect("a connection is taken only when it is dropped").db
    }
}

impl DerefMut for Scoped {
    fn deref_mut(&mut self) -> &mut Db {
        &mut self.connection.as_mut().expect("a connection is taken only when it is dropped").db
    }
}

/// The system user's connections, which see every tenant. Only the relay, housekeeping and
/// scheduled tasks are given its URL.
#[derive(Debug, Clone)]
pub struct System(Pool);

impl System {
    /// At most `size` connections as the system user.
    pub fn new(url: &SecretString, size: usize) -> Result<Self> {
        Pool::with_role(url, size, "SET ROLE system_tasks").map(Self)
    }

    /// A connection to the base tables.
    pub async fn connection(&self) -> Result<Scoped> {
        self.0.scoped(Context::nobody()).await
    }
}
