//! A form that brings a file through the function itself: `multipart/form-data`, for browsers without script.
//!
//! With the script a file goes past the function to the object store; a form can take only what the gateway lets
//! through.

use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use bytes::Bytes;
use multer::Multipart;

use super::{form::Form, sent::Sent};
use crate::{
    app::App,
    db::Key,
    error::{Code, Detail, Error, Result, Text},
    http::{
        extract::{TooLarge, body, not_text},
        input::Input,
    },
};

/// The name of the field with the file.
const FILE: &str = "file";
/// A form has this many fields at most.
const MAX_FIELDS: usize = 50;

/// A file that came with a form.
#[derive(Debug, Clone)]
pub struct SentFile {
    /// Its name, without the folders that some browsers send along.
    pub name: String,
    /// What is in it.
    pub bytes: Bytes,
}

/// A form with one file, in the field `file`.
#[derive(Debug)]
pub struct FileForm<T> {
    /// The form without the file.
    pub form: Form<T>,
    /// The file; none when nobody chose one.
    pub file: Option<SentFile>,
}

impl<T: Input> FromRequest<App> for FileForm<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind).map_err(|_| Error::new(Code::UnsupportedMediaType))?;
        if request.extensions().get::<TooLarge>().is_some() {
            let mut form = Form::of(Sent::default(), None, app);
            form.input = Err(too_large());
            return Ok(Self { form, file: None });
        }
        let (method, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
        let (sent, file) = read(body(request).await?, &boundary).await?;
        let key = sent.key().map(|key| Key::new(key, &method, &path, &content(&sent, file.as_ref())));
        Ok(Self { form: Form::of(sent, key, app), file })
    }
}

async fn read(bytes: Bytes, boundary: &str) -> Result<(Sent, Option<SentFile>)> {
    let body = futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(bytes) });
    let mut parts = Multipart::new(body, boundary);
    let (mut sent, mut file) = (Sent::default(), None);
    for _ in 0..MAX_FIELDS {
        let Some(part) = parts.next_field().await.map_err(|_| broken())? else { return Ok((sent, file)) };
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(base_name);
        let bytes = part.bytes().await.map_err(|_| broken())?;
        match file_name {
            // A field for a file that nobody chose comes with neither name nor content.
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(file_name) if name == FILE => file = Some(SentFile { name: file_name, bytes }),
            Some(_) => return Err(broken()),
            None => sent.take(name, std::str::from_utf8(&bytes).map_err(|_| not_text())?.to_owned())?,
        }
    }
    Err(broken())
}

/// `C:\\Belgeler\\liste.xlsx` and `belgeler/liste.xlsx` are called `liste.xlsx`.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// What a form holds, whatever line its browser drew between the fields: the same form has the same content.
fn content(sent: &Sent, file: Option<&SentFile>) -> Vec<u8> {
    let mut content = sent.text().into_bytes();
    if let Some(file) = file {
        content.extend(file.name.as_bytes());
        content.push(0);
        content.extend(&file.bytes);
    }
    content
}

fn broken() -> Error {
    Error::field(
        FILE,
        "INVALID_FORM",
        "Form eksik ya da bozuk geldi; sayfayı yenileyip yeniden deneyin.",
        "The form came incomplete or broken; reload the page and try again.",
    )
}

fn too_large() -> Error {
    Error::new(Code::PayloadTooLarge).detail(Detail::new(
        FILE,
        "FILE_TOO_LARGE",
        Text::new(
            "JavaScript kapalıyken en çok 4 MB dosya gönderilebilir; listeyi bölün ya da JavaScript açıkken yükleyin.",
            "Without JavaScript a file has at most 4 MB; split the list, or upload it with JavaScript.",
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(head: &str, content: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    }

    async fn of(parts: &[String]) -> Result<(Sent, Option<SentFile>)> {
        read(Bytes::from(format!("{}--x--\r\n", parts.concat())), "x").await
    }

    #[tokio::test]
    async fn a_form_and_its_file_are_told_apart() {
        let parts = [
            part("name=\"workplaceId\"", "Şişli"),
            part("name=\"_key\"", "some-key"),
            part("name=\"file\"; filename=\"C:\\belgeler\\liste ş.csv\"\r\nContent-Type: text/csv", "a;b\r\n1;2\r\n"),
        ];
        let (sent, file) = of(&parts).await.unwrap();
        assert_eq!(sent.key(), Some("some-key"));
        assert_eq!(sent.text(), "workplaceId=%C5%9Ei%C5%9Fli");
        let file = file.unwrap();
        assert_eq!((file.name.as_str(), &file.bytes[..]), ("liste ş.csv", &b"a;b\r\n1;2\r\n"[..]));
    }

    #[tokio::test]
    async fn no_file_is_none_and_what_is_broken_is_refused() {
        let (_, file) =
            of(&[part("name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream", "")]).await.unwrap();
        assert!(file.is_none());
        assert!(of(&[part("name=\"other\"; filename=\"a.csv\"", "a;b")]).await.is_err());
        assert!(
            read(Bytes::from_static(b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbreaks o"), "x")
                .await
                .is_err()
        );
        assert!(of(&vec![part("name=\"a\"", "1"); MAX_FIELDS + 1]).await.is_err());
    }
}
