//! A failure that says which step, why, what to do and where the log is.

use std::fmt;
use std::path::{Path, PathBuf};

/// What went wrong, for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Trouble {
    step: String,
    why: String,
    advice: Option<String>,
    log: Option<PathBuf>,
}

/// The result of a step.
pub(crate) type Result<T, E = Trouble> = std::result::Result<T, E>;

impl Trouble {
    /// A failure of a step.
    pub(crate) fn new(step: impl Into<String>, why: impl fmt::Display) -> Self {
        Self { step: step.into(), why: why.to_string(), advice: None, log: None }
    }

    /// What the reader can do about it.
    #[must_use]
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Where the step wrote its log.
    #[must_use]
    pub(crate) fn log(mut self, log: &Path) -> Self {
        self.log = Some(log.to_owned());
        self
    }

    /// The step and the reason in one line.
    pub(crate) fn line(&self) -> String {
        format!("{}: {}", self.step, self.why.lines().next().unwrap_or_default())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "✗ {}\n  why: {}", self.step, self.why.replace('\n', "\n       "))?;
        if let Some(advice) = &self.advice {
            write!(out, "\n  do:  {}", advice.replace('\n', "\n       "))?;
        }
        if let Some(log) = &self.log {
            write!(out, "\n  log: {}", log.display())?;
            for line in last_lines(log, 12) {
                write!(out, "\n       | {line}")?;
            }
        }
        Ok(())
    }
}

/// Turns any error into a [`Trouble`] of a step.
pub(crate) trait During<T> {
    /// Names the step.
    fn during(self, step: impl Into<String>) -> Result<T>;
}

impl<T, E: fmt::Display> During<T> for std::result::Result<T, E> {
    fn during(self, step: impl Into<String>) -> Result<T> {
        self.map_err(|error| Trouble::new(step, error))
    }
}

/// The end of a log; empty when there is none.
pub(crate) fn last_lines(log: &Path, count: usize) -> Vec<String> {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|&line| line.to_owned()).collect()
}
