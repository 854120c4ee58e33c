//! The worst days, rehearsed by scripts/drill on servers of its own.

use tokio::process::Command;

use crate::check::finish;
use crate::family::{Family, Layer};
use crate::place::{Place, binaries};
use crate::say;
use crate::trouble::Result;

/// What is rehearsed.
pub(crate) const ALL: [&str; 3] = ["restore", "staging", "failover"];

/// Rehearses one.
pub(crate) async fn rehearse(place: &Place, family: &Family, drill: &str) -> Result<()> {
    say::begins(format!("{drill}: scripts/drill {drill}"));
    let mut command = Command::new(place.root.join("scripts/drill"));
    command.arg(drill).current_dir(&place.root);
    command.env("DRILL_BIN", binaries()?).env("DRILL_PORT", place.drill().to_string());
    // Backups tell the stack's own metrics when they were made.
    command.env("BACKUP_METRICS", place.metrics()?.join("backup.prom"));
    finish(drill, family.spawn_here("drill", Layer::Command, &mut command)?.wait().await)
}
