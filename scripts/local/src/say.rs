//! What the person at the terminal reads.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Writes one line to standard output. Nobody reading is no reason to fail.
pub(crate) fn line(text: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", text.as_ref());
    let _ = out.flush();
}

/// Writes an announcement of what begins.
pub(crate) fn begins(text: impl AsRef<str>) {
    line(format!("{} {}", colour("36", "▸"), text.as_ref()));
}

/// Writes that something is done, and how long it took.
pub(crate) fn done(text: impl AsRef<str>, since: Instant) {
    line(format!("{} {} ({})", colour("32", "✓"), text.as_ref(), seconds(since.elapsed())));
}

/// Writes something that a person should notice, though work goes on.
pub(crate) fn notice(text: impl AsRef<str>) {
    line(format!("{} {}", colour("33", "!"), text.as_ref()));
}

/// A duration as people say it.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Paints text when a terminal shows it.
pub(crate) fn colour(code: &str, text: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
