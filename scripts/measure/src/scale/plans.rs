//! The plans by which the server really answered, from its log of statements: access and index of each table, and how
//! many rows were looked at.

use std::{fmt::Write as _, io::Read as _, path::PathBuf, time::Duration};

use sqlx::{Connection as _, Executor as _, MySqlConnection, mysql::MySqlConnectOptions};
use tests::harness::variable;

use super::{Measured, QUESTIONS, Question};
use crate::{
    runtime::Crew,
    trouble::{During as _, Result, unexpected},
};

/// A page and its total look at no more rows of one table than these: totals are exact up to 10,000.
const MOST_ROWS: f64 = 25_000.0;

/// One table of one statement's plan.
#[derive(Debug, PartialEq)]
struct Step {
    table: String,
    access: String,
    index: String,
    rows: f64,
    extra: String,
}

/// Asks each question once with the log open; the table of plans, and what is wrong with them.
pub(super) async fn look(measured: &[&Measured]) -> Result<(String, Vec<String>)> {
    let folder = PathBuf::from(variable("STACK_DATA")).join("mariadb");
    let options = MySqlConnectOptions::new().socket(folder.join("mariadb.sock")).username("root");
    let mut db = MySqlConnection::connect_with(&options).await?;
    db.execute(
        "SET GLOBAL slow_query_log_file = 'plans.log', GLOBAL log_slow_verbosity = 'query_plan,explain', \
        GLOBAL long_query_time = 0, GLOBAL log_slow_min_examined_row_limit = 0, GLOBAL slow_query_log = 1",
    )
    .await?;
    let (mut table, mut faults) = (String::new(), Vec::new());
    // A session takes these settings over when it begins.
    let crew = Crew::of("companies", &[("DATABASE_MAX_CONNECTIONS".to_owned(), "1".to_owned())], 1).await?;
    for one in measured {
        for question in &QUESTIONS {
            crew.ask(&one.event(question, 0)).await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
            let before = text(&folder)?.len();
            crew.ask(&one.event(question, 0)).await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
            let log = text(&folder)?;
            let statements = statements(log.get(before..).unwrap_or_default());
            if statements.is_empty() {
                return unexpected("the server has logged no plan");
            }
            faults.extend(wrong(question, &statements));
            let _ = writeln!(table, "{}", line(question, &statements));
        }
    }
    db.execute("SET GLOBAL slow_query_log = 0").await?;
    Ok((table, faults))
}

fn text(folder: &std::path::Path) -> Result<String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(folder.join("plans.log"));
    file.and_then(|mut file| file.read_to_end(&mut bytes)).during("read the server's log of statements")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The plans of the lists' own statements: rows first, then the total.
fn statements(log: &str) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    for entry in log.split("# User@Host").skip(1) {
        let steps: Vec<Step> = entry.lines().filter_map(|line| step(line.strip_prefix("# explain: ")?)).collect();
        let is_list = ["persons_rows", "companies_rows", "workplaces_rows", "employments_rows"];
        if entry.contains("LIMIT") && steps.iter().any(|step| is_list.iter().any(|name| step.of(name))) {
            found.push(steps);
        }
    }
    found
}

/// `id select_type table type possible_keys key key_len ref rows r_rows filtered r_filtered Extra`
fn step(line: &str) -> Option<Step> {
    let columns: Vec<&str> = line.split('\t').collect();
    let number = |at: usize| columns.get(at).and_then(|text| text.parse().ok());
    number(0).map(|_: f64| Step {
        table: columns.get(2).copied().unwrap_or_default().to_owned(),
        access: columns.get(3).copied().unwrap_or_default().to_owned(),
        index: columns.get(5).copied().unwrap_or_default().to_owned(),
        rows: number(9).unwrap_or_default(),
        extra: columns.get(12).copied().unwrap_or_default().to_owned(),
    })
}

impl Step {
    fn of(&self, name: &str) -> bool {
        self.table == name
    }
}

fn wrong(question: &Question, statements: &[Vec<Step>]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(format!("{}: {text}", question.what));
    let list = &statements[0];
    if !list.iter().any(|step| step.index == question.index) {
        fault(format!("{} is not used: {list:?}", question.index));
    }
    if question.in_order && list.iter().any(|step| step.extra.contains("filesort")) {
        fault(format!("it is sorted: {list:?}"));
    }
    for step in statements.iter().flatten() {
        if step.access == "ALL" && step.table.ends_with("_rows") {
            fault(format!("{} is read as a whole: {step:?}", step.table));
        }
    }
    faults
}

fn line(question: &Question, statements: &[Vec<Step>]) -> String {
    let list = &statements[0];
    let steps: Vec<String> = list.iter().map(|step| format!("{} {} {}", step.table, step.access, step.index)).collect();
    let all: f64 = statements.iter().flatten().map(|step| step.rows).sum();
    let mark = if all > MOST_ROWS { " ✗" } else { "" };
    let own: f64 = list.iter().map(|step| step.rows).sum();
    format!("| {} | {} | {all:.0}{mark} | {own:.0} |", question.what, steps.join(" → "))
}
