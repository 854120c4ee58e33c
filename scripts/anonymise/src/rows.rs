//! A table's rows, read and written a few hundred at a time in the order of the primary key.

use shared::{db::Db, types::Tckn};
use sqlx::{MySql, QueryBuilder, Row as _, mysql::MySqlRow};
use uuid::Uuid;

use crate::{Error, Staging, columns::Table, number::Part, rule::Rule, stand_ins::StandIns};

/// Rows of one statement.
pub(crate) const BATCH: usize = 500;

/// A row's primary key, and what its columns hold.
pub(crate) struct Row {
    pub(crate) key: Vec<Uuid>,
    pub(crate) values: Vec<Option<Vec<u8>>>,
}

/// The columns of a table's primary key, all of them ids.
pub(crate) async fn key(db: &mut Db, table: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT CONVERT(column_name USING utf8mb4) FROM information_schema.key_column_usage \
         WHERE table_schema = DATABASE() AND table_name = ? AND constraint_name = 'PRIMARY' ORDER BY ordinal_position",
    )
    .bind(table)
    .fetch_all(db)
    .await
}

/// Remembers the values that must not be left in a table.
pub(crate) async fn remember(db: &mut Db, name: &str, table: &Table, known: &mut StandIns) -> sqlx::Result<()> {
    for (column, rule) in compared(table) {
        for value in distinct(db, name, column).await? {
            known.remember(rule, &value);
        }
    }
    Ok(())
}

/// Fails when a column still holds a value that was there before.
pub(crate) async fn verify(db: &mut Db, name: &str, table: &Table, known: &StandIns) -> Result<(), Error> {
    for (column, rule) in compared(table) {
        if distinct(db, name, column).await?.iter().any(|value| known.is_original(rule, value)) {
            return Err(Error::Left(format!("{name}.{column}")));
        }
    }
    Ok(())
}

/// The columns whose values can be compared with what they were; numbers are encrypted, changes are masked whole.
fn compared(table: &Table) -> impl Iterator<Item = (&str, Rule)> {
    let replaced = table.replace.iter().map(|(column, rule)| (column.as_str(), *rule));
    replaced.filter(|(_, rule)| !matches!(rule, Rule::Tckn | Rule::Changes))
}

/// Byte by byte: to the collation, Ayşe and AYSE are one.
async fn distinct(db: &mut Db, table: &str, column: &str) -> sqlx::Result<Vec<String>> {
    let sql =
        format!("SELECT DISTINCT CAST(CONVERT({column} USING utf8mb4) AS BINARY) FROM {table} WHERE {column} <> ''");
    let values: Vec<Vec<u8>> = sqlx::query_scalar(&sql).fetch_all(db).await?;
    Ok(values.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect())
}

/// Puts stand-ins in the place of a table's values; says how many rows it has.
pub(crate) async fn replace(
    db: &mut Db,
    name: &str,
    table: &Table,
    known: &mut StandIns,
    staging: &Staging,
) -> Result<usize, Error> {
    let key = key(db, name).await?;
    let columns: Vec<(&str, Rule, Option<Part>)> =
        table.replace.iter().map(|(column, rule)| (column.as_str(), *rule, Part::of(name, column))).collect();
    let sources: Vec<String> = columns
        .iter()
        .map(|(column, _, part)| part.as_ref().map_or((*column).to_owned(), |part| format!("HEX({})", part.known_by())))
        .collect();
    let names: Vec<&str> = columns.iter().map(|(column, ..)| *column).collect();
    let (mut last, mut count) = (None, 0);
    loop {
        let mut rows = batch(db, name, &key, &sources.join(", "), last.as_deref()).await?;
        for row in &mut rows {
            for ((_, rule, part), value) in columns.iter().zip(&mut row.values) {
                let Some(old) = value.take() else { continue };
                let old = String::from_utf8_lossy(&old);
                *value = Some(match part {
                    Some(part) => {
                        let [tenant, id] = row.key[..] else { return Err(Error::Key(name.to_owned())) };
                        let made = known.of(*rule, &format!("{tenant}|{old}"));
                        let tckn = Tckn::parse(&made).map_err(|_| Error::Key(name.to_owned()))?;
                        part.value(&tckn, (tenant, id), &staging.cipher, &staging.index)
                    }
                    None => known.of(*rule, &old).into_bytes(),
                });
            }
        }
        write(db, name, &key, &names, &rows).await?;
        count += rows.len();
        if rows.len() < BATCH {
            return Ok(count);
        }
        last = rows.pop().map(|row| row.key);
    }
}

