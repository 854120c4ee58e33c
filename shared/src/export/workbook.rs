//! A workbook that is written row by row: what is written waits in a temporary file, not in memory.

use rust_xlsxwriter::{Format as Style, FormatAlign, Workbook, XlsxError};

use super::cell::{Cell, Column, flag, in_istanbul};
use crate::error::{Error, Language, Result};

/// A workbook of one sheet.
pub(super) struct Book {
    file: Workbook,
    language: Language,
    row: u32,
    columns: u16,
    day: Style,
    instant: Style,
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Book({} rows)", self.row)
    }
}

impl From<XlsxError> for Error {
    fn from(error: XlsxError) -> Self {
        Self::internal(error)
    }
}

impl Book {
    /// A workbook with its heading, which stays in sight.
    pub(super) fn new(name: &str, columns: &[Column], language: Language) -> Result<Self> {
        let mut file = Workbook::new();
        let heading = Style::new().set_bold().set_align(FormatAlign::Left);
        let sheet = file.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (place, column) in (0_u16..).zip(columns) {
            sheet.set_column_width(place, column.width)?;
        }
        for (place, column) in (0_u16..).zip(columns) {
            sheet.write_string_with_format(0, place, column.heading.in_language(language), &heading)?;
        }
        let (day, instant) = match language {
            Language::Tr => ("dd.mm.yyyy", "dd.mm.yyyy hh:mm"),
            Language::En => ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"),
        };
        Ok(Self {
            file,
            language,
            row: 0,
            columns: u16::try_from(columns.len()).unwrap_or(u16::MAX),
            day: Style::new().set_num_format(day),
            instant: Style::new().set_num_format(instant),
        })
    }

    /// Adds a row. Text is text, whatever it looks like: a formula is only what is written as one.
    pub(super) fn add(&mut self, cells: &[Cell]) -> Result<()> {
        self.row += 1;
        let sheet = self.file.worksheet_from_index(0)?;
        for (place, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => continue,
                Cell::Text(text) => sheet.write_string(self.row, place, text),
                #[expect(clippy::cast_precision_loss, reason = "a worksheet knows no other numbers")]
                Cell::Integer(number) => sheet.write_number(self.row, place, *number as f64),
                Cell::Decimal(number) => {
                    use rust_decimal::prelude::ToPrimitive as _;
                    sheet.write_number(self.row, place, number.to_f64().unwrap_or_default())
                }
                Cell::Date(day) => sheet.write_datetime_with_format(self.row, place, day, &self.day),
                Cell::Instant(at) => sheet.write_datetime_with_format(self.row, place, in_istanbul(*at), &self.instant),
                Cell::Flag(value) => sheet.write_string(self.row, place, flag(*value, self.language)),
            }?;
        }
        Ok(())
    }

    /// Writes the whole workbook away, with arrows to filter by.
    pub(super) fn save(mut self, to: impl std::io::Write + Send) -> Result<()> {
        if self.columns > 0 {
            self.file.worksheet_from_index(0)?.autofilter(0, 0, self.row, self.columns - 1)?;
        }
        self.file.save_to_writer(to)?;
        Ok(())
    }
}
