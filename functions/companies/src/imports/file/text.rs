//! Comma-, semicolon- or tab-separated text, in UTF-8 or Windows-1254.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::{FileProblem, HEADER_AMONG, Table};
use crate::imports::columns;

/// What separates cells; the first is what Excel writes in Turkey, and decides when nothing else does.
const SEPARATORS: [u8; 3] = *b";,\t";
/// A record of our own behind the last: a quotation that never ends swallows it. No text file holds this sign.
const END: &str = "\u{1}";

/// Reads a table of text.
pub(super) fn read(bytes: &[u8]) -> Result<Table, FileProblem> {
    let text = decode(bytes)?;
    let (separator, text) = match named_separator(&text) {
        Some((separator, rest)) => (separator, rest),
        None => (likely_separator(&text), &*text),
    };
    // The line that names the separator is a row of the spreadsheet's file, not of its sheet.
    let mut table = Table::default();
    records(text, separator, |number, record| table.push(number, record.iter().map(str::to_owned).collect()))?;
    Ok(table)
}

/// The text without its mark; what is not UTF-8 is what Excel writes as "CSV" in Turkey.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileProblem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1254.decode_without_bom_handling(bytes).0,
    };
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n');
    if text.contains(strange) { Err(FileProblem::NotText) } else { Ok(text) }
}

/// `sep=;` in the first line, by which some programs tell Excel what they write.
fn named_separator(text: &str) -> Option<(u8, &str)> {
    let rest = text.get(..4).filter(|name| name.eq_ignore_ascii_case("sep=")).map(|_| &text[4..])?;
    let separator = *rest.as_bytes().first().filter(|byte| SEPARATORS.contains(byte))?;
    let rest = &rest[1..];
    let rest = rest.strip_prefix('\r').unwrap_or(rest);
    Some((separator, rest.strip_prefix('\n')?))
}

/// The separator by which the most headers are known, and by which there are the most cells.
fn likely_separator(text: &str) -> u8 {
    let found = SEPARATORS.map(|separator| {
        let mut best = (0, 0);
        let mut left = HEADER_AMONG;
        // What is wrong further down is told when the whole is read.
        let _ = records(text, separator, |_, record| {
            best = best.max((columns::known(record.iter()), record.len()));
            left -= 1;
            if left == 0 { Err(FileProblem::Empty) } else { Ok(()) }
        });
        best
    });
    let best = found.iter().max().copied().unwrap_or_default();
    SEPARATORS.into_iter().zip(found).find(|(_, score)| *score == best).map_or(b';', |(separator, _)| separator)
}

/// Hands over each record that is not empty, with its number in the spreadsheet.
fn records(
    text: &str,
    separator: u8,
    mut take: impl FnMut(u32, &StringRecord) -> Result<(), FileProblem>,
) -> Result<(), FileProblem> {
    let whole = std::io::Read::chain(text.as_bytes(), END_LINE.as_bytes());
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(whole);
    let mut record = StringRecord::new();
    let mut lines = Lines { text, read: 0, number: 1 };
    while reader.read_record(&mut record).map_err(|_| FileProblem::NotText)? {
        if record.len() == 1 && &record[0] == END {
            return Ok(());
        }
        let number = lines.number_at(record.position().map_or(0, csv::Position::byte));
        take(number, &record)?;
        if record.iter().any(|cell| cell.contains(END)) {
            return Err(FileProblem::OpenQuote(number));
        }
        lines.pass(&record);
    }
    Ok(())
}

/// [`END`] as a record, whatever the text ends with.
const END_LINE: &str = "\n\u{1}\n";

/// Counts rows as a spreadsheet does: an empty line is a row, a line break inside a cell is none.
struct Lines<'a> {
    text: &'a str,
    /// Up to where the text has been counted.
    read: usize,
    /// Below zero while a cell's line breaks are taken back before they are counted.
    number: i64,
}

impl Lines<'_> {
    /// The number of the record that begins at this byte, or behind the empty lines that begin there.
    fn number_at(&mut self, byte: u64) -> u32 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let empty = self.text[byte..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.count(byte + empty);
        u32::try_from(self.number).unwrap_or(u32::MAX)
    }

    /// Takes back the line breaks inside the record's cells, which the next count will come across.
    fn pass(&mut self, record: &StringRecord) {
        let inside: usize = record.iter().map(line_breaks).sum();
        self.number -= i64::try_from(inside).unwrap_or_default();
    }

    fn count(&mut self, to: usize) {
        if to > self.read {
            let lines = line_breaks(&self.text[self.read..to]);
            self.number += i64::try_from(lines).unwrap_or_default();
            self.read = to;
        }
    }
}

