//! The storage over a real object store, whose address is in `AWS_ENDPOINT_URL`.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use uuid::Uuid;

use super::*;

#[expect(clippy::disallowed_methods, reason = "tests are told where the services are by the environment")]
fn told(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} must describe a running object store: ./scripts/test starts one"))
}

/// A bucket of its own a test, reached by browsers under another name than by functions.
async fn storage() -> Storage {
    let endpoint = told("AWS_ENDPOINT_URL");
    let config = StorageConfig {
        bucket: format!("test-{:016x}", rand::random::<u64>()),
        region: "eu-central-1".into(),
        public_endpoint: Some(endpoint.replace("127.0.0.1", "localhost")),
        endpoint: Some(endpoint),
        access_key_id: told("AWS_ACCESS_KEY_ID"),
        secret_access_key: told("AWS_SECRET_ACCESS_KEY").into(),
        session_token: None,
    };
    let storage = Storage::new(&config);
    let here = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuCentral1).build();
    let request = storage.client.create_bucket().bucket(&config.bucket).create_bucket_configuration(here);
    request.send().await.unwrap();
    storage
}

fn key() -> ObjectKey {
    ObjectKey::new(Uuid::from_u128(rand::random()), "imports", Uuid::from_u128(rand::random()))
}

/// What a browser does with a signed address.
fn browse(method: &str, signed: &Signed, body: &[u8]) -> (u16, String) {
    let rest = signed.url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n").unwrap();
    for (name, value) in &signed.headers {
        write!(stream, "{name}: {value}\r\n").unwrap();
    }
    stream.write_all(b"\r\n").unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[tokio::test]
async fn a_browser_brings_a_file_by_a_signed_way() {
    let (storage, key) = (storage().await, key());
    let body = b"ad;soyad\r\nAy\xc5\x9fe;Y\xc4\xb1lmaz\r\n";
    let signed = storage.sign_put(&key, "text/csv; charset=utf-8", body.len() as u64).await.unwrap();
    assert!(signed.url.starts_with("http://localhost:"), "{}", signed.url);
    assert!(signed.url.contains("X-Amz-Expires=300"), "{}", signed.url);
    // The promised length, type and purpose are part of the signature.
    assert!(
        signed.url.contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-tagging"),
        "{}",
        signed.url
    );
    assert!(!signed.url.to_lowercase().contains("checksum"), "{}", signed.url);
    let header = |name: &str| signed.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("content-length"), Some(body.len().to_string().as_str()));
    assert_eq!(header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(header("x-amz-tagging"), Some("purpose=imports"));

    // Who brings something else, or more, is refused by the store.
    let swapped = |name: &str, value: &str| {
        let mut other = signed.clone();
        other.headers.iter_mut().filter(|(known, _)| known == name).for_each(|(_, given)| *given = value.to_owned());
        other
    };
    assert_eq!(browse("PUT", &swapped("content-type", "text/html"), body).0, 403);
    assert_eq!(browse("PUT", &swapped("content-length", "4"), b"more").0, 403);
    assert!(matches!(storage.head(&key).await, Err(StorageError::NotFound)));

    assert_eq!(browse("PUT", &signed, body).0, 200);
    let info = storage.head(&key).await.unwrap();
    assert_eq!(info.length, body.len() as u64);
    assert_eq!(info.content_type.as_deref(), Some("text/csv; charset=utf-8"));
    assert_eq!(storage.confirm(&key, &[FileKind::Csv, FileKind::Xlsx], 1000).await.unwrap(), FileKind::Csv);
    assert_eq!(storage.get(&key, 1000).await.unwrap().as_ref(), body);
}

#[tokio::test]
async fn a_browser_takes_a_file_under_its_own_name() {
    let (storage, key) = (storage().await, key());
    storage.put(&key, "application/pdf", Bytes::from_static(b"%PDF-1.7 x")).await.unwrap();
    let signed = storage.sign_get(&key, "Sözleşme.pdf").await.unwrap();
    assert!(signed.url.starts_with("http://localhost:") && signed.url.contains("X-Amz-Expires=300"), "{}", signed.url);
    assert!(signed.url.contains("response-content-disposition=attachment"), "{}", signed.url);
    let (status, answer) = browse("GET", &signed, b"");
    assert!(status == 200 && answer.ends_with("%PDF-1.7 x"), "{answer}");
}

type Expected = fn(&StorageError) -> bool;

#[tokio::test]
async fn what_is_not_what_it_was_said_to_be_is_removed() {
    let (storage, csv) = (storage().await, [FileKind::Csv]);
    let missing = storage.confirm(&key(), &csv, 1000).await;
    assert!(matches!(missing, Err(StorageError::NotFound)), "{missing:?}");
    let cases: [(&[u8], Expected); 4] = [
        (b"<script>alert(1)</script>", |error| matches!(error, StorageError::OtherKind { found: None })),
        (b"%PDF-1.7", |error| matches!(error, StorageError::OtherKind { found: Some(FileKind::Pdf) })),
        (b"", |error| matches!(error, StorageError::OtherKind { found: None })),
        (&[b';'; 1001], |error| matches!(error, StorageError::TooLarge { length: 1001, limit: 1000 })),
    ];
    for (bytes, expected) in cases {
        let key = key();
        storage.put(&key, "text/csv", Bytes::copy_from_slice(bytes)).await.unwrap();
        let error = storage.confirm(&key, &csv, 1000).await.unwrap_err();
        assert!(expected(&error), "{error:?}");
        assert!(matches!(storage.head(&key).await, Err(StorageError::NotFound)));
    }
}

#[tokio::test]
async fn objects_of_any_size_are_made_piece_by_piece() {
    let storage = storage().await;
    for megabytes in [0_u8, 1, 8, 19] {
        let key = key();
        let mut upload = storage.upload(key.clone(), "text/csv");
        for number in 0..megabytes {
            upload.write(&vec![number; 1024 * 1024]).await.unwrap();
        }
        upload.finish().await.unwrap();
        let bytes = storage.get(&key, 32 * 1024 * 1024).await.unwrap();
        assert_eq!(bytes.len(), usize::from(megabytes) * 1024 * 1024);
        assert!(bytes.chunks(1024 * 1024).enumerate().all(|(at, chunk)| chunk.iter().all(|b| usize::from(*b) == at)));
        let too_much = storage.get(&key, 1).await;
        assert!(megabytes == 0 || matches!(too_much, Err(StorageError::TooLarge { .. })), "{too_much:?}");
    }
    let key = key();
    let mut upload = storage.upload(key.clone(), "text/csv");
    upload.write(&vec![0; 9 * 1024 * 1024]).await.unwrap();
    upload.abort().await.unwrap();
    assert!(matches!(storage.head(&key).await, Err(StorageError::NotFound)));
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_may_be_deleted_again() {
    let (storage, key) = (storage().await, key());
    storage.put(&key, "image/png", Bytes::from_static(b"\x89PNG")).await.unwrap();
    for _ in 0..2 {
        storage.delete(&key).await.unwrap();
        assert!(matches!(storage.get(&key, 10).await, Err(StorageError::NotFound)));
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_said_to_be() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut config = StorageConfig {
        bucket: "files".into(),
        region: "eu-central-1".into(),
        endpoint: Some(format!("http://127.0.0.1:{port}")),
        public_endpoint: None,
        access_key_id: "local".into(),
        secret_access_key: "local".into(),
        session_token: None,
    };
    let answer = Storage::new(&config).head(&key()).await;
    assert!(matches!(answer, Err(StorageError::Unavailable(_))), "{answer:?}");
    // Without a stand-in the way leads to AWS itself, by the bucket's own host.
    config.endpoint = None;
    let signed = Storage::new(&config).sign_get(&key(), "a.csv").await.unwrap();
    assert!(signed.url.starts_with("https://files.s3.eu-central-1.amazonaws.com/tenants/"), "{}", signed.url);
}
