//! The file that somebody brought, as rows of text: whatever it holds, reading it needs little time and memory.

mod guard;
mod text;
mod workbook;

use shared::{Detail, error::Text, storage::FileKind};

/// A file has this many bytes at most.
pub const MAX_BYTES: u64 = 5 * 1024 * 1024;
/// And this many rows below its header.
pub const MAX_ROWS: usize = 5_000;
/// And this many columns with something in them.
pub const MAX_COLUMNS: usize = 100;
/// The header stands in one of the first rows; what is above it is a title.
pub const HEADER_AMONG: usize = 10;
/// All cells together: a workbook may name one long text in each of its cells.
const MAX_TEXT: usize = 32 * 1024 * 1024;

/// A row with something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number as a spreadsheet shows it, from 1.
    pub number: u32,
    /// Its cells, without the empty ones at the end.
    pub cells: Vec<String>,
}

/// The rows of a file that are not empty.
#[derive(Debug, Default)]
pub struct Table {
    /// Title, header and all.
    pub rows: Vec<Row>,
    text: usize,
}

/// Why a whole file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileProblem {
    /// There is nothing in it.
    Empty,
    /// It holds bytes that are no text.
    NotText,
    /// Its workbook is damaged, or not one that Excel writes.
    Damaged,
    /// It unpacks to more than any list of employees.
    TooLargeInside,
    /// It has more rows than are taken at once.
    TooManyRows,
    /// It has more columns than are taken.
    TooManyColumns,
    /// A quotation mark in this row has no end.
    OpenQuote(u32),
    /// It is not the file that was checked.
    Changed,
}

impl FileProblem {
    /// The problem as a detail about the file.
    pub fn detail(&self) -> Detail {
        let (code, text) = match self {
            Self::Empty => (
                "FILE_EMPTY",
                Text::new(
                    "Dosyada başlık satırı ve en az bir çalışan satırı bulunmalı.",
                    "The file needs a row of headers and at least one employee.",
                ),
            ),
            Self::NotText => (
                "FILE_NOT_TEXT",
                Text::new(
                    "Dosya metin değil; listeyi Excel’den .xlsx ya da CSV olarak yeniden kaydedin.",
                    "The file is not text; save the list from Excel again as .xlsx or CSV.",
                ),
            ),
            Self::Damaged => (
                "FILE_DAMAGED",
                Text::new(
                    "Excel dosyası okunamadı; dosyayı Excel’de açıp .xlsx olarak yeniden kaydedin.",
                    "The workbook cannot be read; open it in Excel and save it again as .xlsx.",
                ),
            ),
            Self::TooLargeInside => (
                "FILE_TOO_LARGE_INSIDE",
                Text::new(
                    "Dosyanın içeriği çok büyük; yalnız çalışan listesini yeni bir dosyaya kopyalayıp kaydedin.",
                    "The file holds too much; copy only the list of employees to a new file.",
                ),
            ),
            Self::TooManyRows => (
                "TOO_MANY_ROWS",
                Text::new(
                    "Dosyada en çok 5.000 çalışan satırı olabilir; listeyi bölün.",
                    "A file has at most 5,000 employees; split the list.",
                ),
            ),
            Self::TooManyColumns => (
                "TOO_MANY_COLUMNS",
                Text::new(
                    "Dosyada en çok 100 dolu sütun olabilir; gereksiz sütunları silin.",
                    "A file has at most 100 columns; delete those that are not needed.",
                ),
            ),
            Self::OpenQuote(row) => (
                "OPEN_QUOTE",
                Text {
                    tr: format!("{row}. satırda açılan tırnak işareti kapanmıyor; tırnağı silin ya da kapatın.").into(),
                    en: format!("A quotation mark in row {row} has no end; remove or close it.").into(),
                },
            ),
            Self::Changed => (
                "FILE_CHANGED",
                Text::new(
                    "Dosya denetimden sonra değişmiş; yeniden denetleyin.",
                    "The file has changed since it was checked; check it again.",
                ),
            ),
        };
        Detail::new("file", code, text)
    }
}

/// Reads a file of one of the two kinds.
pub fn read(kind: FileKind, bytes: &[u8]) -> Result<Table, FileProblem> {
    let table = match kind {
        FileKind::Xlsx => workbook::read(bytes)?,
        _ => text::read(bytes)?,
    };
    if table.rows.is_empty() { Err(FileProblem::Empty) } else { Ok(table) }
}

impl Table {
    /// Adds a row unless it is empty; a table does not grow without end.
    fn push(&mut self, number: u32, mut cells: Vec<String>) -> Result<(), FileProblem> {
        let used = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        cells.truncate(used);
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > MAX_COLUMNS {
            return Err(FileProblem::TooManyColumns);
        }
        if self.rows.len() > MAX_ROWS + HEADER_AMONG {
            return Err(FileProblem::TooManyRows);
        }
        self.text += cells.iter().map(String::len).sum::<usize>();
        if self.text > MAX_TEXT {
            return Err(FileProblem::TooLargeInside);
        }
        self.rows.push(Row { number, cells });
        Ok(())
    }
}

/// A table for the tests of what reads tables.
#[cfg(test)]
pub(super) fn table(rows: &[&[&str]]) -> Table {
    let mut table = Table::default();
    for (at, cells) in rows.iter().enumerate() {
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        table.push(u32::try_from(at).unwrap() + 1, cells).unwrap();
    }
    table
}
