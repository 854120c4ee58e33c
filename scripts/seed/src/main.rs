//! Fills an empty development database with the demo data (docs/demo-data.md). A second run changes nothing.

mod dice;
mod names;
mod people;
mod plan;
mod register;
mod service;
mod states;
mod tenants;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use secrecy::ExposeSecret as _;
use shared::{App, clock::Clock, config::Config};
use sqlx::{Connection as _, MySqlConnection};

/// Why the demo data could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Somewhere that is no place for made-up people.
    #[error("ENVIRONMENT is {0}: demo data are made only in development and test")]
    WrongPlace(&'static str),
    /// A variable is missing.
    #[error("{0}")]
    Configuration(String),
    /// A feature refused.
    #[error("{0}")]
    Refused(#[from] shared::Error),
    /// The plan holds a value that is none.
    #[error("the plan of the demo data: {0}")]
    Plan(#[from] shared::types::Invalid),
    /// The reference data are missing.
    #[error("there are no districts of province {0}: run migrate first")]
    NoReference(&'static str),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "seed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let config = Config::from_env().map_err(|error| Error::Configuration(error.to_string()))?;
    if !config.environment.is_local() {
        return Err(Error::WrongPlace(config.environment.as_str()));
    }
    let url = config.migrator_database_url.clone();
    let url = url.ok_or_else(|| Error::Configuration("MIGRATOR_DATABASE_URL is missing".to_owned()))?;
    let app = App::new("seed", config, Clock::System)?;
    let mut db = MySqlConnection::connect(url.expose_secret()).await?;
    for plan in plan::TENANTS {
        // A tenant is there as a whole or not at all.
        let mut transaction = db.begin().await?;
        if let Some(made) = tenants::seed(&app, &mut transaction, plan).await? {
            transaction.commit().await?;
            tell(&format!("{}: {made}", plan.name));
        } else {
            tell(&format!("{}: is there already", plan.name));
        }
    }
    Ok(())
}

fn tell(line: &str) {
    // Whoever closed the pipe does not want to read on.
    let _ = writeln!(io::stdout(), "{line}");
}
