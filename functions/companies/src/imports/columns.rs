//! Which row holds the headers, and which column which field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    fields::ImportField,
    file::{FileProblem, HEADER_AMONG, MAX_ROWS, Row, Table},
};

/// A header is shown up to this length.
const SHOWN: usize = 100;
/// So many digits in a row may be somebody's number: the first row of a file without headers is a person.
const NUMBER: usize = 6;

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// Its place, from 1.
    pub number: u16,
    /// Its header; long numbers are hidden.
    pub header: String,
    /// What is read from it; null when nothing is.
    pub field: Option<ImportField>,
}

/// Which column holds which field, by places from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(BTreeMap<ImportField, usize>);

/// What is needed and has no column.
const NEEDED: [&[ImportField]; 3] = [
    &[ImportField::FirstName, ImportField::FullName],
    &[ImportField::LastName, ImportField::FullName],
    &[ImportField::StartDate],
];

impl Mapping {
    /// The mapping that somebody chose: places from 1.
    pub fn chosen(choice: &[(u16, ImportField)]) -> Self {
        Self(choice.iter().map(|(number, field)| (*field, usize::from(*number).saturating_sub(1))).collect())
    }

    /// The mapping that the headers name; of two columns for one field the first counts.
    fn named(header: &Row) -> Self {
        let mut map = BTreeMap::new();
        for (place, text) in header.cells.iter().enumerate() {
            if let Some(field) = ImportField::of_header(text) {
                map.entry(field).or_insert(place);
            }
        }
        // First and last name in columns of their own are what "Çalışan" would only repeat.
        if map.contains_key(&ImportField::FirstName) && map.contains_key(&ImportField::LastName) {
            map.remove(&ImportField::FullName);
        }
        Self(map)
    }

    /// The place of a field's column.
    pub fn place(&self, field: ImportField) -> Option<usize> {
        self.0.get(&field).copied()
    }

    /// The cell of a field, when it has a column.
    pub fn cell<'a>(&self, row: &'a Row, field: ImportField) -> Option<&'a str> {
        self.place(field).map(|place| row.cells.get(place).map_or("", String::as_str))
    }

    /// The fields that no column holds and that an employee needs.
    pub fn missing(&self) -> Vec<ImportField> {
        missing(|field| self.0.contains_key(&field))
    }
}

/// The fields that an employee needs and of which nothing says where they are.
pub(super) fn missing(has: impl Fn(ImportField) -> bool) -> Vec<ImportField> {
    let lacking = NEEDED.iter().filter(|one_of| !one_of.iter().any(|field| has(*field)));
    lacking.map(|one_of| one_of[0]).collect()
}

/// A table whose header has been found.
#[derive(Debug)]
pub struct Sheet {
    /// The header's cells.
    pub header: Vec<String>,
    /// The rows below it.
    pub rows: Vec<Row>,
    /// What is read from where.
    pub mapping: Mapping,
}

impl Sheet {
    /// Finds the header among the first rows: the one with the most known names, the first when none has any.
    pub fn new(table: Table, chosen: Option<Mapping>) -> Self {
        let mut rows = table.rows;
        let score = |row: &Row| known(row.cells.iter().map(String::as_str));
        let among = rows.iter().take(HEADER_AMONG).enumerate();
        let best = among.max_by_key(|(place, row)| (score(row), usize::MAX - place)).map_or(0, |(place, _)| place);
        let body = rows.split_off((best + 1).min(rows.len()));
        let header = rows.pop().unwrap_or(Row { number: 1, cells: Vec::new() });
        let mapping = chosen.unwrap_or_else(|| Mapping::named(&header));
        Self { header: header.cells, rows: body, mapping }
    }

    /// The sheet, if it has rows and not too many.
    pub(super) fn bounded(self) -> Result<Self, FileProblem> {
        match self.rows.len() {
            0 => Err(FileProblem::Empty),
            1..=MAX_ROWS => Ok(self),
            _ => Err(FileProblem::TooManyRows),
        }
    }

    /// The columns as they are shown.
    pub fn columns(&self) -> Vec<Column> {
        let widest = self.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default().max(self.header.len());
        let field_at = |at: usize| self.mapping.0.iter().find(|(_, place)| **place == at).map(|(field, _)| *field);
        let column = |at: usize| Column {
            number: u16::try_from(at + 1).unwrap_or(u16::MAX),
            header: shown(self.header.get(at).map_or("", String::as_str)),
            field: field_at(at),
        };
        (0..widest).map(column).collect()
    }

