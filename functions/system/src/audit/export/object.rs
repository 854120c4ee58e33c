//! One day of one tenant as an object: gzip over lines of JSON, the first about the day, each other an entry with its
//! links. Pure, so that anybody can read and check it again without the product.

use std::io::{BufRead as _, BufReader, Write as _};

use chrono::{DateTime, NaiveDate};
use flate2::{Compression, GzBuilder, read::MultiGzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use shared::crypto::digest::hex;
use uuid::Uuid;

use crate::audit::chain::{
    link::{self, Entry, Hash},
    store::SAID,
};

/// What the first line says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Head {
    /// Of how the lines are written (docs/decisions/audit.md).
    format: u32,
    tenant: Uuid,
    day: NaiveDate,
    entries: u32,
    previous_hash: String,
    last_hash: String,
}

const FORMAT: u32 = 1;

/// A day as it was closed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closed {
    pub(super) tenant: Uuid,
    pub(super) day: NaiveDate,
    pub(super) entries: u32,
    pub(super) previous: Hash,
    pub(super) last: Hash,
}

impl Closed {
    fn head(&self) -> Head {
        Head {
            format: FORMAT,
            tenant: self.tenant,
            day: self.day,
            entries: self.entries,
            previous_hash: hex(&self.previous),
            last_hash: hex(&self.last),
        }
    }
}

/// An object in the making. It keeps what is packed, not the entries.
pub(super) struct Packing {
    closed: Closed,
    gzip: GzEncoder<Vec<u8>>,
    head: Hash,
    entries: u32,
}

impl Packing {
    /// Without a time in its first bytes: the same day gives the same object.
    pub(super) fn new(closed: Closed) -> std::io::Result<Self> {
        let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
        let mut packing = Self { closed, gzip, head: closed.previous, entries: 0 };
        let head = serde_json::to_vec(&closed.head())?;
        packing.line(&head)?;
        Ok(packing)
    }

    fn line(&mut self, text: &[u8]) -> std::io::Result<()> {
        self.gzip.write_all(text)?;
        self.gzip.write_all(b"\n")
    }

    /// Adds the next entry.
    pub(super) fn add(&mut self, entry: &Entry) -> std::io::Result<()> {
        let previous = self.head;
        self.head = link::hash(&previous, self.closed.tenant, entry);
        self.entries += 1;
        let line = line(entry, &previous, &self.head);
        self.line(&serde_json::to_vec(&line)?)
    }

    /// The object; none when these are not the entries that the day was closed with.
    pub(super) fn finish(self) -> std::io::Result<Option<Vec<u8>>> {
        let whole = self.head == self.closed.last && self.entries == self.closed.entries;
        let object = self.gzip.finish()?;
        Ok(whole.then_some(object))
    }
}

/// The columns that hold ids are written as UUIDs, the others as the text that they hold; so nothing is lost that the
/// hash is made of.
fn is_id(column: &str) -> bool {
    column.ends_with("_id") && column != "request_id"
}

fn line(entry: &Entry, previous: &Hash, own: &Hash) -> serde_json::Map<String, serde_json::Value> {
    let mut line = serde_json::Map::new();
    let at = entry.created_at.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    line.insert("id".into(), entry.id.to_string().into());
    line.insert("created_at".into(), at.into());
    for (column, value) in SAID.iter().zip(&entry.said) {
        let text = value.as_ref().map(|bytes| match Uuid::from_slice(bytes) {
            Ok(id) if is_id(column) => id.to_string(),
            _ => String::from_utf8_lossy(bytes).into_owned(),
        });
        line.insert((*column).into(), text.into());
    }
    line.insert("previous_hash".into(), hex(previous).into());
    line.insert("row_hash".into(), hex(own).into());
    line
}

/// Reads a line back to what was hashed.
fn entry(line: &str) -> Option<(Entry, String, String)> {
    let line: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).ok()?;
    let text = |name: &str| line.get(name)?.as_str();
    let mut said = Vec::with_capacity(SAID.len());
    for column in SAID {
        said.push(match line.get(column)? {
            serde_json::Value::Null => None,
            value if is_id(column) => Some(Uuid::try_parse(value.as_str()?).ok()?.as_bytes().to_vec()),
            value => Some(value.as_str()?.as_bytes().to_vec()),
        });
    }
    let created_at = DateTime::parse_from_rfc3339(text("created_at")?).ok()?.naive_utc();
    let entry = Entry { id: Uuid::try_parse(text("id")?).ok()?, created_at, said, written: (None, None) };
    Some((entry, text("previous_hash")?.to_owned(), text("row_hash")?.to_owned()))
}

