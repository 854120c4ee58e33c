//! Runs the product on one machine: the services, the functions, what starts them, and the checks.

mod alerts;
mod aws;
mod background;
mod bench;
mod beside;
mod cargo;
mod check;
#[cfg(test)]
mod compose;
mod control;
mod drills;
mod edge;
mod emulator;
mod environment;
mod events;
mod family;
mod faults;
mod front;
mod functions;
mod gateway;
mod gauges;
mod http;
mod metrics;
mod place;
mod ports;
mod report;
mod routes;
mod say;
mod schedule;
mod services;
mod statements;
mod template;
mod triggers;
mod trouble;
mod up;
mod watch;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::place::{Kind, Place};
use crate::trouble::Result;

/// Runs ProSektorWeb on this machine.
///
/// Without a command: private instances of MariaDB, Redis, AWS and a mail catcher, the database migrated and
/// filled with demo data, every function built and served at http://localhost:9000, its queues and schedules too.
/// Ctrl-C stops everything.
#[derive(Debug, Parser)]
#[command(name = "dev", bin_name = "./scripts/dev")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    dev: Dev,
    /// HTTP port; MariaDB, Redis, AWS, SMTP and the mail page take the next five.
    #[arg(long, global = true, env = "DEV_PORT", default_value_t = 9000)]
    port: u16,
    /// Copies of each function.
    #[arg(long, global = true, env = "DEV_CONCURRENCY", default_value_t = 2)]
    copies: usize,
}

#[derive(Debug, Args)]
struct Dev {
    #[command(flatten)]
    background: Background,
    /// Rebuild when a source changes, and start the changed functions anew.
    #[arg(long)]
    watch: bool,
    /// Let a second MariaDB replicate, and reports and exports read from it.
    #[arg(long)]
    replica: bool,
}

#[derive(Debug, Args)]
struct Background {
    /// Return when ready, and go on in the background.
    #[arg(long)]
    detach: bool,
    /// Leave the terminal's session.
    #[arg(long, hide = true)]
    own_session: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Only the services, for plain `cargo lambda watch` and for tests from an editor
    Services(Background),
    /// End what runs, or one of its services
    Stop {
        /// mariadb, redis, aws or mail; a function starts again by itself.
        name: Option<String>,
        /// Give it no time to put anything in order, as a crash would.
        #[arg(long, requires = "name")]
        kill: bool,
    },
    /// Start a service again that was ended
    Start {
        /// mariadb, redis, aws or mail.
        name: String,
    },
    /// Let a service hang: it keeps its connections and answers nothing
    Pause {
        /// mariadb, redis, aws or mail.
        name: String,
    },
    /// Let a service go on that hangs
    Resume {
        /// mariadb, redis, aws or mail.
        name: String,
    },
    /// Say what runs
    Status,
    /// Show the logs as they grow
    Logs {
        /// One of the logs: a function, mariadb, redis, aws, mail, gateway, triggers …
        name: Option<String>,
    },
    /// End what runs and forget all data
    Reset,
    /// Apply new migrations to the running database
    Migrate,
    /// Write the demo data once more
    Seed,
    /// Write .sqlx: what stands in for a database when statements are checked
    Sqlx,
    /// Front, queues and schedules for functions that run elsewhere: infra/compose.yaml
    #[command(hide = true)]
    Beside(beside::Elsewhere),
    /// Compare the local routes in Cargo.toml with template.yaml
    Routes,
    /// Measure the release build, on a stack of its own
    #[command(hide = true)]
    Bench {
        /// HTTP port of the stack.
        #[arg(long, env = "TEST_PORT", default_value_t = 9100)]
        test_port: u16,
        /// Only these parts.
        #[arg(value_enum)]
        only: Vec<bench::Part>,
    },
    /// Every check, on a stack of its own
    #[command(hide = true)]
    Test {
        /// HTTP port of the stack under test.
        #[arg(long, env = "TEST_PORT", default_value_t = 9100)]
        test_port: u16,
        /// Only this part, on a stack that is made for it.
        #[arg(value_enum)]
        only: Option<check::Part>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(run(Cli::parse())).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            say::line(format!("\n{trouble}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<bool> {
    let mut place = Place::here(Kind::Development, cli.port, cli.copies)?;
    place.replicated = cli.dev.replica;
    match cli.command {
        None if cli.dev.background.detach => {
            let chosen = [("--watch", cli.dev.watch), ("--replica", cli.dev.replica)];
            let arguments: Vec<_> = chosen.into_iter().filter_map(|(name, wanted)| wanted.then_some(name)).collect();
            background::detach(&place, &arguments).await?;
        }
        None => {
            leave_terminal(&cli.dev.background);
            up::dev(&place, cli.dev.watch).await?;
        }
        Some(Command::Services(background)) if background.detach => {
            background::detach(&place, &["services"]).await?;
        }
        Some(Command::Services(background)) => {
            leave_terminal(&background);
            up::only_services(&place).await?;
        }
        Some(Command::Stop { name: Some(name), kill }) => {
            control::ask(&place, if kill { "kill" } else { "stop" }, &name).await?;
        }
        Some(Command::Stop { name: None, .. }) => background::stop(&place).await?,
        Some(Command::Start { name }) => control::ask(&place, "start", &name).await?,
        Some(Command::Pause { name }) => control::ask(&place, "pause", &name).await?,
        Some(Command::Resume { name }) => control::ask(&place, "resume", &name).await?,
        Some(Command::Status) => return Ok(background::status(&place)),
        Some(Command::Logs { name }) => background::logs(&place, name.as_deref())?,
        Some(Command::Reset) => background::reset(&place).await?,
        Some(Command::Migrate) => background::prepare(&place, "migrate").await?,
        Some(Command::Seed) => background::prepare(&place, "seed").await?,
        Some(Command::Sqlx) => statements::write(&place).await?,
        Some(Command::Beside(elsewhere)) => beside::serve(&place, elsewhere).await?,
        Some(Command::Routes) => routes::check(&place)?,
        Some(Command::Bench { test_port, only }) => {
            let place = Place::here(Kind::Bench, test_port, cli.copies)?;
            return Box::pin(bench::run_all(&place, &only)).await;
        }
        Some(Command::Test { test_port, only }) => {
            let place = Place::here(Kind::Test, test_port, cli.copies)?;
            return Box::pin(check::run_all(&place, only)).await;
        }
    }
    Ok(true)
}

/// A closed terminal must not take a detached stack with it.
fn leave_terminal(background: &Background) {
    if background.own_session {
        // Fails only for the leader of a group, which has its own session's fate anyway.
        let _ = rustix::process::setsid();
    }
}
