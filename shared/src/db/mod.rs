//! MariaDB: connections that are bound to a tenant, and the unit of work that changes data.

mod audit;
mod context;
mod idempotency;
pub(crate) mod outbox;
mod pool;
pub(crate) mod replica;
pub mod search;
mod work;

pub use audit::{Action, Audit, changes};
pub use context::Context;
pub use idempotency::Key;
pub use outbox::{Event, OutboxRow, SWEEP_AGE_SECONDS, sweep};
pub use pool::{Pool, Scoped, System, connect_options};
pub(crate) use work::Touched;
pub use work::{Actor, Work};

/// A connection as the statements see it. A feature gets one only from a [`Scoped`] or a [`Work`],
/// so it is always bound to a tenant.
pub type Db = sqlx::MySqlConnection;

/// Whether the error says that the database is away, busy or restarting, and not that we asked wrongly.
pub fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        // Too many connections, shutting down, aborted, deadlock, lock wait, connection killed, read-only.
        sqlx::Error::Database(error) => error
            .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
            .is_some_and(|e| matches!(e.number(), 1040 | 1053 | 1152 | 1205 | 1213 | 1290 | 1317 | 1836 | 1927 | 3024)),
        _ => false,
    }
}

/// Whether the error says that the transaction was undone to end a deadlock.
pub(crate) fn is_deadlock(error: &sqlx::Error) -> bool {
    let error = error.as_database_error().and_then(|e| e.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>());
    error.is_some_and(|e| e.number() == 1213)
}

/// The name of the unique key that refused a row, if that is what the error says.
pub fn violated_key(error: &sqlx::Error) -> Option<String> {
    let error = error.as_database_error()?.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()?;
    if error.number() != 1062 {
        return None;
    }
    // Duplicate entry '…' for key 'name'
    let message = error.message();
    let end = message.rfind('\'')?;
    let start = message[..end].rfind('\'')? + 1;
    Some(message[start..end].to_owned())
}

/// The name of the foreign key that found no parent, if that is what the error says.
pub fn missing_parent(error: &sqlx::Error) -> Option<String> {
    let error = error.as_database_error()?.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()?;
    if error.number() != 1452 {
        return None;
    }
    let (_, rest) = error.message().split_once("CONSTRAINT `")?;
    Some(rest.split_once('`')?.0.to_owned())
}

/// The pattern of `LIKE` for texts that begin with `prefix`, with its wildcards escaped.
pub fn like_prefix(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for c in prefix.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    #[test]
    fn wildcards_in_a_search_are_letters() {
        assert_eq!(super::like_prefix(r"50%_\"), r"50\%\_\\%");
    }
}
