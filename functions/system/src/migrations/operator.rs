//! An operator's own file in the place of a reference table: `migrate reference --table … --file …`.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use shared::db::Db;
use sqlx::Connection as _;

use super::{
    Error,
    reference::{self, BATCH, Row, Source},
};

/// Mistakes that are told at once.
const SHOWN: usize = 200;

/// One mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: u64,
    /// The column's name; empty when the whole line is meant.
    pub column: &'static str,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            "" => write!(f, "line {}: {}", self.line, self.what),
            column => write!(f, "line {}, {column}: {}", self.line, self.what),
        }
    }
}

/// What a file changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Rows that the table lacks.
    pub added: Vec<String>,
    /// Rows that it has otherwise, with what differs.
    pub changed: Vec<String>,
    /// Rows that it has and the file has not: they stay, marked as not current.
    pub withdrawn: Vec<String>,
}

impl Difference {
    /// Whether the table holds what the file says.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.withdrawn.is_empty()
    }

    /// Line by line, for the operator.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let of = |sign: &'static str, rows: &[String]| {
            rows.iter().map(move |row| format!("{sign} {row}")).collect::<Vec<_>>()
        };
        let sum =
            format!("{} added, {} changed, {} withdrawn", self.added.len(), self.changed.len(), self.withdrawn.len());
        [of("+", &self.added), of("~", &self.changed), of("-", &self.withdrawn), vec![sum]].into_iter().flatten()
    }
}

/// Compares a file with a table and, unless it is only to be checked, puts its rows there in one transaction.
pub async fn replace(db: &mut Db, table: &str, text: &str, named: &str, check: bool) -> Result<Difference, Error> {
    let source = reference::source(table).ok_or_else(|| Error::UnknownTable(table.to_owned()))?;
    let provinces: HashSet<String> = sqlx::query_scalar("SELECT CONVERT(code USING utf8mb4) FROM provinces_rows")
        .fetch_all(&mut *db)
        .await?
        .into_iter()
        .collect();
    let mut rows = read(source, text, &provinces).map_err(Error::Mistakes)?;
    let mut transaction = db.begin().await?;
    // Nobody else loads meanwhile: the difference is that of what is written.
    sqlx::query("SELECT COUNT(*) FROM reference_loads_rows FOR UPDATE").execute(&mut *transaction).await?;
    let held = source.held(&mut transaction).await?;
    let difference = compare(source, &held, &mut rows)?;
    if check || difference.is_empty() {
        transaction.rollback().await?;
        return Ok(difference);
    }
    for batch in rows.chunks(BATCH) {
        source.upsert(batch).build().execute(&mut *transaction).await?;
    }
    if !source.lacks(&mut transaction, &rows).await?.is_empty() {
        return Err(Error::NotLoaded(source.file));
    }
    let counts = [rows.len(), difference.added.len(), difference.changed.len(), difference.withdrawn.len()];
    let digests = (reference::checksum(text), reference::checksum(source.text));
    reference::note(&mut transaction, source, "OPERATOR", named, (&digests.0, &digests.1), counts).await?;
    transaction.commit().await?;
    Ok(difference)
}

/// Reads the rows of a file, or all that is wrong with it.
fn read(source: &Source, text: &str, provinces: &HashSet<String>) -> Result<Vec<Row>, Vec<Mistake>> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let separator = if first.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let whole = |line, what: String| Mistake { line, column: "", what };
    let header = reader.headers().map_err(|error| vec![whole(1, error.to_string())])?;
    if header.iter().map(str::trim).ne(source.columns.iter().copied()) {
        return Err(vec![whole(1, format!("the first line must be {}", source.columns.join(",")))]);
    }
    let (mut rows, mut mistakes, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                mistakes.push(whole(line, error.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != source.columns.len() {
            mistakes.push(whole(line, format!("{} columns instead of {}", record.len(), source.columns.len())));
            continue;
        }
        let row: Row = record.iter().map(|cell| cell.trim().to_owned()).collect();
        for (column, cell) in source.columns.iter().zip(&row) {
            if let Some(what) = wrong(source.table, column, cell, provinces) {
                mistakes.push(Mistake { line, column, what });
            }
        }
        if let Some(before) = seen.insert(row[0].clone(), line) {
            mistakes.push(Mistake {
                line,
                column: source.columns[0],
                what: format!("{} stands in line {before} too", row[0]),
            });
        }
        rows.push(source.with_key(row));
    }
    if rows.is_empty() && mistakes.is_empty() {
        mistakes.push(whole(1, "the file has no rows".to_owned()));
    }
    mistakes.truncate(SHOWN);
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
}

/// What is wrong with a cell, if anything is.
fn wrong(table: &str, column: &str, cell: &str, provinces: &HashSet<String>) -> Option<String> {
    let digits = |least: usize, most: usize| {
        let well = (least..=most).contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_digit());
        (!well).then(|| format!("{cell:?} is not {least} to {most} digits"))
    };
    let length = |most: usize| {
        let count = cell.chars().count();
        let well = (1..=most).contains(&count) && !cell.chars().any(char::is_control);
        (!well).then(|| format!("{count} characters; 1 to {most} without control signs are wanted"))
    };
    let one_of = |words: &[&str]| (!words.contains(&cell)).then(|| format!("{cell:?} is none of {}", words.join(", ")));
    match (table, column) {
        ("provinces_rows", "code") => {
            let known = cell.parse::<u8>().is_ok_and(|code| (1..=81).contains(&code));
            digits(2, 2).or_else(|| (!known).then(|| format!("{cell} is no plate code (01 to 81)")))
        }
        ("provinces_rows", _) => length(60),
        ("districts_rows", "code") => digits(1, 5),
        ("districts_rows", "province_code") => {
            (!provinces.contains(cell)).then(|| format!("there is no province {cell:?}; load the provinces first"))
        }
        ("districts_rows", _) => length(80),
        (_, "code") => digits(6, 6),
        (_, "title") => length(1000),
        (_, "danger_class") => one_of(&["LESS_DANGEROUS", "DANGEROUS", "VERY_DANGEROUS"]),
        (_, "is_current") => one_of(&["0", "1"]),
        _ => length(100),
    }
}

