//! Where the rows go: into an object that is made piece by piece, whatever the format.

use std::io::{self, Write};

use tokio::sync::mpsc;

use super::{
    cell::{Cell, Column},
    csv,
    wanted::Format,
    workbook::Book,
};
use crate::{
    error::{Error, Language, Result},
    storage::{ObjectKey, Storage, Upload},
};

/// Bytes that a workbook is handed over by.
const PIECE: usize = 256 * 1024;

/// A file in the making.
#[derive(Debug)]
pub(super) struct Sink {
    upload: Upload,
    language: Language,
    text: String,
    book: Option<Book>,
}

impl Sink {
    pub(super) async fn new(
        storage: &Storage,
        key: ObjectKey,
        (format, name): (Format, &str),
        columns: &[Column],
        language: Language,
    ) -> Result<Self> {
        let upload = storage.upload(key, content_type(format));
        let book = match format {
            Format::Csv => None,
            Format::Xlsx => Some(Book::new(name, columns, language)?),
        };
        let mut sink = Self { upload, language, text: String::new(), book };
        if sink.book.is_none() {
            let headings: Vec<Cell> = columns.iter().map(|column| Cell::word(&column.heading, language)).collect();
            sink.text.push_str(csv::MARK);
            csv::line(&mut sink.text, &headings, language);
            sink.hand_over().await?;
        }
        Ok(sink)
    }

    /// Adds rows.
    pub(super) async fn add(&mut self, rows: &[Vec<Cell>]) -> Result<()> {
        if let Some(book) = &mut self.book {
            return rows.iter().try_for_each(|row| book.add(row));
        }
        for row in rows {
            csv::line(&mut self.text, row, self.language);
        }
        self.hand_over().await
    }

    async fn hand_over(&mut self) -> Result<()> {
        self.upload.write(self.text.as_bytes()).await?;
        self.text.clear();
        Ok(())
    }

    /// The upload in parts, once it has begun: what is to be cleared away if nobody ends it.
    pub(super) fn upload_id(&self) -> Option<&str> {
        self.upload.id()
    }

    /// Writes the end; for a workbook that is the most of it. `step` is called between its pieces.
    pub(super) async fn close(&mut self) -> Result<()> {
        let Some(book) = self.book.take() else { return Ok(()) };
        let (pieces, mut arriving) = mpsc::channel::<Vec<u8>>(2);
        let saved = tokio::task::spawn_blocking(move || {
            let mut writer = io::BufWriter::with_capacity(PIECE, Pieces(pieces));
            book.save(&mut writer)?;
            writer.flush().map_err(Error::internal)
        });
        while let Some(piece) = arriving.recv().await {
            self.upload.write(&piece).await?;
        }
        saved.await.map_err(Error::internal)?
    }

    /// Ends the object: from now on it can be read.
    pub(super) async fn finish(self) -> Result<()> {
        Ok(self.upload.finish().await?)
    }

    /// Gives up and removes what was sent.
    pub(super) async fn abort(self) -> Result<()> {
        Ok(self.upload.abort().await?)
    }
}

fn content_type(format: Format) -> &'static str {
    use crate::storage::FileKind;
    match format {
        Format::Csv => FileKind::Csv.content_type(),
        Format::Xlsx => FileKind::Xlsx.content_type(),
    }
}

/// Hands pieces to whoever uploads them, and waits while he is behind.
struct Pieces(mpsc::Sender<Vec<u8>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.blocking_send(bytes.to_vec()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
