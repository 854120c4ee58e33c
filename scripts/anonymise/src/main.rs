//! The command that makes staging data of a copy of production's.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use anonymise::{Error, Staging};
use secrecy::SecretString;
use shared::{
    auth::password::Password,
    crypto::{BlindIndex, FieldCipher, Keyring},
    secrets,
};
use sqlx::{Connection as _, MySqlConnection};

/// What the command says about itself.
const USAGE: &str = "usage: anonymise --database NAME < PASSWORD\n       anonymise --check\n\
    Replaces every name, number, address and text in the database of MIGRATOR_DATABASE_URL, which must be a COPY.\n\
    Reads from standard input the password with which everybody signs in afterwards, at least 12 characters.\n\
    FIELD_KEYS and INDEX_KEY are those of staging; ENVIRONMENT says where this runs, never production.\n\
    --check  changes nothing; says whether each column of the database is declared in columns.toml\n";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--check"] => check().await,
        ["--database", name] => run(name).await,
        _ => {
            let _ = write!(io::stderr(), "{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(lines) => {
            // Whoever closed the pipe does not want to read on.
            let _ = writeln!(io::stdout(), "{}", lines.join("\n"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "anonymise: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn check() -> Result<Vec<String>, Error> {
    anonymise::check(&mut connect().await?).await?;
    Ok(vec!["every column is declared".to_owned()])
}

async fn run(name: &str) -> Result<Vec<String>, Error> {
    let staging = staging()?;
    let mut db = connect().await?;
    let database: String = sqlx::query_scalar("SELECT CONVERT(DATABASE() USING utf8mb4)").fetch_one(&mut db).await?;
    if database != name {
        return Err(Error::OtherDatabase(database));
    }
    anonymise::run(&mut db, &staging).await
}

/// Only what this needs: it runs where the product does not.
fn variable(name: &str) -> Result<String, Error> {
    secrets::variables().remove(name).ok_or_else(|| Error::Configuration(format!("{name} is missing")))
}

fn staging() -> Result<Staging, Error> {
    if variable("ENVIRONMENT")? == "production" {
        return Err(Error::Production);
    }
    let keys = Keyring::parse(&variable("FIELD_KEYS")?);
    let keys = keys.map_err(|error| Error::Configuration(format!("FIELD_KEYS: {error}")))?;
    let index = BlindIndex::parse(&variable("INDEX_KEY")?);
    let index = index.ok_or_else(|| Error::Configuration("INDEX_KEY: not the base64 of 32 bytes".to_owned()))?;
    let password = io::read_to_string(io::stdin().lock()).map_err(|error| Error::Configuration(error.to_string()))?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.chars().count() < 12 {
        return Err(Error::Configuration("the password from standard input has less than 12 characters".to_owned()));
    }
    Ok(Staging { cipher: FieldCipher::new(keys), index, password: Password::new(password) })
}

async fn connect() -> Result<MySqlConnection, Error> {
    let url = SecretString::from(variable("MIGRATOR_DATABASE_URL")?);
    let options = shared::db::connect_options(&url);
    let options =
        options.map_err(|_| Error::Configuration("MIGRATOR_DATABASE_URL is no mysql:// address".to_owned()))?;
    Ok(MySqlConnection::connect_with(&options).await?)
}
