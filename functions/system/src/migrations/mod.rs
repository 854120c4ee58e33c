//! The schema and the reference data that this release needs, and how they get into the database.

pub mod deployment;
mod operator;
mod reference;

use std::collections::HashMap;

pub use operator::{Difference, Mistake, replace};
use secrecy::SecretString;
use shared::db::Db;
use sqlx::{
    Connection as _, MySqlConnection,
    migrate::{Migrate as _, MigrateError, Migrator},
};

/// How long one waits for another run to end.
const LOCK_SECONDS: i32 = 600;

/// Why the database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command does not know where the database is.
    #[error("MIGRATOR_DATABASE_URL is missing: the address of MariaDB as the owner of the schema")]
    NoUrl,
    /// The address cannot be read.
    #[error("MIGRATOR_DATABASE_URL is no mysql:// address")]
    BadUrl,
    /// Another run holds the lock.
    #[error("another migration has been running for {LOCK_SECONDS} s; look what it waits for")]
    Locked,
    /// An applied file is not the one that was applied.
    #[error(
        "migration {0:04} was changed after it had been applied; write a new one instead (locally: ./scripts/dev reset)"
    )]
    Changed(i64),
    /// A file failed. It runs again next time.
    #[error("migration {0:04} failed: {1}")]
    Failed(i64, #[source] sqlx::Error),
    /// A reference file cannot be read.
    #[error("reference data {0}: {1}")]
    Unreadable(&'static str, #[source] csv::Error),
    /// What was loaded is not what the file says, as when two rows claim one name.
    #[error("reference data {0}: the table does not hold what the file says; does a name stand twice?")]
    NotLoaded(&'static str),
    /// There is no such reference table.
    #[error("there is no reference table {0}; there are provinces, districts and nace_codes")]
    UnknownTable(String),
    /// An operator's file cannot be loaded as it is.
    #[error("{} mistakes; nothing was loaded:\n  {}", .0.len(), .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "))]
    Mistakes(Vec<Mistake>),
    /// An operator's word about a flag.
    #[error(transparent)]
    Flag(#[from] crate::flags::operator::Mistake),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// Anything else that sqlx finds wrong with the migrations.
    #[error(transparent)]
    Migrate(MigrateError),
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMismatch(version) => Self::Changed(version),
            MigrateError::ExecuteMigration(error, version) => Self::Failed(version, error),
            MigrateError::Execute(error) => Self::Database(error),
            other => Self::Migrate(other),
        }
    }
}

/// The files, as they were when this binary was built.
pub fn files() -> Migrator {
    let mut files = sqlx::migrate!("../../migrations");
    // The lock is ours: it also covers clearing up after a dead run, and the reference data.
    files.set_locking(false);
    // A rollback runs an older release over a newer schema, which the newer one has only expanded.
    files.set_ignore_missing(true);
    files
}

/// Connects as the owner of the schema.
pub async fn connect(url: Option<String>) -> Result<MySqlConnection, Error> {
    let url = url.filter(|url| !url.trim().is_empty()).ok_or(Error::NoUrl)?;
    let options = shared::db::connect_options(&SecretString::from(url)).map_err(|_| Error::BadUrl)?;
    Ok(MySqlConnection::connect_with(&options).await?)
}

/// What this release has and the database has not, in words.
pub async fn pending(db: &mut Db) -> Result<Vec<String>, Error> {
    let applied = applied(db).await?;
    let mut lines = Vec::new();
    for file in files().iter() {
        match applied.get(&file.version) {
            Some((true, checksum)) if *checksum != *file.checksum => return Err(Error::Changed(file.version)),
            Some((true, _)) => {}
            Some((false, _)) => lines.push(format!("{:04} {} (died in the middle)", file.version, file.description)),
            None => lines.push(format!("{:04} {}", file.version, file.description)),
        }
    }
    if lines.is_empty() {
        lines.extend(reference::pending(db).await?);
    }
    Ok(lines)
}

/// Applies what is pending, one run at a time, and says what it did.
pub async fn apply(db: &mut Db) -> Result<Vec<String>, Error> {
    lock(db).await?;
    let done = apply_locked(db).await;
    // The server drops the lock with the connection; releasing it here is for a caller that keeps his.
    sqlx::query("SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.migrations'))").execute(&mut *db).await?;
    done
}

async fn apply_locked(db: &mut Db) -> Result<Vec<String>, Error> {
    let before = applied(db).await?;
    db.ensure_migrations_table().await?;
    // A file that died in the middle is written so that it can run again; the mark would only forbid it.
    sqlx::query("DELETE FROM _sqlx_migrations WHERE success = FALSE").execute(&mut *db).await?;
    let files = files();
    files.run_direct(&mut *db).await?;
    let new = files.iter().filter(|file| !before.get(&file.version).is_some_and(|(whole, _)| *whole));
    let mut lines: Vec<String> = new.map(|file| format!("applied {:04} {}", file.version, file.description)).collect();
    lines.extend(reference::load(db).await?);
    Ok(lines)
}

async fn lock(db: &mut Db) -> Result<(), Error> {
    let got: Option<i64> = sqlx::query_scalar("SELECT GET_LOCK(CONCAT(DATABASE(), '.migrations'), ?)")
        .bind(LOCK_SECONDS)
        .fetch_one(db)
        .await?;
    if got == Some(1) { Ok(()) } else { Err(Error::Locked) }
}

/// By version: whether the file ran to its end, and its checksum.
async fn applied(db: &mut Db) -> Result<HashMap<i64, (bool, Vec<u8>)>, Error> {
    let known: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *db)
    .await?;
    if known == 0 {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, bool, Vec<u8>)> =
        sqlx::query_as("SELECT version, success, checksum FROM _sqlx_migrations").fetch_all(db).await?;
    Ok(rows.into_iter().map(|(version, success, checksum)| (version, (success, checksum))).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_files_are_numbered_without_a_gap() {
        let versions: Vec<i64> = super::files().iter().map(|file| file.version).collect();
        let expected: Vec<i64> = (1..).take(versions.len()).collect();
        assert_eq!(versions, expected);
    }

    /// The statements of a file: each ends with a semicolon at the end of a line.
    fn statements(sql: &str) -> impl Iterator<Item = String> {
        sql.split(";\n").map(|statement| {
            let lines = statement.lines().filter(|line| !line.trim_start().starts_with("--"));
            lines.collect::<Vec<_>>().join(" ").trim().to_uppercase()
        })
    }

    #[test]
    fn every_statement_can_run_again_and_none_takes_anything_away() {
        const AGAIN: [&str; 8] = [
            "CREATE TABLE IF NOT EXISTS ",
            "CREATE ROLE IF NOT EXISTS ",
            "CREATE OR REPLACE ",
            "CREATE INDEX IF NOT EXISTS ",
            "CREATE UNIQUE INDEX IF NOT EXISTS ",
            "GRANT ",
            "INSERT INTO ",
            "ALTER TABLE ",
        ];
        for file in super::files().iter() {
            for statement in statements(&file.sql).filter(|statement| !statement.is_empty()) {
                let shown: String = statement.chars().take(80).collect();
                assert!(AGAIN.iter().any(|form| statement.starts_with(form)), "{:04}: {shown}", file.version);
                if statement.starts_with("INSERT") {
                    assert!(statement.contains(" ON DUPLICATE KEY UPDATE "), "{:04}: {shown}", file.version);
                }
                if statement.starts_with("ALTER") {
                    assert!(
                        statement.contains(" IF NOT EXISTS ") || statement.contains(" MODIFY "),
                        "{:04}: {shown}",
                        file.version
                    );
                    // What the running release still reads goes a release later, and then by name in this list.
                    for word in [" DROP ", " RENAME ", " CHANGE "] {
                        assert!(!statement.contains(word), "{:04}: {shown}", file.version);
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn an_address_that_is_missing_or_wrong_is_said_in_one_line() {
        for (url, says) in [(None, "is missing"), (Some(" "), "is missing"), (Some("localhost"), "is no mysql://")] {
            let error = super::connect(url.map(str::to_owned)).await.unwrap_err().to_string();
            assert!(error.contains("MIGRATOR_DATABASE_URL") && error.contains(says), "{error}");
        }
    }
}
