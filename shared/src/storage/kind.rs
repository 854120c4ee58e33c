//! What a file is, by its first bytes: its name and its declared type are only claims.

/// The kinds of file that people may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Comma- or semicolon-separated text.
    Csv,
    /// A workbook of Excel.
    Xlsx,
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

/// As many first bytes as [`FileKind::of`] wants to see.
pub const FIRST_BYTES: u64 = 4096;

impl FileKind {
    /// The kind of a file that begins with these bytes.
    pub fn of(first: &[u8]) -> Option<Self> {
        match first {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'P', b'K', 3, 4, ..] => is_workbook(first).then_some(Self::Xlsx),
            _ => is_table(first).then_some(Self::Csv),
        }
    }

    /// The type under which it is stored and sent.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// How its name ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}

/// A ZIP archive is a workbook when one of its first names is one that Office writes.
fn is_workbook(first: &[u8]) -> bool {
    const NAMES: [&[u8]; 4] = [b"[Content_Types].xml", b"_rels/.rels", b"xl/", b"docProps/"];
    let mut rest = first;
    // Each local header: 26 bytes, the lengths of name and extra field, then these.
    while let Some(at) = rest.windows(4).position(|four| four == b"PK\x03\x04") {
        let header = &rest[at..];
        let Some(name) = header.get(30..) else { return false };
        if NAMES.iter().any(|known| name.starts_with(known)) {
            return true;
        }
        rest = &header[4..];
    }
    false
}

/// Text without control signs whose first line has a separator; Excel in Turkey writes Windows-1254
/// as readily as UTF-8, so bytes above ASCII say nothing.
fn is_table(first: &[u8]) -> bool {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let line = text.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    // A page that a browser would run must not pass as a table.
    let markup = text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    let printable =
        text.iter().all(|byte| *byte >= b' ' || matches!(byte, b'\t' | b'\r' | b'\n')) && !text.contains(&0x7f);
    !markup && printable && line.iter().any(|byte| matches!(byte, b';' | b',' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(name: &str) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.extend([0; 22]);
        bytes.extend([u8::try_from(name.len()).unwrap(), 0, 0, 0]);
        bytes.extend(name.bytes());
        bytes.extend(b"some compressed bytes");
        bytes
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let two = [zip("a.txt"), zip("xl/workbook.xml")].concat();
        let cases: [(&[u8], Option<FileKind>); 18] = [
            (b"%PDF-1.7\n", Some(FileKind::Pdf)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(FileKind::Png)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(FileKind::Jpeg)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(FileKind::Webp)),
            (&zip("[Content_Types].xml"), Some(FileKind::Xlsx)),
            (&two, Some(FileKind::Xlsx)),
            ("\u{feff}Ad;Soyad\r\nAyşe;Yılmaz\r\n".as_bytes(), Some(FileKind::Csv)),
            (b"ad,soyad\nAy\xfee,Y\xfdlmaz\n", Some(FileKind::Csv)),
            (b"", None),
            (b"one column\nonly; here", None),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (&zip("evil.exe"), None),
            (b"PK\x03\x04", None),
            (b"MZ\x90\0\x03;,", None),
            (b"<html>,</html>", None),
            (b"\n <svg onload=\"a,b\">", None),
            (b"GIF89a,;", Some(FileKind::Csv)),
            (b"a;b\0c", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(FileKind::of(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
