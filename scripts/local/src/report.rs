//! The summary of a run of checks.

use std::time::{Duration, Instant};

use crate::say;
use crate::trouble::Result;

/// What has been checked, how it ended and how long it took.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<(String, Duration, Outcome)>,
    /// Printed below the summary.
    pub(crate) lines: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Well,
    Failed(String),
    Skipped(&'static str),
}

impl Report {
    /// Takes one step; what it leads to, if it does well.
    pub(crate) async fn step<T>(&mut self, name: &str, work: impl Future<Output = Result<T>>) -> Option<T> {
        let begun = Instant::now();
        let outcome = work.await;
        let (outcome, value) = match outcome {
            Ok(value) => (Outcome::Well, Some(value)),
            Err(trouble) => {
                say::line(trouble.to_string());
                (Outcome::Failed(trouble.line()), None)
            }
        };
        self.steps.push((name.to_owned(), begun.elapsed(), outcome));
        value
    }

    /// Notes that a step could not be taken.
    pub(crate) fn skip(&mut self, name: &str, why: &'static str) {
        self.steps.push((name.to_owned(), Duration::ZERO, Outcome::Skipped(why)));
    }

    /// Whether every step was taken and did well.
    pub(crate) fn well(&self) -> bool {
        self.steps.iter().all(|(_, _, outcome)| *outcome == Outcome::Well)
    }

    /// Prints the summary.
    pub(crate) fn print(&self) {
        say::line("\nsummary");
        for (name, took, outcome) in &self.steps {
            let (sign, text) = match outcome {
                Outcome::Well => (say::colour("32", "✓"), String::new()),
                Outcome::Failed(why) => (say::colour("31", "✗"), why.clone()),
                Outcome::Skipped(why) => (say::colour("33", "-"), format!("not run: {why}")),
            };
            say::line(format!("  {sign} {name:<12} {:>8}  {text}", say::seconds(*took)));
        }
        for line in &self.lines {
            say::line(line);
        }
    }
}
