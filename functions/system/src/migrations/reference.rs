//! Reference data: the rows of `migrations/reference/*.csv`, upserted where the table differs.
//!
//! Tables and files are compared row by row, which costs some twenty milliseconds; so no mark of an
//! earlier load can be wrong, and a row that was changed by hand is what the file says again. The one exception is
//! a table that an operator has loaded from a file of his own: it stays until a release brings a newer file.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use shared::{db::Db, types::turkish::search_key};
use sqlx::{Connection as _, MySql, QueryBuilder, Row as _};

use super::Error;

/// Rows of one statement.
pub(super) const BATCH: usize = 500;

/// One file and the table that it fills. The first column is the key.
pub(super) struct Source {
    pub(super) file: &'static str,
    pub(super) text: &'static str,
    pub(super) table: &'static str,
    pub(super) columns: &'static [&'static str],
    /// Whether the table keeps the second column Turkish-folded as well, in `search_key`.
    searched: bool,
}

/// Parents first.
const SOURCES: [Source; 3] = [
    Source {
        file: "provinces.csv",
        text: include_str!("../../../../migrations/reference/provinces.csv"),
        table: "provinces_rows",
        columns: &["code", "name"],
        searched: false,
    },
    Source {
        file: "districts.csv",
        text: include_str!("../../../../migrations/reference/districts.csv"),
        table: "districts_rows",
        columns: &["code", "province_code", "name"],
        searched: false,
    },
    Source {
        file: "nace_codes.csv",
        text: include_str!("../../../../migrations/reference/nace_codes.csv"),
        table: "nace_codes_rows",
        columns: &["code", "title", "danger_class", "is_current", "source"],
        searched: true,
    },
];

/// A row as texts, in the order of [`Source::all_columns`].
pub(super) type Row = Vec<String>;

