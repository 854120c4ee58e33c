//! The plans by which the server really answered, from its log of statements: access and index of each table, and how
//! many rows were looked at.

use std::{fmt::Write as _, io::Read as _, path::PathBuf, time::Duration};

use ::tests::harness::variable;
use sqlx::{Connection as _, Executor as _, MySqlConnection, mysql::MySqlConnectOptions};

use super::{Measured, QUESTIONS, Question};
use crate::{
    runtime::Crew,
    trouble::{During as _, Result, unexpected},
};

/// One statement, as it was carried out.
struct Statement {
    steps: Vec<Step>,
    /// Rows that the server looked at, of all tables together.
    examined: u64,
}

/// One table of a plan.
#[derive(Debug)]
struct Step {
    table: String,
    access: String,
    index: String,
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
fn statements(log: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    for entry in log.split("# User@Host").skip(1) {
        let steps: Vec<Step> = entry.lines().filter_map(|line| step(line.strip_prefix("# explain: ")?)).collect();
        let is_list = ["persons_rows", "companies_rows", "workplaces_rows", "employments_rows"];
        if entry.contains("LIMIT") && steps.iter().any(|step| is_list.contains(&step.table.as_str())) {
            let examined =
                entry.split("Rows_examined: ").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
            found.push(Statement { steps, examined: examined.unwrap_or_default() });
        }
    }
    found
}

/// `id select_type table type possible_keys key key_len ref rows r_rows filtered r_filtered Extra`
fn step(line: &str) -> Option<Step> {
    let columns: Vec<&str> = line.split('\t').collect();
    let column = |at: usize| columns.get(at).copied().unwrap_or_default().to_owned();
    // The first line names the columns.
    let is_step = column(0).parse::<u32>().is_ok();
    is_step.then(|| Step { table: column(2), access: column(3), index: column(5), extra: column(12) })
}

fn wrong(question: &Question, statements: &[Statement]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(format!("{}: {text}", question.what));
    let list = &statements[0].steps;
    if !list.iter().any(|step| step.index == question.index) {
        fault(format!("{} is not used: {list:?}", question.index));
    }
    if question.in_order && list.iter().any(|step| step.extra.contains("filesort")) {
        fault(format!("it is sorted: {list:?}"));
    }
    for step in statements.iter().flat_map(|statement| &statement.steps) {
        if step.access == "ALL" && step.table.ends_with("_rows") {
            fault(format!("{} is read as a whole: {step:?}", step.table));
        }
    }
    faults
}

fn line(question: &Question, statements: &[Statement]) -> String {
    let list = &statements[0].steps;
    let steps: Vec<String> = list.iter().map(|step| format!("{} {} {}", step.table, step.access, step.index)).collect();
    let all: u64 = statements.iter().map(|statement| statement.examined).sum();
    format!("| {} | {} | {} | {all} |", question.what, steps.join(" → "), statements[0].examined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_from_the_log() {
        let log = "# User@Host: app\n# Query_time: 0.1  Rows_sent: 20  Rows_examined: 63\n\
            # explain: id\tselect_type\ttable\ttype\tpossible_keys\tkey\tkey_len\tref\trows\tr_rows\tfiltered\tr_filtered\tExtra\n\
            # explain: 1\tSIMPLE\tpersons_rows\tref\tx\tpersons_name_ix\t25\tconst\t9\t9.00\t100.00\t100.00\tUsing filesort\n\
            SELECT 1 LIMIT 20;\n# User@Host: app\nSET @x = 1;\n";
        let found = statements(log);
        assert_eq!((found.len(), found[0].examined), (1, 63));
        let question = Question { what: "x", path: "", index: "persons_name_ix", in_order: true };
        assert_eq!(wrong(&question, &found).len(), 1, "only that it is sorted");
        assert_eq!(line(&question, &found), "| x | persons_rows ref persons_name_ix | 63 | 63 |");
    }
}
