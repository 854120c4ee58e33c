//! Brings the database to this release's schema and reference data; `--check` only tells what is pending.
//!
//! A command; where Lambda starts it, a function that a deployment calls.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use shared::secrets::{self, Extension};
use system::{
    flags,
    migrations::{self, Error},
};

/// `--check` found something to do: no error, and no other end of the command looks like it.
const WOULD_CHANGE: u8 = 1;
/// What was asked for was not done.
const ERROR: u8 = 2;

/// What the command says about itself.
const USAGE: &str = "usage: migrate [--check]\n       migrate reference --table TABLE --file FILE [--source TEXT] [--check]\n       migrate flag [NAME [--rollout 0..100] [--hold on|off|none] [--tenant SLUG|ID] --by NAME]\n\
    Applies the pending migrations and loads the reference data. Needs MIGRATOR_DATABASE_URL only.\n\
    --check  changes nothing, lists what is pending, and ends with 1 if anything is; any error ends with 2\n\
    reference puts a CSV file of your own in the place of provinces, districts or nace_codes\n\
    flag lists the feature flags, or says for whom one is on\n";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if in_lambda() {
        return match serve().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _ = writeln!(io::stderr(), "migrate: {error}");
                ExitCode::FAILURE
            }
        };
    }
    match run(std::env::args().skip(1).collect()).await {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "migrate: {error}");
            ExitCode::from(ERROR)
        }
    }
}

async fn run(arguments: Vec<String>) -> Result<ExitCode, Error> {
    match arguments.first().map(String::as_str) {
        Some("reference") => return reference(&arguments[1..]).await,
        Some("flag") => return flag(&arguments[1..]).await,
        _ => {}
    }
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => false,
        ["--check"] => true,
        _ => {
            let _ = write!(io::stderr(), "{USAGE}");
            return Ok(ExitCode::from(ERROR));
        }
    };
    let mut db = migrations::connect(url()).await?;
    if check {
        let pending = migrations::pending(&mut db).await?;
        for line in &pending {
            tell(format_args!("pending: {line}"));
        }
        return Ok(if pending.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WOULD_CHANGE) });
    }
    let done = migrations::apply(&mut db).await?;
    for line in &done {
        tell(format_args!("{line}"));
    }
    if done.is_empty() {
        tell(format_args!("nothing to do: the schema and the reference data are current"));
    }
    Ok(ExitCode::SUCCESS)
}

/// `reference --table nace_codes --file list.csv`
async fn reference(arguments: &[String]) -> Result<ExitCode, Error> {
    let (mut table, mut file, mut source, mut check) = (None, None, None, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--table" => table = rest.next(),
            "--file" => file = rest.next(),
            "--source" => source = rest.next(),
            "--check" => check = true,
            _ => table = None,
        }
    }
    let (Some(table), Some(file)) = (table, file) else {
        let _ = write!(io::stderr(), "{USAGE}");
        return Ok(ExitCode::from(ERROR));
    };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            let _ = writeln!(io::stderr(), "migrate: {file} cannot be read: {error}");
            return Ok(ExitCode::from(ERROR));
        }
    };
    let mut db = migrations::connect(url()).await?;
    let named = source.map_or_else(|| file.rsplit('/').next().unwrap_or(file), String::as_str);
    let difference = migrations::replace(&mut db, table, &text, named, check).await?;
    for line in difference.lines() {
        tell(format_args!("{line}"));
    }
    if check && !difference.is_empty() {
        tell(format_args!("nothing was changed: leave --check out to load the file"));
        return Ok(ExitCode::from(WOULD_CHANGE));
    }
    Ok(ExitCode::SUCCESS)
}

/// `flag exports --hold off --by Ayşe`
async fn flag(arguments: &[String]) -> Result<ExitCode, Error> {
    let mut db = migrations::connect(url()).await?;
    for line in flags::operator::run(&mut db, arguments).await? {
        tell(format_args!("{line}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The one variable that this command reads; it runs where the others are not set.
fn url() -> Option<String> {
    secrets::variables().remove("MIGRATOR_DATABASE_URL")
}

#[expect(clippy::disallowed_methods, reason = "what starts a process decides what it is, before any configuration")]
fn in_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

async fn serve() -> shared::Result<()> {
    shared::serve::serve_bare("migrate", |event| async move {
        let only = url().map(|url| ("MIGRATOR_DATABASE_URL".to_owned(), url)).into_iter().collect();
        let mut only = secrets::resolve(only, &Extension::from_env(), true).await.map_err(shared::Error::internal)?;
        migrations::deployment::run(only.remove("MIGRATOR_DATABASE_URL"), event).await
    })
    .await
}

fn tell(line: std::fmt::Arguments<'_>) {
    // Whoever closed the pipe does not want to read on.
    let _ = writeln!(io::stdout(), "{line}");
}