/// Finds out what differs. Rows that the file lacks are added to it as not current, where the table knows that.
fn compare(source: &Source, held: &HashMap<String, Row>, rows: &mut Vec<Row>) -> Result<Difference, Error> {
    let mut difference = Difference::default();
    for row in rows.iter() {
        match held.get(&row[0]) {
            None => difference.added.push(format!("{} {}", row[0], row[1])),
            Some(before) if before != row => difference.changed.push(change(source, before, row)),
            Some(_) => {}
        }
    }
    let kept: HashSet<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let missing: BTreeMap<&String, &Row> = held.iter().filter(|(key, _)| !kept.contains(key.as_str())).collect();
    let Some(current) = source.columns.iter().position(|column| *column == "is_current") else {
        // Registers refer to every province and district: none is taken away by being left out.
        let mistake = |key: &&String| Mistake {
            line: 1,
            column: source.columns[0],
            what: format!("{key} is missing, and registers refer to it"),
        };
        let mistakes: Vec<Mistake> = missing.keys().take(SHOWN).map(mistake).collect();
        return if mistakes.is_empty() { Ok(difference) } else { Err(Error::Mistakes(mistakes)) };
    };
    let withdrawn: Vec<Row> = missing.values().filter(|row| row[current] == "1").map(|row| (*row).clone()).collect();
    for mut row in withdrawn {
        difference.withdrawn.push(format!("{} {}", row[0], row[1]));
        "0".clone_into(&mut row[current]);
        rows.push(row);
    }
    Ok(difference)
}

fn change(source: &Source, before: &Row, after: &Row) -> String {
    let columns = source.columns.iter().zip(before.iter().zip(after));
    let changes: Vec<String> = columns
        .filter(|(_, (old, new))| old != new)
        .map(|(column, (old, new))| format!("{column}: {old} → {new}"))
        .collect();
    format!("{} {}", after[0], changes.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nace() -> &'static Source {
        reference::source("nace_codes").unwrap()
    }

    fn mistakes(text: &str) -> Vec<(u64, &'static str)> {
        read(nace(), text, &HashSet::new()).unwrap_err().iter().map(|mistake| (mistake.line, mistake.column)).collect()
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_column() {
        let head = "code,title,danger_class,is_current,source\n";
        assert_eq!(mistakes("kod,ad\n"), [(1, "")]);
        assert_eq!(mistakes(head), [(1, "")]);
        let text = format!(
            "{head}0111,Tahıl,DANGEROUS,1,RG\n011107,,BAD,2,RG\n011107,x,DANGEROUS,1\n011107,x,DANGEROUS,1,RG\n"
        );
        assert_eq!(
            mistakes(&text),
            [(2, "code"), (3, "title"), (3, "danger_class"), (3, "is_current"), (4, ""), (5, "code")]
        );
    }

    #[test]
    fn a_file_of_excel_is_read_too() {
        let text = "\u{feff}code;title;danger_class;is_current;source\r\n011107;Baklagil;DANGEROUS;1;RG 1\r\n";
        let rows = read(nace(), text, &HashSet::new()).unwrap();
        assert_eq!(rows[0][..5], ["011107", "Baklagil", "DANGEROUS", "1", "RG 1"]);
    }

    #[test]
    fn what_is_left_out_is_withdrawn_and_nothing_is_lost() {
        let row = |code: &str, class: &str| {
            nace().with_key(vec![code.into(), "x".into(), class.into(), "1".into(), "RG".into()])
        };
        let held = HashMap::from([("1".to_owned(), row("1", "DANGEROUS")), ("2".to_owned(), row("2", "DANGEROUS"))]);
        let mut rows = vec![row("1", "VERY_DANGEROUS"), row("3", "DANGEROUS")];
        let found = compare(nace(), &held, &mut rows).unwrap();
        assert_eq!((found.added, found.withdrawn), (vec!["3 x".to_owned()], vec!["2 x".to_owned()]));
        assert_eq!(found.changed, ["1 danger_class: DANGEROUS → VERY_DANGEROUS"]);
        assert_eq!((rows.len(), rows[2][3].as_str()), (3, "0"));
        let provinces = reference::source("provinces").unwrap();
        let held = HashMap::from([("01".to_owned(), vec!["01".to_owned(), "Adana".to_owned()])]);
        assert!(matches!(compare(provinces, &held, &mut Vec::new()), Err(Error::Mistakes(_))));
    }
}
