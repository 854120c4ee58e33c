//! The schema of the last release with data in it, under every later migration: what the release reads and writes goes
//! on working while the next one is rolled out, and no row of it changes or is lost.

use std::collections::BTreeMap;

use sqlx::{Executor as _, MySqlConnection, Row as _};
use system::migrations;

/// The rows of a demo tenant, as the release wrote them; the first line names its last migration.
const ROWS: &str = include_str!("../../../migrations/released/data.sql");

/// What a running release counts on.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    kind: String,
    length: Option<i64>,
    /// Whether a row may be written that does not name it.
    optional: bool,
}

type Schema = BTreeMap<(String, String), Column>;

async fn schema(db: &mut MySqlConnection) -> Schema {
    let rows = sqlx::query(
        "SELECT table_name, column_name, data_type, CAST(character_maximum_length AS SIGNED), \
         is_nullable = 'YES' OR column_default IS NOT NULL OR extra LIKE '%GENERATED%' \
         FROM information_schema.columns WHERE table_schema = DATABASE()",
    );
    let rows = rows.fetch_all(db).await.unwrap();
    let text = |row: &sqlx::mysql::MySqlRow, at: usize| row.get_unchecked::<String, _>(at);
    rows.iter()
        .map(|row| {
            let column = Column {
                kind: text(row, 2),
                length: row.get_unchecked(3),
                optional: row.get_unchecked::<i64, _>(4) != 0,
            };
            ((text(row, 0), text(row, 1)), column)
        })
        .collect()
}

/// What the change from one schema to another takes from a release that knows only the first.
fn taken(before: &Schema, after: &Schema) -> Vec<String> {
    let mut taken = Vec::new();
    for ((table, name), old) in before {
        match after.get(&(table.clone(), name.clone())) {
            None => taken.push(format!("{table}.{name} is gone")),
            Some(new) if new.kind != old.kind => taken.push(format!("{table}.{name} is {} now", new.kind)),
            Some(new) if new.length < old.length => taken.push(format!("{table}.{name} is shorter")),
            Some(new) if old.optional && !new.optional => taken.push(format!("{table}.{name} must be named now")),
            Some(_) => {}
        }
    }
    let known = |table: &str| before.keys().any(|(known, _)| known == table);
    for ((table, name), new) in after {
        if known(table) && !before.contains_key(&(table.clone(), name.clone())) && !new.optional {
            taken.push(format!("{table}.{name} is new and must be named"));
        }
    }
    taken
}

fn statements() -> impl Iterator<Item = &'static str> {
    let rows = ROWS.split_once('\n').unwrap().1;
    rows.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
}

/// The tables that the rows are of.
fn tables() -> Vec<&'static str> {
    statements().map(|statement| statement.split_whitespace().nth(2).unwrap()).collect()
}

/// Writes the release's rows by its own statements.
async fn write(db: &mut MySqlConnection) {
    // The reference data that they name is loaded after the files.
    db.execute("SET foreign_key_checks = 0").await.unwrap();
    for table in tables() {
        db.execute(format!("DELETE FROM {table}").as_str()).await.unwrap();
    }
    for statement in statements() {
        let written = sqlx::raw_sql(statement).execute(&mut *db).await;
        assert!(written.is_ok(), "the release can no longer write {statement:.60}: {written:?}");
    }
    db.execute("SET foreign_key_checks = 1").await.unwrap();
}

/// A sum over each table's rows, of the columns that the release knows.
async fn sums(db: &mut MySqlConnection, known: &Schema) -> BTreeMap<&'static str, (i64, String)> {
    let mut sums = BTreeMap::new();
    for table in tables() {
        let columns: Vec<String> =
            known.keys().filter(|(of, _)| of == table).map(|(_, name)| format!("COALESCE(HEX({name}), '-')")).collect();
        let sql = format!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(CRC32(CONCAT_WS('|', {}))), 0) AS CHAR) FROM {table}",
            columns.join(", ")
        );
        let row = sqlx::query(&sql).fetch_one(&mut *db).await.unwrap();
        sums.insert(table, (row.get(0), row.get_unchecked(1)));
    }
    sums
}

/// Applies every later file to the release's schema with its rows, one after another. The database is empty.
pub(super) async fn every_later_file_leaves_the_release_what_it_reads_and_writes(db: &mut MySqlConnection) {
    let number: i64 = ROWS[3..7].parse().expect("the number of the release's last migration");
    let files = migrations::files();
    let (old, later): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.version <= number);
    for file in old {
        sqlx::raw_sql(&file.sql).execute(&mut *db).await.unwrap();
    }
    let before = schema(db).await;
    write(db).await;
    let written = sums(db, &before).await;
    assert!(written.values().all(|(count, _)| *count > 0) && written.len() > 8, "{written:?}");
    for file in later {
        let ran = sqlx::raw_sql(&file.sql).execute(&mut *db).await;
        assert!(ran.is_ok(), "{:04} {}, with rows: {ran:?}", file.version, file.description);
        let taken = taken(&before, &schema(db).await);
        assert!(taken.is_empty(), "{:04} takes from the running release: {taken:?}", file.version);
        assert_eq!(sums(db, &before).await, written, "{:04} changes rows of the release", file.version);
        write(db).await;
        assert_eq!(sums(db, &before).await, written, "after {:04} the release writes something else", file.version);
    }
    migrations::apply(db).await.unwrap();
    assert!(migrations::pending(db).await.unwrap().is_empty());
    assert_eq!(sums(db, &before).await, written);
}

#[test]
fn what_a_release_loses_is_named() {
    let column = |kind: &str, length, optional| Column { kind: kind.to_owned(), length, optional };
    let key = |name: &str| ("things".to_owned(), name.to_owned());
    let before = Schema::from([
        (key("id"), column("binary", Some(16), false)),
        (key("name"), column("varchar", Some(80), true)),
        (key("note"), column("text", None, true)),
    ]);
    let mut after = before.clone();
    after.insert(key("more"), column("int", None, true));
    after.insert(("others".to_owned(), "id".to_owned()), column("binary", Some(16), false));
    after.insert(key("name"), column("varchar", Some(120), true));
    assert_eq!(taken(&before, &after), Vec::<String>::new());
    after.insert(key("must"), column("int", None, false));
    after.insert(key("name"), column("varchar", Some(40), true));
    after.insert(key("note"), column("text", None, false));
    after.remove(&key("id"));
    let said = [
        "things.id is gone",
        "things.name is shorter",
        "things.note must be named now",
        "things.must is new and must be named",
    ];
    assert_eq!(taken(&before, &after), said);
}
