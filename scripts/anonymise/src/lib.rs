//! Makes staging data of a copy of production's (docs/runbooks/staging-data.md).
//!
//! Whoever works on staging sees as many companies, people and records as there are, in the same states, and nobody's
//! name, number or address. It changes the database that it is given: give it a copy.

mod columns;
mod number;
mod rows;
mod rule;
mod search;
mod stand_ins;

use shared::{
    auth::password::{Hasher, Password},
    crypto::{BlindIndex, FieldCipher, random},
    db::Db,
};
use stand_ins::StandIns;

/// Why no staging data were made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A variable is missing or cannot be read.
    #[error("{0}")]
    Configuration(String),
    /// Production itself is never changed.
    #[error(
        "ENVIRONMENT is production: this changes every row; restore a copy and give it that (docs/runbooks/staging-data.md)"
    )]
    Production,
    /// The one who calls means another database.
    #[error("the database is {0}; say --database {0} if every row of it is to be changed")]
    OtherDatabase(String),
    /// The declaration cannot be read.
    #[error("columns.toml: {0}")]
    Unreadable(String),
    /// The declaration and the schema differ.
    #[error("scripts/anonymise/columns.toml and the schema differ; nothing was changed:\n  {}", .0.join("\n  "))]
    Undeclared(Vec<String>),
    /// A table whose key is not what this command reads.
    #[error("{0}: rows of this table are not known by (tenant_id, id)")]
    Key(String),
    /// The check at the end found something.
    #[error("{0} still holds what it held; do not use this database")]
    Left(String),
    /// A password that cannot be hashed.
    #[error("the password: {0}")]
    Password(#[from] shared::Error),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// What staging has of its own.
#[derive(Debug)]
pub struct Staging {
    /// Its FIELD_KEYS.
    pub cipher: FieldCipher,
    /// Its INDEX_KEY.
    pub index: BlindIndex,
    /// With which everybody signs in there.
    pub password: Password,
}

/// Says whether every column is declared; changes nothing.
pub async fn check(db: &mut Db) -> Result<(), Error> {
    columns::declared(db).await.map(drop)
}

/// Puts stand-ins in the place of everything personal, and says what it did.
pub async fn run(db: &mut Db, staging: &Staging) -> Result<Vec<String>, Error> {
    let tables = columns::declared(db).await?;
    let hash = Hasher::default().hash(&staging.password).await?;
    let run = random::token();
    sqlx::query("SET @staging_password = ?, @run = ?, foreign_key_checks = 0")
        .bind(hash)
        .bind(run)
        .execute(&mut *db)
        .await?;
    let mut known = StandIns::new();
    for (name, table) in &tables {
        rows::remember(db, name, table, &mut known).await?;
    }
    let mut lines = Vec::new();
    for (name, table) in &tables {
        if table.emptied {
            let emptied = sqlx::query(&format!("DELETE FROM {name}")).execute(&mut *db).await?.rows_affected();
            lines.push(format!("{name}: {emptied} rows taken away"));
            continue;
        }
        if !table.set.is_empty() {
            let set = table.set.iter().map(|(column, value)| format!("{column} = {value}")).collect::<Vec<_>>();
            sqlx::query(&format!("UPDATE {name} SET {}", set.join(", "))).execute(&mut *db).await?;
        }
        if !table.replace.is_empty() {
            let count = rows::replace(db, name, table, &mut known, staging).await?;
            lines.push(format!("{name}: {count} rows, {} columns replaced", table.replace.len() + table.set.len()));
        }
    }
    for (name, table) in &tables {
        if let Some(search) = &table.search {
            search::index(db, name, search).await?;
        }
        rows::verify(db, name, table, &known).await?;
    }
    sqlx::query("SET foreign_key_checks = 1").execute(&mut *db).await?;
    lines.extend(sign_ins(db).await?);
    Ok(lines)
}

/// Whom one can sign in as: the first user of each role in the first tenants.
async fn sign_ins(db: &mut Db) -> sqlx::Result<Vec<String>> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT CONVERT(t.name USING utf8mb4), CONVERT(u.role USING utf8mb4), CONVERT(MIN(a.email) USING utf8mb4) \
         FROM users_rows u JOIN tenants_rows t ON t.id = u.tenant_id JOIN accounts_rows a ON a.id = u.account_id \
         WHERE u.is_active AND t.status = 'ACTIVE' AND a.password_hash IS NOT NULL AND a.email_confirmed_at IS NOT NULL \
         GROUP BY t.id, u.role ORDER BY t.id, u.role LIMIT 20",
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|(tenant, role, email)| format!("sign in: {email} ({role}, {tenant})")).collect())
}