/// Whether an object holds the day as it was closed, entry by entry.
pub(super) fn holds(closed: &Closed, object: &[u8]) -> bool {
    let mut lines = BufReader::new(MultiGzDecoder::new(object)).lines();
    let head = lines.next().and_then(|line| serde_json::from_str::<Head>(&line.ok()?).ok());
    if head != Some(closed.head()) {
        return false;
    }
    let (mut last, mut entries) = (closed.previous, 0);
    for line in lines {
        let Some((entry, previous, own)) = line.ok().and_then(|line| entry(&line)) else { return false };
        let hash = link::hash(&last, closed.tenant, &entry);
        if previous != hex(&last) || own != hex(&hash) {
            return false;
        }
        (last, entries) = (hash, entries + 1);
    }
    last == closed.last && entries == closed.entries
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::audit::chain::link::NOTHING;

    fn entries() -> Vec<Entry> {
        (0..3_u32)
            .map(|number| {
                let said = SAID.iter().enumerate().map(|(at, column)| match (at + number as usize) % 3 {
                    0 => None,
                    _ if is_id(column) => Some(Uuid::from_u128(number.into()).as_bytes().to_vec()),
                    _ => Some(format!("{{\"{column}\": \"çığ\\n {number}\"}}").into_bytes()),
                });
                Entry {
                    id: Uuid::from_u128(u128::from(number) + 1),
                    created_at: DateTime::from_timestamp_micros(1_750_000_000_123_456).unwrap().naive_utc(),
                    said: said.collect(),
                    written: (None, None),
                }
            })
            .collect()
    }

    fn closed() -> Closed {
        let tenant = Uuid::from_u128(9);
        let last = entries().iter().fold(NOTHING, |head, entry| link::hash(&head, tenant, entry));
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        Closed { tenant, day, entries: 3, previous: NOTHING, last }
    }

    fn pack(closed: Closed) -> Option<Vec<u8>> {
        let mut packing = Packing::new(closed).unwrap();
        for entry in entries() {
            packing.add(&entry).unwrap();
        }
        packing.finish().unwrap()
    }

    fn packed_anew(change: impl Fn(String) -> String) -> Vec<u8> {
        let mut text = String::new();
        MultiGzDecoder::new(&*pack(closed()).unwrap()).read_to_string(&mut text).unwrap();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(change(text).as_bytes()).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn a_day_is_packed_the_same_each_time_and_read_back_whole() {
        let object = pack(closed()).unwrap();
        assert_eq!(object, pack(closed()).unwrap());
        assert!(holds(&closed(), &object));
        assert!(holds(&closed(), &packed_anew(|text| text)), "how it is packed does not matter");
    }

    #[test]
    fn other_entries_than_the_day_was_closed_with_are_not_packed() {
        assert!(pack(Closed { last: NOTHING, ..closed() }).is_none());
        assert!(pack(Closed { entries: 4, ..closed() }).is_none());
    }

    #[test]
    fn whatever_is_changed_in_an_object_is_found() {
        let changes: [fn(String) -> String; 6] = [
            |text| text.replacen("çığ", "cığ", 1),
            |text| text.replacen("\"entries\":3", "\"entries\":2", 1),
            |text| text.lines().take(3).fold(String::new(), |all, line| all + line + "\n"),
            |text| text.lines().rev().fold(String::new(), |all, line| all + line + "\n"),
            |text| text.replacen("123456Z", "123457Z", 1),
            |text| text.replacen("\"row_hash\":\"", "\"row_hash\":\"0", 1),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            assert!(!holds(&closed(), &packed_anew(change)), "change {number}");
        }
        assert!(!holds(&closed(), b"no gzip"));
        assert!(!holds(&Closed { tenant: Uuid::from_u128(8), ..closed() }, &pack(closed()).unwrap()));
    }
}
