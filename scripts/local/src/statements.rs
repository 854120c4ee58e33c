//! `.sqlx`: what sqlx's macros need to know about each statement where no database is at hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::process::Command;

use crate::environment::{Environment, hexadecimal, random_hexadecimal};
use crate::family::{Family, Layer, Running};
use crate::place::Place;
use crate::say;
use crate::trouble::{During, Result, Trouble};
use crate::up::read;

/// Checks every statement against the running development database and writes `.sqlx`.
pub(crate) async fn write(place: &Place) -> Result<()> {
    let step = "write .sqlx";
    let Some(running) = Running::read(place).filter(Running::supervised) else {
        return Err(Trouble::new(step, "no database runs").advice("./scripts/dev services --detach"));
    };
    let place = Place { port: running.port, ..place.clone() };
    let family = Family::unrecorded(&place)?;
    let environment = Environment::prepare(&place, &read(&place)?)?;
    let begun = Instant::now();
    let found = place.root.join(".dev/sqlx/write");
    fresh(&found).during(step)?;
    let nonce = random_hexadecimal(8);
    let mut clippy = clippy(&place, &environment, &found, &nonce, &["--cap-lints", "allow"]);
    let status = family.spawn_here("cargo", Layer::Command, &mut clippy)?.wait().await.during(step)?;
    let kept = place.root.join(".sqlx");
    if status.success() {
        fresh(&kept).during(step)?;
    }
    std::fs::create_dir_all(&kept).during(step)?;
    let files = load(&found).during(step)?;
    for name in files.keys() {
        std::fs::copy(found.join(name), kept.join(name)).during(step)?;
    }
    if !status.success() {
        let why = format!("not everything compiles; {} statements were written, none removed", files.len());
        return Err(Trouble::new(step, why).advice("see above; ./scripts/dev migrate applies a new migration"));
    }
    say::done(format!("{} statements in .sqlx", files.len()), begun);
    Ok(())
}

/// Clippy over everything, the macros asking the database as the user who may see what any function may see.
///
/// The mark makes clippy look at the workspace's own crates anew, without touching a file that other builds look at:
/// cargo does not notice that a database has changed.
pub(crate) fn clippy(place: &Place, environment: &Environment, found: &Path, mark: &str, lints: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(["clippy", "--workspace", "--all-targets", "--all-features", "--keep-going", "--"]).args(lints);
    command.args(["--cfg", &format!("statements=\"{mark}\"")]);
    command.current_dir(&place.root).env("SQLX_OFFLINE", "false").env("SQLX_OFFLINE_DIR", found);
    command.env("DATABASE_URL", environment.get("CHECK_DATABASE_URL"));
    command
}

/// The folder for what the macros find, and the mark that goes with it: both depend on the sources and migrations, so
/// that a second check of the same sources costs nothing.
pub(crate) fn scratch(place: &Place) -> Result<(PathBuf, String)> {
    let step = "prepare the check of the statements";
    let mut hash = Sha256::new();
    for name in ["migrations", "shared", "functions", "tests", "Cargo.lock"] {
        add(&place.root.join(name), &mut hash).during(step)?;
    }
    let mark = hexadecimal(&hash.finalize()[..8]);
    let parent = place.root.join(".dev/sqlx");
    let found = parent.join(&mark);
    if !found.is_dir() {
        fresh(&parent).during(step)?;
        fresh(&found).during(step)?;
    }
    Ok((found, mark))
}

/// Fails when `.sqlx` is not what the macros have found.
pub(crate) fn compare(place: &Place, found: &Path) -> Result<()> {
    let step = "compare .sqlx with the statements in the code";
    let (kept, found) = (load(&place.root.join(".sqlx")).during(step)?, load(found).during(step)?);
    let differences = differences(&kept, &found);
    if differences.is_empty() {
        say::line(format!("{} statements are current in .sqlx", found.len()));
        return Ok(());
    }
    Err(Trouble::new(step, differences.join("\n")).advice("./scripts/sqlx, and commit .sqlx"))
}

fn differences(kept: &BTreeMap<String, Value>, found: &BTreeMap<String, Value>) -> Vec<String> {
    let statement = |value: &Value| {
        let text = value["query"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        text.chars().take(90).collect::<String>()
    };
    let new = found.iter().filter(|(name, _)| !kept.contains_key(*name)).map(|(_, value)| ("is missing", value));
    let gone = kept.iter().filter(|(name, _)| !found.contains_key(*name)).map(|(_, value)| ("is in no code", value));
    let other = found.iter().filter(|(name, value)| kept.get(*name).is_some_and(|kept| kept != *value));
    let other = other.map(|(_, value)| ("has another type now", value));
    new.chain(gone).chain(other).map(|(what, value)| format!("{what}: {}", statement(value))).collect()
}

fn load(folder: &Path) -> std::io::Result<BTreeMap<String, Value>> {
    let mut files = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("query-") {
            files.insert(name, serde_json::from_slice(&std::fs::read(entry.path())?)?);
        }
    }
    Ok(files)
}

fn fresh(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)
}

fn add(path: &Path, hash: &mut Sha256) -> std::io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    if !path.is_dir() {
        hash.update(path.to_string_lossy().as_bytes());
        hash.update(std::fs::read(path)?);
        return Ok(());
    }
    let mut entries: Vec<_> = std::fs::read_dir(path)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    entries.iter().try_for_each(|entry| add(&entry.path(), hash))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_difference_is_named() {
        let files =
            |pairs: &[(&str, Value)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let kept: BTreeMap<String, Value> = files(&[
            ("same", json!({ "query": "SELECT 1" })),
            ("gone", json!({ "query": "SELECT 2" })),
            ("other", json!({ "query": "SELECT 3", "type": "INT" })),
        ]);
        let found = files(&[
            ("same", json!({ "query": "SELECT 1" })),
            ("new", json!({ "query": "SELECT\n  4" })),
            ("other", json!({ "query": "SELECT 3", "type": "TEXT" })),
        ]);
        assert_eq!(
            differences(&kept, &found),
            ["is missing: SELECT 4", "is in no code: SELECT 2", "has another type now: SELECT 3"]
        );
        assert!(differences(&kept, &kept).is_empty());
    }
}
