//! What becomes of each column: `columns.toml`, held against the schema.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use shared::db::Db;

use crate::{Error, number, rule::Rule};

/// The one table that no migration makes.
const MIGRATORS: &str = "_sqlx_migrations";

/// What becomes of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// No row is kept.
    #[serde(default)]
    pub(crate) emptied: bool,
    #[serde(default)]
    keep: Vec<String>,
    /// Column and SQL expression.
    #[serde(default)]
    pub(crate) set: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) replace: BTreeMap<String, Rule>,
    pub(crate) search: Option<Search>,
}

/// What a record is found by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Search {
    pub(crate) entity: String,
    /// The company that may find it, of the row `t`.
    pub(crate) company: String,
    /// Its words, of the row `t`.
    pub(crate) text: String,
}

/// Every table's columns.
pub(crate) type Columns = BTreeMap<String, Table>;

/// The declaration, when it says what becomes of every column that the database has.
pub(crate) async fn declared(db: &mut Db) -> Result<Columns, Error> {
    let columns: Columns =
        toml::from_str(include_str!("../columns.toml")).map_err(|error| Error::Unreadable(error.to_string()))?;
    let wrong = compare(&columns, &schema(db).await?);
    if wrong.is_empty() { Ok(columns) } else { Err(Error::Undeclared(wrong)) }
}

/// The base tables with their columns; a generated column follows from the others.
async fn schema(db: &mut Db) -> sqlx::Result<BTreeMap<String, BTreeSet<String>>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT CONVERT(c.table_name USING utf8mb4), CONVERT(c.column_name USING utf8mb4) \
         FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) \
         WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.table_name <> ? \
         AND c.extra NOT LIKE '%GENERATED%'",
    )
    .bind(MIGRATORS)
    .fetch_all(db)
    .await?;
    let mut schema: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, column) in rows {
        schema.entry(table).or_default().insert(column);
    }
    Ok(schema)
}

/// What the declaration lacks, has too much or says twice.
fn compare(columns: &Columns, schema: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, there) in schema {
        let Some(table) = columns.get(name) else {
            wrong.push(format!("{name}: the table is not declared"));
            continue;
        };
        if table.emptied {
            continue;
        }
        let mut declared: Vec<&str> = table.keep.iter().map(String::as_str).collect();
        declared.extend(table.set.keys().chain(table.replace.keys()).map(String::as_str));
        if table.search.is_some() {
            declared.push("search_key");
        }
        let all: BTreeSet<&str> = declared.iter().copied().collect();
        let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
        wrong.extend(there.difference(&all).map(|column| format!("{name}.{column}: is not declared")));
        wrong.extend(all.difference(&there).map(|column| format!("{name}.{column}: there is no such column")));
        if all.len() < declared.len() {
            wrong.push(format!("{name}: a column is declared twice"));
        }
        for column in &table.keep {
            if column.ends_with("_cipher") || column.ends_with("_hash") {
                wrong.push(format!("{name}.{column}: what production's keys made is of no use and must not be kept"));
            }
        }
        for column in table.replace.iter().filter(|(_, rule)| **rule == Rule::Tckn).map(|(column, _)| column) {
            if number::Part::of(name, column).is_none() {
                wrong.push(format!("{name}.{column}: is not among the numbers of src/number.rs"));
            }
        }
    }
    wrong.extend(
        columns.keys().filter(|name| !schema.contains_key(*name)).map(|name| format!("{name}: there is no such table")),
    );
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_said_or_said_wrongly_is_named() {
        let columns: Columns = toml::from_str(
            "[a_rows]\nkeep = [\"id\", \"gone\", \"x_hash\"]\nset = { id = \"1\" }\n[old_rows]\nemptied = true\n[z_rows]\nemptied = true\n",
        )
        .unwrap();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let schema = BTreeMap::from([
            ("a_rows".to_owned(), names(&["id", "new", "x_hash"])),
            ("b_rows".to_owned(), names(&["id"])),
            ("z_rows".to_owned(), names(&["anything"])),
        ]);
        assert_eq!(
            compare(&columns, &schema),
            [
                "a_rows.new: is not declared",
                "a_rows.gone: there is no such column",
                "a_rows: a column is declared twice",
                "a_rows.x_hash: what production's keys made is of no use and must not be kept",
                "b_rows: the table is not declared",
                "old_rows: there is no such table",
            ]
        );
    }
}