    /// The header of a field's column, for a message about it.
    pub fn header_of(&self, field: &str) -> Option<String> {
        let place = self.mapping.place(ImportField::parse(field).ok()?)?;
        Some(shown(self.header.get(place).map_or("", String::as_str)))
    }
}

/// How many of the cells are headers of different fields.
pub(super) fn known<'a>(cells: impl Iterator<Item = &'a str>) -> usize {
    let mut fields: Vec<ImportField> = cells.filter_map(ImportField::of_header).collect();
    fields.sort_unstable();
    fields.dedup();
    fields.len()
}

/// A cell without what may be somebody's number, on one line.
pub(super) fn shown(header: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in header.trim().chars().take(SHOWN).chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        out.push_str(&if digits.len() >= NUMBER { "*".repeat(digits.len()) } else { std::mem::take(&mut digits) });
        digits.clear();
        out.push(if c.is_control() { ' ' } else { c });
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::file::table;

    #[test]
    fn the_header_is_found_below_a_title() {
        let rows: [&[&str]; 4] = [
            &["Yıldız Metal A.Ş."],
            &["Çalışan listesi", "", "2026"],
            &["Sıra", "Adı Soyadı", "T.C. Kimlik No", "İşe Giriş Tarihi"],
            &["1", "Ali Can", "19090909018", "01.02.2024"],
        ];
        let sheet = Sheet::new(table(&rows), None);
        assert_eq!((sheet.header.len(), sheet.rows.len(), sheet.rows[0].number), (4, 1, 4));
        let fields: Vec<Option<ImportField>> = sheet.columns().into_iter().map(|column| column.field).collect();
        assert_eq!(fields, [None, Some(ImportField::FullName), Some(ImportField::Tckn), Some(ImportField::StartDate)]);
        assert!(sheet.mapping.missing().is_empty());
        assert_eq!(sheet.mapping.cell(&sheet.rows[0], ImportField::FullName), Some("Ali Can"));
        assert_eq!(sheet.header_of("startDate").as_deref(), Some("İşe Giriş Tarihi"));
        assert_eq!(sheet.header_of("email"), None);
    }

    #[test]
    fn of_two_columns_for_one_field_the_first_counts() {
        let rows: [&[&str]; 2] = [&["Ad", "Ad", "Soyad", "Çalışan"], &["a", "b", "c", "d"]];
        let sheet = Sheet::new(table(&rows), None);
        assert_eq!(sheet.mapping.place(ImportField::FirstName), Some(0));
        assert_eq!(sheet.mapping.place(ImportField::FullName), None);
        assert_eq!(sheet.mapping.missing(), [ImportField::StartDate]);
    }

    #[test]
    fn a_choice_takes_the_place_of_the_headers() {
        let rows: [&[&str]; 2] = [&["Ad", "Soyad", "Tarih"], &["a", "b", "c"]];
        let chosen =
            Mapping::chosen(&[(2, ImportField::FirstName), (1, ImportField::LastName), (3, ImportField::StartDate)]);
        let sheet = Sheet::new(table(&rows), Some(chosen));
        assert_eq!(sheet.mapping.cell(&sheet.rows[0], ImportField::FirstName), Some("b"));
        assert!(sheet.mapping.missing().is_empty());
        // A column that the file does not have is empty in each row.
        assert_eq!(Mapping::chosen(&[(9, ImportField::Tckn)]).cell(&sheet.rows[0], ImportField::Tckn), Some(""));
    }

    #[test]
    fn a_file_without_headers_does_not_give_its_numbers_away() {
        let rows: [&[&str]; 2] = [&["19090909018", "Ali\n12345678950 x", "05321234567 ev"], &["b"]];
        let sheet = Sheet::new(table(&rows), None);
        let headers: Vec<String> = sheet.columns().into_iter().map(|column| column.header).collect();
        assert_eq!(headers, ["***********", "Ali *********** x", "*********** ev"]);
        assert_eq!(shown("Tarih 2026"), "Tarih 2026");
        assert_eq!(sheet.mapping.missing(), [ImportField::FirstName, ImportField::LastName, ImportField::StartDate]);
    }
}
