//! What a workbook may hold, looked at before the library reads it: the library trusts what it reads.
//!
//! An archive of 5 MB can unpack to gigabytes; a table of texts can announce more entries than there is memory; a
//! table of styles can name one long text in each of a hundred thousand formats, each of which gets a copy.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::FileProblem;

/// Parts of the archive.
const MAX_PARTS: usize = 2_000;
/// All parts, unpacked. 5,000 rows of 30 columns have about 8 MiB.
const MAX_UNPACKED: u64 = 48 * 1024 * 1024;
/// The table of texts and the table of styles, unpacked.
const MAX_TEXTS: usize = 16 * 1024 * 1024;
const MAX_STYLES: usize = 4 * 1024 * 1024;
/// Entries that the table of texts may announce.
const MAX_ANNOUNCED: u64 = 1_000_000;
/// Formats in the table of styles, and the length of one of its tags.
const MAX_FORMATS: usize = 20_000;
const MAX_STYLE_TAG: usize = 2_048;

/// Unpacks everything once, to see how much it is and what it announces.
pub(super) fn check(bytes: &[u8]) -> Result<(), FileProblem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileProblem::Damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(FileProblem::TooLargeInside);
    }
    let mut left = MAX_UNPACKED;
    let mut part = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|_| FileProblem::Damaged)?;
        let name = entry.name().map_err(|_| FileProblem::Damaged)?.to_lowercase();
        part.clear();
        // One byte more than allowed shows that there is more; what the archive says of its sizes is only a claim.
        let read = entry.take(left + 1).read_to_end(&mut part).map_err(|_| FileProblem::Damaged)?;
        left = left.checked_sub(read as u64).ok_or(FileProblem::TooLargeInside)?;
        check_part(&name, &part)?;
    }
    Ok(())
}

fn check_part(name: &str, part: &[u8]) -> Result<(), FileProblem> {
    let is_xml = [".xml", ".rels"].iter().any(|end| name.ends_with(end));
    // Office writes UTF-8; in UTF-16 the looks below would see nothing.
    if is_xml && part.contains(&0) {
        return Err(FileProblem::Damaged);
    }
    if name.ends_with("sharedstrings.xml") && (part.len() > MAX_TEXTS || announced(part) > MAX_ANNOUNCED) {
        return Err(FileProblem::TooLargeInside);
    }
    if name.ends_with("styles.xml") {
        let formats = part.windows(3).filter(|bytes| bytes == b"<xf").count();
        let longest = part.split(|byte| matches!(byte, b'<' | b'>')).map(<[u8]>::len).max().unwrap_or_default();
        if part.len() > MAX_STYLES || formats > MAX_FORMATS || longest > MAX_STYLE_TAG {
            return Err(FileProblem::TooLargeInside);
        }
    }
    Ok(())
}

/// The largest number that stands behind `uniqueCount=`.
fn announced(part: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let places = part.windows(NAME.len()).enumerate().filter(|(_, bytes)| *bytes == NAME);
    let numbers = places.map(|(at, _)| {
        let rest = part[at + NAME.len()..].iter().skip_while(|byte| !byte.is_ascii_digit());
        rest.take_while(|byte| byte.is_ascii_digit())
            .fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    });
    numbers.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            writer.start_file(*name, packed).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_bomb_is_told_by_what_it_unpacks_to() {
        let megabytes = |count: usize| vec![b' '; count * 1024 * 1024];
        let one = archive(&[("xl/worksheets/sheet1.xml", &megabytes(49))]);
        assert!(one.len() < 1024 * 1024);
        assert_eq!(check(&one), Err(FileProblem::TooLargeInside));
        let several = archive(&[("a.bin", &megabytes(25)), ("b.bin", &megabytes(24))]);
        assert_eq!(check(&several), Err(FileProblem::TooLargeInside));
        assert_eq!(check(&archive(&[("a.bin", &megabytes(1))])), Ok(()));
        let many: Vec<String> = (0..=MAX_PARTS).map(|number| format!("{number}")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert_eq!(check(&archive(&many)), Err(FileProblem::TooLargeInside));
    }

    #[test]
    fn tables_that_announce_or_repeat_too_much_are_refused() {
        let texts = |text: &str| check(&archive(&[("xl/sharedStrings.xml", text.as_bytes())]));
        assert_eq!(texts("<sst uniqueCount=\"900000\"></sst>"), Ok(()));
        assert_eq!(texts("<sst uniqueCount = '99999999999999999999999'></sst>"), Err(FileProblem::TooLargeInside));
        let styles = |text: &str| check(&archive(&[("xl/Styles.xml", text.as_bytes())]));
        assert_eq!(styles(&"<xf/>".repeat(100)), Ok(()));
        assert_eq!(styles(&"<xf/>".repeat(MAX_FORMATS + 1)), Err(FileProblem::TooLargeInside));
        assert_eq!(styles(&format!("<name val=\"{}\"/>", "x".repeat(3_000))), Err(FileProblem::TooLargeInside));
        let wide = "<sst>".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        assert_eq!(check(&archive(&[("xl/sharedStrings.xml", &wide)])), Err(FileProblem::Damaged));
    }

    #[test]
    fn what_is_no_archive_is_damaged() {
        for bytes in [&b""[..], b"PK\x03\x04", b"PK\x03\x04 and then nothing of the kind"] {
            assert_eq!(check(bytes), Err(FileProblem::Damaged));
        }
    }
}
