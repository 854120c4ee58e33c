//! The rows that were not taken, as a file to correct and to bring again: each as it was, and what is wrong with it.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::TimeDelta;
use shared::{
    App, Error,
    auth::TenantId,
    error::Language,
    jobs::{
        JobId,
        run::{ResultFile, Run, Stop},
    },
    storage::FileKind,
};

use super::{Import, RowNote, columns::Sheet, report_key};

/// How long it can be fetched.
const KEPT: TimeDelta = TimeDelta::days(7);
/// The most that is read of it again: a file as large as is taken, with what is wrong in it.
const LARGEST: u64 = 20 << 20;
/// What a spreadsheet would run as a formula.
const RUNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Stores the file; none when every row was taken.
pub(super) async fn store(
    run: &Run,
    import: &Import,
    sheet: &Sheet,
    notes: &[RowNote],
) -> Result<Option<ResultFile>, Stop> {
    if notes.iter().all(|note| note.is_taken) {
        return Ok(None);
    }
    let bytes = write(sheet, notes, run.language()).map_err(Error::internal)?;
    let key = report_key(run.tenant(), run.id());
    run.app().storage()?.put(&key, FileKind::Csv.content_type(), Bytes::from(bytes)).await.map_err(Error::from)?;
    let stem = import.file_name.as_str().rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    let stem: String = stem.chars().take(100).collect();
    let name = match run.language() {
        Language::Tr => format!("{stem} - hatalı satırlar.csv"),
        Language::En => format!("{stem} - rows with mistakes.csv"),
    };
    Ok(Some(ResultFile { key, name, kept: KEPT }))
}

/// The rows that were not taken, cell by cell, by their numbers; none of them once the file is gone.
pub(super) async fn read(app: &App, tenant: TenantId, job: JobId) -> Result<HashMap<u32, Vec<String>>, Error> {
    let bytes = app.storage()?.get(&report_key(tenant, job), LARGEST).await?;
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(bytes.as_ref());
    let rows = reader.records().filter_map(|record| {
        let cells: Vec<String> = record.ok()?.iter().map(str::to_owned).collect();
        let number = cells.get(cells.len().checked_sub(2)?)?.parse().ok()?;
        Some((number, cells))
    });
    Ok(rows.collect())
}

/// UTF-8 with its mark, semicolons and CR LF, as Excel in Turkey opens by a double click.
fn write(sheet: &Sheet, notes: &[RowNote], language: Language) -> Result<Vec<u8>, csv::Error> {
    let wrong: HashMap<u32, &RowNote> =
        notes.iter().filter(|note| !note.is_taken).map(|note| (note.row, note)).collect();
    let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default().max(sheet.header.len());
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    let (number, mistakes) = match language {
        Language::Tr => ("Satır", "Hatalar"),
        Language::En => ("Row", "Mistakes"),
    };
    let cells = |cells: &[String]| -> Vec<String> {
        (0..width).map(|at| defused(cells.get(at).map_or("", String::as_str))).collect()
    };
    let mut header = cells(&sheet.header);
    header.extend([number.to_owned(), mistakes.to_owned()]);
    writer.write_record(&header)?;
    for row in &sheet.rows {
        let Some(note) = wrong.get(&row.number) else { continue };
        let told: Vec<String> = note
            .details
            .iter()
            .map(|detail| {
                let text = if language == Language::Tr { &detail.tr } else { &detail.en };
                format!("{}: {text}", detail.column.as_deref().unwrap_or(&detail.field))
            })
            .collect();
        let mut record = cells(&row.cells);
        record.extend([row.number.to_string(), defused(&told.join(" | "))]);
        writer.write_record(&record)?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// A cell that no spreadsheet runs; reading the file again takes the sign away.
fn defused(cell: &str) -> String {
    if cell.trim_start_matches(' ').starts_with(RUNS) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::{RowDetail, file::table};

    #[test]
    fn a_row_is_given_back_as_it_was_with_what_is_wrong() {
        let rows: [&[&str]; 4] =
            [&["Ad", "Soyad", "Telefon"], &["Ali", "Can"], &["=cmd", "Ça;n", "+90 532"], &["Veli", "Can", "1"]];
        let sheet = Sheet::new(table(&rows), None);
        let detail = RowDetail {
            field: "phone".into(),
            column: Some("Telefon".into()),
            code: "INVALID_PHONE".into(),
            tr: "Telefonu yazın.".into(),
            en: "Write it.".into(),
        };
        let note = |row, is_taken| RowNote { row, is_taken, details: vec![detail.clone(), detail.clone()] };
        let file = write(&sheet, &[note(3, false), note(4, true)], Language::Tr).unwrap();
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "\u{feff}Ad;Soyad;Telefon;Satır;Hatalar\r\n'=cmd;\"Ça;n\";'+90 532;3;\
             Telefon: Telefonu yazın. | Telefon: Telefonu yazın.\r\n"
        );
    }
}
