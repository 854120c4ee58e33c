//! The sections of docs/performance.md that this program writes, each between marks of its own.

use std::process::Command;

use crate::{
    figures::{Row, table},
    trouble::{During as _, Result, unexpected},
};

const PAGE: &str = "docs/performance.md";

/// Writes a section: where and when it was measured, its table, and a text below.
pub(crate) fn write(section: &str, rows: &[Row], below: &str) -> Result<()> {
    let table = if rows.is_empty() { String::new() } else { table(rows) + "\n" };
    let text = format!("{}\n\n{table}{below}", origin());
    println!("\n{section}: {text}");
    let page = std::fs::read_to_string(PAGE).during("read docs/performance.md")?;
    let page = replaced(&page, section, text.trim_end());
    match page {
        Some(page) => std::fs::write(PAGE, page).during("write docs/performance.md"),
        None => unexpected(format!("{PAGE} has no marks for {section}")),
    }
}

/// The page with another text between the marks of a section.
fn replaced(page: &str, section: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- bench {section} -->"), format!("<!-- end {section} -->"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{text}\n{end}{after}"))
}

/// The machine, the day and the revision.
fn origin() -> String {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let model = read("/proc/cpuinfo");
    let model = model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("an unknown processor");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let git = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    let revision = git.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default();
    format!(
        "{} · {cores} cores of {} · load {load} · {revision}",
        ::tests::harness::now().format("%Y-%m-%d"),
        model.trim_start_matches([' ', '\t', ':'])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let page = "a\n<!-- bench x -->\nold\n<!-- end x -->\nb\n";
        let new = replaced(page, "x", "new").unwrap();
        assert_eq!(new, "a\n<!-- bench x -->\nnew\n<!-- end x -->\nb\n");
        assert_eq!(replaced(page, "y", "new"), None);
    }
}
