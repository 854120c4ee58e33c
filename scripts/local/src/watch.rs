//! Rebuilds when a source changes, and starts the changed functions anew.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::cargo::{built, cargo, run};
use crate::environment::Environment;
use crate::family::Family;
use crate::functions::Functions;
use crate::place::Place;
use crate::say;
use crate::trouble::Result;

/// Looks at the sources twice a second; an editor's files are few enough for that.
pub(crate) async fn rebuild(
    place: &Place,
    family: &Family,
    environment: &Environment,
    functions: &Functions,
) -> Result<()> {
    say::line("watching functions/, shared/ and migrations/");
    let mut seen = Seen::of(place);
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = Seen::of(place);
        if now == seen {
            continue;
        }
        if now.template != seen.template {
            say::notice("template.yaml has changed: start again to serve it");
        }
        let migrations = now.migrations != seen.migrations;
        seen = now;
        if let Err(trouble) = cargo(place, family, "rebuild", &["build", "--workspace", "--bins"]).await {
            say::line(trouble.to_string());
            continue;
        }
        if migrations && let Err(trouble) = run(place, family, environment, "migrate").await {
            say::line(trouble.to_string());
        }
        let changed = functions.restart_changed().await;
        say::line(format!(
            "started anew: {}",
            if changed.is_empty() { "nothing".to_owned() } else { changed.join(", ") }
        ));
    }
}

/// The newest change and the number of files, of each kind of source.
#[derive(PartialEq, Eq)]
struct Seen {
    sources: (SystemTime, usize),
    migrations: (SystemTime, usize),
    template: (SystemTime, usize),
}

impl Seen {
    fn of(place: &Place) -> Self {
        let newest = |names: &[&str]| {
            let mut seen = (SystemTime::UNIX_EPOCH, 0);
            for name in names {
                look(&place.root.join(name), &mut seen);
            }
            seen
        };
        Self {
            sources: newest(&["functions", "shared", "Cargo.toml", "Cargo.lock", ".sqlx"]),
            migrations: newest(&["migrations"]),
            template: newest(&["template.yaml", "infra"]),
        }
    }
}

fn look(path: &Path, seen: &mut (SystemTime, usize)) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            look(&entry.path(), seen);
        }
    } else if path.exists() {
        *seen = (seen.0.max(built(path)), seen.1 + 1);
    }
}