/// The next rows behind a key, with these expressions of the row `t`.
pub(crate) async fn batch(
    db: &mut Db,
    table: &str,
    key: &[String],
    expressions: &str,
    behind: Option<&[Uuid]>,
) -> sqlx::Result<Vec<Row>> {
    let keys = key.iter().map(|column| format!("t.{column}")).collect::<Vec<_>>().join(", ");
    let mut sql = QueryBuilder::<MySql>::new(format!("SELECT {keys}, {expressions} FROM {table} t"));
    if let Some(behind) = behind {
        sql.push(format!(" WHERE ({keys}) > ("));
        let mut values = sql.separated(", ");
        for value in behind {
            values.push_bind(*value);
        }
        sql.push(")");
        // The comparison of whole keys is not looked up in the index, that of the first column is.
        sql.push(format!(" AND t.{} >= ", key[0])).push_bind(behind[0]);
    }
    sql.push(format!(" ORDER BY {keys} LIMIT {BATCH}"));
    let read = |row: MySqlRow| {
        let ids = (0..key.len()).map(|at| row.try_get(at)).collect::<sqlx::Result<_>>()?;
        // As bytes, whatever the column's type.
        let values = (key.len()..row.len()).map(|at| row.try_get_unchecked(at)).collect::<sqlx::Result<_>>()?;
        Ok(Row { key: ids, values })
    };
    sql.build().try_map(read).fetch_all(db).await
}

/// Writes the rows' values to these columns. Whatever else a row says stays, also when it was last changed.
pub(crate) async fn write(
    db: &mut Db,
    table: &str,
    key: &[String],
    columns: &[&str],
    rows: &[Row],
) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut sql = QueryBuilder::<MySql>::new("UPDATE (");
    for (number, row) in rows.iter().enumerate() {
        sql.push(if number == 0 { "SELECT " } else { " UNION ALL SELECT " });
        for (at, id) in row.key.iter().enumerate() {
            sql.push("CAST(").push_bind(*id).push(format!(" AS BINARY(16)) AS k{at}, "));
        }
        for (at, value) in row.values.iter().enumerate() {
            sql.push(if at == 0 { "" } else { ", " }).push_bind(value.as_deref()).push(format!(" AS v{at}"));
        }
    }
    sql.push(format!(") n STRAIGHT_JOIN {table} t ON "));
    sql.push((0..key.len()).map(|at| format!("t.{} = n.k{at}", key[at])).collect::<Vec<_>>().join(" AND "));
    let text = |(at, column): (usize, &&str)| {
        let binary = column.ends_with("_cipher") || column.ends_with("_index");
        if binary { format!("t.{column} = n.v{at}") } else { format!("t.{column} = CONVERT(n.v{at} USING utf8mb4)") }
    };
    sql.push(" SET ").push(columns.iter().enumerate().map(text).collect::<Vec<_>>().join(", "));
    if has_updated_at(db, table).await? {
        sql.push(", t.updated_at = t.updated_at");
    }
    sql.build().execute(db).await?;
    Ok(())
}

async fn has_updated_at(db: &mut Db, table: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT COUNT(*) > 0 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? \
         AND column_name = 'updated_at'",
    )
    .bind(table)
    .fetch_one(db)
    .await
}