/// CR LF, LF and CR alone are one line break each.
fn line_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let single = |at: &usize| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    (0..bytes.len()).filter(single).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        read(bytes).unwrap().rows.into_iter().map(|row| (row.number, row.cells)).collect()
    }

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        rows(bytes).into_iter().map(|(_, cells)| cells).collect()
    }

    #[test]
    fn what_excel_writes_in_turkey_is_read() {
        let expected = [vec!["Ad", "Soyad", "Görev"], vec!["Ayşe", "Yıldız", "Şef; usta"]];
        let utf8 = "\u{feff}Ad;Soyad;Görev\r\nAyşe;Yıldız;\"Şef; usta\"\r\n";
        let (windows, ..) = encoding_rs::WINDOWS_1254.encode(utf8.trim_start_matches('\u{feff}'));
        for bytes in [utf8.as_bytes(), &utf8.as_bytes()[3..], &windows] {
            assert_eq!(cells(bytes), expected);
        }
        assert_eq!(cells(b"sep=,\r\nAd,Soyad\r\nAli,Can"), [["Ad", "Soyad"], ["Ali", "Can"]]);
    }

    #[test]
    fn the_separator_is_found_by_the_headers() {
        let title = "Yıldız Metal A.Ş., İstanbul, çalışan listesi, 2026\n";
        for separator in [";", ",", "\t"] {
            let header = ["Adı", "Soyadı", "İşe Giriş Tarihi"].join(separator);
            let read = cells(format!("{title}{header}\nA{separator}B\n").as_bytes());
            assert_eq!(read[1], ["Adı", "Soyadı", "İşe Giriş Tarihi"], "{separator:?}");
        }
        assert_eq!(cells(b"a;b,c;d\n1;2;3")[0], ["a", "b,c", "d"]);
    }

    #[test]
    fn rows_have_the_numbers_that_a_spreadsheet_shows() {
        let text = "Ad;Soyad\r\n\r\n\"iki\r\nsatır\";x\r\n;\r\nson;y";
        let numbers: Vec<u32> = rows(text.as_bytes()).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [1, 3, 5]);
        let numbers: Vec<u32> = rows(b"\n\na;b\rc;d\r\r\re;f").into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [3, 4, 7]);
    }

    #[test]
    fn a_quotation_without_an_end_is_told_by_its_row() {
        for (text, row) in [("Ad;Soyad\n\"Ali;Can\nB;C\n", 2), ("Ad;Soyad\nA;B\n\"", 3), ("a;\"b\"\"\nc;d", 1)] {
            assert_eq!(read(text.as_bytes()).unwrap_err(), FileProblem::OpenQuote(row), "{text:?}");
        }
        // A quotation mark inside a cell is a letter like others.
        assert_eq!(cells(b"a;b\n12\" boru;5'\n")[1], ["12\" boru", "5'"]);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [&b"Ad;Soyad\nAli\0;Can\n"[..], b"a;b\n\x1b[31m;c", b"a;b\x01", "a;b\n\u{1}\n".as_bytes()] {
            assert_eq!(read(bytes).unwrap_err(), FileProblem::NotText);
        }
        // Windows-1254 has no such bytes either.
        assert_eq!(read(b"a;\xff\x9e\n\x81;b").unwrap_err(), FileProblem::NotText);
    }

    #[test]
    fn a_table_does_not_grow_without_end() {
        let row = "a;b\n";
        let many = row.repeat(super::super::MAX_ROWS + HEADER_AMONG + 2);
        assert_eq!(read(many.as_bytes()).unwrap_err(), FileProblem::TooManyRows);
        let wide = format!("{}x", ";".repeat(super::super::MAX_COLUMNS));
        assert_eq!(read(wide.as_bytes()).unwrap_err(), FileProblem::TooManyColumns);
        let empty = ";".repeat(100_000);
        assert!(read(empty.as_bytes()).unwrap().rows.is_empty());
    }

    proptest! {
        #[test]
        fn what_a_spreadsheet_writes_comes_back(
            table in prop::collection::vec(prop::collection::vec("[a-zşİ0-9 ;,\"'\n]{0,8}", 3), 1..12),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(b"sep=;\n".to_vec());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let mut expected = Vec::new();
            for (at, row) in table.iter().enumerate() {
                let mut cells = row.clone();
                while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
                    cells.pop();
                }
                if !cells.is_empty() {
                    expected.push((u32::try_from(at).unwrap() + 1, cells));
                }
            }
            prop_assert_eq!(rows(&writer.into_inner().unwrap()), expected);
        }

        #[test]
        fn nothing_makes_it_fail_otherwise_than_with_a_reason(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
