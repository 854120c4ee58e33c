//! Measurements that other programs make: the load, and the pages in a browser.

use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

use crate::{
    figures::{Row, Runs, Target},
    page,
    trouble::{During as _, Result, unexpected},
};

/// What a program has written, if it ended well.
async fn output(command: &mut Command, step: &'static str) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true).output().await.during(step)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(text) } else { unexpected(format!("{step}: {}\n{text}", output.status)) }
}

/// Sixty clients for two minutes, and the memory of a file of 100,000 employees. The clients are the tests' own, in the tests' own profile; the functions are the
/// release's.
pub(crate) async fn load() -> Result<bool> {
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--test", "load", "--", "--nocapture", "--test-threads", "1"]);
    command.env("LOAD_SECONDS", "120").env("LOAD_EXPORT_ROWS", "100000").env("SQLX_OFFLINE", "true");
    let text = output(&mut command, "put the load on").await?;
    let is_figure = |line: &&str| ["load:", "export:", "  "].iter().any(|begin| line.starts_with(begin));
    let lines: Vec<&str> = text.lines().filter(is_figure).collect();
    page::write("load", &[], &format!("```text\n{}\n```", lines.join("\n")))?;
    Ok(true)
}

/// What is measured of each page: its name in the script's lines, what it is, its limit, the unit.
const PAGE: [(&str, &str, f64, (&str, usize)); 6] = [
    ("fcp", "first contentful paint", 1.0, ("s", 2)),
    ("lcp", "largest contentful paint", 1.2, ("s", 2)),
    ("cls", "cumulative layout shift", 0.02, ("", 3)),
    ("tti", "time to interactive", 1.5, ("s", 2)),
    ("transfer", "transfer, compressed, without fonts", 60.0, ("kB", 1)),
    ("scripts", "of which JavaScript", 30.0, ("kB", 1)),
];

const BELOW: &str = "Chromium with an empty cache, its processor slowed down 4 times, 150 ms of latency, 1.6 Mbit/s down and \
    0.75 up, at 390 × 844. Interactive is when the document is parsed and no long task follows. The server's own time \
    for these pages stands among the functions.";

/// The pages in Chromium, as somebody with a slow phone sees them.
pub(crate) async fn pages() -> Result<bool> {
    let text = output(&mut Command::new("tests/browser/budgets"), "look at the pages").await?;
    let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut names: Vec<&str> = lines.iter().filter_map(|line| line["page"].as_str()).collect();
    names.dedup();
    let mut rows = Vec::new();
    for name in names {
        let of_page = || lines.iter().filter(|line| line["page"] == name);
        for (key, what, limit, unit) in PAGE {
            let runs: Runs = of_page().filter_map(|line| line[key].as_f64()).collect();
            rows.push(Row {
                what: format!("{name}: {what}"),
                target: Target::AtMost(limit),
                runs,
                unit,
                floor: Vec::new(),
            });
        }
    }
    if rows.is_empty() {
        return unexpected(format!("no page was measured: {text}"));
    }
    page::write("pages", &rows, BELOW)?;
    Ok(rows.iter().all(Row::is_kept))
}
