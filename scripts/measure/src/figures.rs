//! Numbers: percentiles of a run, their spread over several runs, and the table that they stand in.

use std::{fmt::Write as _, time::Duration};

/// Times of one run, in order.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<f64>);

impl FromIterator<Duration> for Times {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        let mut milliseconds: Vec<f64> = times.into_iter().map(|time| time.as_secs_f64() * 1e3).collect();
        milliseconds.sort_by(f64::total_cmp);
        Self(milliseconds)
    }
}

impl Times {
    /// The time that so many of a hundred do not exceed, in milliseconds.
    pub(crate) fn at(&self, percent: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last * percent).div_ceil(100)).copied().unwrap_or_default()
    }
}

/// One figure of several runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs(Vec<f64>);

impl Runs {
    /// Adds a run's.
    pub(crate) fn add(&mut self, figure: f64) {
        self.0.push(figure);
        self.0.sort_by(f64::total_cmp);
    }

    /// The one in the middle.
    pub(crate) fn median(&self) -> f64 {
        let count = self.0.len();
        let pair = [count.saturating_sub(1) / 2, count / 2].map(|at| self.0.get(at).copied().unwrap_or_default());
        f64::midpoint(pair[0], pair[1])
    }

    fn text(&self, digits: usize) -> String {
        let [min, max] = [self.0.first(), self.0.last()].map(|end| end.copied().unwrap_or_default());
        format!("{min:.digits$} / **{:.digits$}** / {max:.digits$}", self.median())
    }
}

impl FromIterator<f64> for Runs {
    fn from_iter<I: IntoIterator<Item = f64>>(figures: I) -> Self {
        let mut runs = Self::default();
        figures.into_iter().for_each(|figure| runs.add(figure));
        runs
    }
}

/// What a figure may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// No more.
    AtMost(f64),
    /// No less.
    AtLeast(f64),
    /// There is none.
    None,
}

/// One line of a table.
#[derive(Debug)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// What it may be.
    pub(crate) target: Target,
    /// What it was.
    pub(crate) runs: Runs,
    /// The unit, and how many digits behind the point mean something.
    pub(crate) unit: (&'static str, usize),
    /// The parts of the floor beneath it, measured in the same runs.
    pub(crate) floor: Vec<Runs>,
}

impl Row {
    /// Whether the median keeps to the target.
    pub(crate) fn is_kept(&self) -> bool {
        match self.target {
            Target::AtMost(limit) => self.runs.median() <= limit,
            Target::AtLeast(limit) => self.runs.median() >= limit,
            Target::None => true,
        }
    }
}

/// The table of these lines in Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text =
        String::from("| what | target | min / **median** / max | floor | ratio | |\n|---|---|---|---|---|---|\n");
    for row in rows {
        let (unit, digits) = row.unit;
        let target = match row.target {
            Target::AtMost(limit) => format!("≤ {limit} {unit}"),
            Target::AtLeast(limit) => format!("≥ {limit} {unit}"),
            Target::None => String::new(),
        };
        let sign = match row.target {
            Target::None => "",
            _ if row.is_kept() => "✓",
            _ => "✗",
        };
        let parts: Vec<String> = row.floor.iter().map(|part| format!("{:.digits$}", part.median())).collect();
        let floor: f64 = row.floor.iter().map(Runs::median).sum();
        let ratio = if floor > 0.0 { format!("{:.1}", row.runs.median() / floor) } else { String::new() };
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "| {} | {target} | {} {unit} | {} | {ratio} | {sign} |",
            row.what,
            row.runs.text(digits),
            parts.join(" + ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_whether_the_target_is_kept() {
        let row = |target| Row {
            what: "x".to_owned(),
            target,
            runs: [3.0, 1.0, 2.0].into_iter().collect(),
            unit: ("ms", 1),
            floor: vec![[0.5].into_iter().collect(), [0.5].into_iter().collect()],
        };
        let text = table(&[row(Target::AtMost(1.5))]);
        assert!(text.ends_with("| x | ≤ 1.5 ms | 1.0 / **2.0** / 3.0 ms | 0.5 + 0.5 | 2.0 | ✗ |\n"), "{text}");
        assert!(row(Target::AtLeast(2.0)).is_kept() && row(Target::None).is_kept());
    }

    #[test]
    fn percentiles_are_of_the_times_in_order() {
        let times: Times = (1..=100).rev().map(Duration::from_millis).collect();
        assert!((times.at(50) - 51.0).abs() < 1e-9 && (times.at(99) - 100.0).abs() < 1e-9, "{times:?}");
    }
}
