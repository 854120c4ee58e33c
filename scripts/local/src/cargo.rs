//! Builds, and the commands that are built.

use std::path::Path;
use std::time::{Instant, SystemTime};

use tokio::process::Command;

use crate::environment::Environment;
use crate::family::{Family, Layer};
use crate::place::{Place, binaries};
use crate::say;
use crate::trouble::{During, Result, Trouble};

/// Runs cargo, its progress on the terminal.
pub(crate) async fn cargo(place: &Place, family: &Family, step: &str, arguments: &[&str]) -> Result<()> {
    let begun = Instant::now();
    say::begins(format!("{step}: cargo {}", arguments.join(" ")));
    // A clean clone has no database to check statements against; ./scripts/sqlx writes what stands in for it.
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(&place.root).env("SQLX_OFFLINE", "true");
    let status = family.spawn_here("cargo", Layer::Command, &mut command)?.wait().await.during(step)?;
    if status.success() {
        say::done(step, begun);
        return Ok(());
    }
    Err(Trouble::new(step, "cargo reported errors, see above").advice("correct them and start again"))
}

/// Builds a command of the product. It reads the migrations when it runs: where the sources do not compile, because
/// a statement waits for the very migration, the command built before does as well.
pub(crate) async fn build_command(place: &Place, family: &Family, name: &str) -> Result<()> {
    // The whole workspace, so that dependencies have the features that every other build gives them.
    let built = cargo(place, family, &format!("build {name}"), &["build", "--workspace", "--bin", name]).await;
    match built {
        Err(_) if binaries()?.join(name).is_file() => {
            say::notice(format!("{name} does not compile; the one built before is used"));
            Ok(())
        }
        other => other,
    }
}

/// Runs a command of the product to its end, its output in a log.
pub(crate) async fn run(place: &Place, family: &Family, environment: &Environment, name: &str) -> Result<()> {
    let begun = Instant::now();
    let log = place.log(name);
    let mut command = Command::new(binaries()?.join(name));
    command.current_dir(&place.root).envs(environment.all());
    let status = family.spawn(name, Layer::Command, &mut command, &log)?.wait().await.during(name)?;
    if status.success() {
        say::done(name, begun);
        return Ok(());
    }
    Err(Trouble::new(name, format!("ended with {status}")).advice("read the log; then start again").log(&log))
}

/// When a built file was written; the earliest time when there is none.
pub(crate) fn built(file: &Path) -> SystemTime {
    std::fs::metadata(file).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}