impl Source {
    fn all_columns(&self) -> Vec<&'static str> {
        let mut columns = self.columns.to_vec();
        if self.searched {
            columns.push("search_key");
        }
        columns
    }

    fn rows(&self) -> Result<Vec<Row>, Error> {
        let read = |error| Error::Unreadable(self.file, error);
        let mut reader = csv::ReaderBuilder::new().from_reader(self.text.as_bytes());
        let header = reader.headers().map_err(read)?;
        if header.iter().ne(self.columns.iter().copied()) {
            return Err(read(csv::Error::from(std::io::Error::other("the first line does not name the columns"))));
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            rows.push(self.with_key(record.map_err(read)?.iter().map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    /// A row of a file with what the table keeps beside it.
    pub(super) fn with_key(&self, mut row: Row) -> Row {
        if self.searched {
            row.push(search_key(&row[1]));
        }
        row
    }

    /// The rows of the file that the table lacks or has otherwise; none while an operator's own file holds.
    async fn differing(&self, db: &mut Db) -> Result<Vec<Row>, Error> {
        if self.is_replaced(db).await? { Ok(Vec::new()) } else { self.lacks(db, &self.rows()?).await }
    }

    /// Whether an operator has loaded a file of his own since this release's file came.
    async fn is_replaced(&self, db: &mut Db) -> Result<bool, Error> {
        let last: Option<(String, String)> = sqlx::query_as(
            "SELECT CONVERT(origin USING utf8mb4), CONVERT(release_checksum USING utf8mb4) FROM reference_loads_rows \
             WHERE table_name = ? ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(self.table)
        .fetch_optional(db)
        .await?;
        Ok(last.is_some_and(|(origin, release)| origin == "OPERATOR" && release == checksum(self.text)))
    }

    /// Those of these rows that the table lacks or has otherwise.
    pub(super) async fn lacks(&self, db: &mut Db, rows: &[Row]) -> Result<Vec<Row>, Error> {
        let held = self.held(db).await?;
        Ok(rows.iter().filter(|row| held.get(&row[0]) != Some(*row)).cloned().collect())
    }

    /// What the table holds, by key.
    pub(super) async fn held(&self, db: &mut Db) -> Result<HashMap<String, Row>, Error> {
        let columns = self.all_columns();
        let casts: Vec<String> = columns.iter().map(|name| format!("CAST({name} AS CHAR) AS {name}")).collect();
        let sql = format!("SELECT {} FROM {}", casts.join(", "), self.table);
        let mut held: HashMap<String, Row> = HashMap::new();
        for row in sqlx::query(&sql).fetch_all(db).await? {
            let row: Row = (0..columns.len()).map(|index| row.try_get(index)).collect::<sqlx::Result<_>>()?;
            held.insert(row[0].clone(), row);
        }
        Ok(held)
    }

    pub(super) fn upsert(&self, rows: &[Row]) -> QueryBuilder<'_, MySql> {
        let columns = self.all_columns();
        let mut sql = QueryBuilder::new(format!("INSERT INTO {} ({}) ", self.table, columns.join(", ")));
        sql.push_values(rows, |mut values, row| {
            for value in row {
                values.push_bind(value.clone());
            }
        });
        let changes: Vec<String> = columns[1..].iter().map(|name| format!("{name} = VALUES({name})")).collect();
        sql.push(format!(" ON DUPLICATE KEY UPDATE {}", changes.join(", ")));
        sql
    }
}

/// The table of this name, with or without its `_rows`.
pub(super) fn source(table: &str) -> Option<&'static Source> {
    let name = table.strip_suffix("_rows").unwrap_or(table);
    SOURCES.iter().find(|source| source.table.strip_suffix("_rows") == Some(name))
}

/// What a file is recognised by.
pub(super) fn checksum(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut digits, byte| {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Remembers a load: its file, that of the release, and how many rows there were in all, new, changed, withdrawn.
pub(super) async fn note(
    db: &mut Db,
    source: &Source,
    origin: &str,
    named: &str,
    (file, release): (&str, &str),
    counts: [usize; 4],
) -> Result<(), Error> {
    let mut sql = QueryBuilder::<MySql>::new(
        "INSERT INTO reference_loads_rows (id, table_name, origin, source, checksum, release_checksum, rows_total, \
         rows_added, rows_changed, rows_withdrawn) VALUES (UNHEX(REPLACE(UUID(), '-', '')), ",
    );
    let mut values = sql.separated(", ");
    for text in [source.table, origin, named, file, release] {
        values.push_bind(text.to_owned());
    }
    for count in counts {
        values.push_bind(u32::try_from(count).unwrap_or(u32::MAX));
    }
    sql.push(")").build().execute(db).await?;
    Ok(())
}

/// What would be loaded, in words.
pub(super) async fn pending(db: &mut Db) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    for source in &SOURCES {
        let rows = source.differing(db).await?.len();
        if rows > 0 {
            lines.push(format!("{rows} rows of {}", source.file));
        }
    }
    Ok(lines)
}

/// Loads what differs, each file in one transaction, and says how much that was.
pub(super) async fn load(db: &mut Db) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    for source in &SOURCES {
        let rows = source.differing(db).await?;
        if rows.is_empty() {
            continue;
        }
        let mut transaction = db.begin().await?;
        let held = source.held(&mut transaction).await?;
        let added = rows.iter().filter(|row| !held.contains_key(&row[0])).count();
        for batch in rows.chunks(BATCH) {
            source.upsert(batch).build().execute(&mut *transaction).await?;
        }
        // A second unique key would have updated another row than the one that was meant.
        if !source.differing(&mut transaction).await?.is_empty() {
            return Err(Error::NotLoaded(source.file));
        }
        let file = checksum(source.text);
        let counts = [source.rows()?.len(), added, rows.len() - added, 0];
        note(&mut transaction, source, "RELEASE", source.file, (&file, &file), counts).await?;
        transaction.commit().await?;
        lines.push(format!("loaded {} rows of {}", rows.len(), source.file));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_file_is_read_and_names_each_key_once() {
        for source in &SOURCES {
            let rows = source.rows().unwrap();
            let keys: HashSet<&str> = rows.iter().map(|row| row[0].as_str()).collect();
            assert_eq!(keys.len(), rows.len(), "{}", source.file);
        }
        assert_eq!((SOURCES[0].rows().unwrap().len(), SOURCES[1].rows().unwrap().len()), (81, 973));
    }

    #[test]
    fn what_people_look_for_is_folded() {
        let rows = SOURCES[2].rows().unwrap();
        let row = rows.iter().find(|row| row[1].contains('ş')).unwrap();
        assert_eq!(row.last().unwrap(), &search_key(&row[1]));
        assert!(row.last().unwrap().is_ascii());
    }
}
