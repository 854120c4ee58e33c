//! The first sheet of a workbook that has something in it; of a formula, the value that Excel kept.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use super::{FileProblem, MAX_COLUMNS, Table, guard};

/// Reads a workbook that the guard lets pass.
pub(super) fn read(bytes: &[u8]) -> Result<Table, FileProblem> {
    guard::check(bytes)?;
    // The library is written for honest files; what makes it stumble is damaged.
    std::panic::catch_unwind(|| first_sheet(bytes)).unwrap_or(Err(FileProblem::Damaged))
}

fn first_sheet(bytes: &[u8]) -> Result<Table, FileProblem> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets = workbook.sheets_metadata().iter();
    let visible = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = visible.map(|sheet| sheet.name.clone()).collect();
    for name in names {
        let table = sheet(&mut workbook, &name)?;
        if !table.rows.is_empty() {
            return Ok(table);
        }
    }
    Ok(Table::default())
}

/// Reads cell by cell: a sheet with one cell in its last row and column would fill the memory as a whole.
fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Table, FileProblem> {
    let mut table = Table::default();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(damaged)?;
    let mut row = (0, Vec::new());
    while let Some(cell) = reader.next_cell().map_err(damaged)? {
        let (number, column) = cell.get_position();
        let text = text(cell.get_value());
        if number < row.0 {
            return Err(FileProblem::Damaged);
        }
        if number > row.0 {
            table.push(row.0 + 1, std::mem::take(&mut row.1))?;
            row.0 = number;
        }
        if text.trim().is_empty() {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MAX_COLUMNS {
            return Err(FileProblem::TooManyColumns);
        }
        if row.1.len() <= column {
            row.1.resize(column + 1, String::new());
        }
        row.1[column] = text;
    }
    table.push(row.0 + 1, row.1)?;
    Ok(table)
}

/// A cell as a person would have typed it: dates as `YYYY-MM-DD`, whole numbers without a point.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => plain(text),
        DataRef::SharedString(text) => plain(text),
        DataRef::Bool(true) => "evet".to_owned(),
        DataRef::Bool(false) => "hayır".to_owned(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(time) => number_text(time.as_f64()),
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Line breaks inside a cell are kept for the one who reads it; other control signs say nothing.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Eleven digits come back as eleven digits.
#[expect(clippy::cast_possible_truncation, reason = "whole and within what a double holds exactly")]
fn number_text(number: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT { (number as i64).to_string() } else { number.to_string() }
}

fn damaged(_: XlsxError) -> FileProblem {
    FileProblem::Damaged
}
