//! Objects: files that people bring and take, in S3 or what stands in for it.
//!
//! Files go between the browser and the bucket; a function signs the way and checks what arrived.

mod key;
mod kind;
mod upload;

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
        timeout::TimeoutConfig,
    },
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use base64::Engine as _;
use bytes::Bytes;
pub use key::ObjectKey;
pub use kind::{FIRST_BYTES, FileKind};
use secrecy::{ExposeSecret as _, SecretString};
pub use upload::Upload;

use crate::{
    crypto::digest::sha256,
    error::{Code, Error},
};

/// How long a signed way is open.
const OPEN: Duration = Duration::from_mins(5);

/// Where the objects are; `shared::config` reads it from the environment.
#[derive(Debug, Clone)]
pub struct StorageConfig {
    /// The bucket.
    pub bucket: String,
    /// The region.
    pub region: String,
    /// A local stand-in, if one is used.
    pub endpoint: Option<String>,
    /// The same place as a browser reaches it, where that differs.
    pub public_endpoint: Option<String>,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: SecretString,
    /// The session token of temporary credentials.
    pub session_token: Option<SecretString>,
}

/// Why an object could not be had.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object (any more, or yet).
    #[error("no such object")]
    NotFound,
    /// It is larger than it may be.
    #[error("the object has {length} bytes, {limit} are allowed")]
    TooLarge {
        /// Its size.
        length: u64,
        /// What is allowed.
        limit: u64,
    },
    /// It is empty, or not what it was said to be.
    #[error("the object is {found:?}")]
    OtherKind {
        /// What it is, if that is known.
        found: Option<FileKind>,
    },
    /// The store did not answer, or refused.
    #[error("the object store: {0}")]
    Unavailable(String),
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound => Self::not_found(),
            StorageError::TooLarge { .. } => Self::new(Code::PayloadTooLarge),
            StorageError::OtherKind { .. } => {
                Self::rule("file", "FILE_KIND", "Dosya beklenen türde değil.", "The file is not of the expected kind.")
            }
            StorageError::Unavailable(cause) => Self::unavailable(cause, 5),
        }
    }
}

/// A request that a browser may send to the store by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The address; whoever has it may use it, so it is logged nowhere.
    pub url: String,
    /// Headers that must be sent exactly like this.
    pub headers: Vec<(String, String)>,
    /// How long it is good for.
    pub valid_for: Duration,
}

/// What the store knows about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Its size in bytes.
    pub length: u64,
    /// Its declared type.
    pub content_type: Option<String>,
}

/// The bucket. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Storage {
    client: Client,
    /// Signs with the address that browsers use: the host is part of the signature.
    public: Client,
    bucket: String,
}

impl Storage {
    /// A client built by hand: loading AWS's whole configuration chain would cost the cold start 5–26 ms.
    pub fn new(config: &StorageConfig) -> Self {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(aws_smithy_http_client::tls::Provider::Rustls(
                aws_smithy_http_client::tls::rustls_provider::CryptoMode::Ring,
            ))
            .build_https();
        let token = config.session_token.as_ref().map(|token| token.expose_secret().to_owned());
        let secret = config.secret_access_key.expose_secret();
        let credentials = Credentials::new(&config.access_key_id, secret, token, None, "environment");
        let client = |endpoint: Option<&String>| {
            let timeouts = TimeoutConfig::builder()
                .connect_timeout(Duration::from_millis(500))
                .operation_attempt_timeout(Duration::from_secs(20))
                .build();
            let mut builder = aws_sdk_s3::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new(config.region.clone()))
                .credentials_provider(credentials.clone())
                .http_client(http.clone())
                .timeout_config(timeouts)
                // A checksum in a signed address would be that of an empty body.
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
            if let Some(endpoint) = endpoint {
                builder = builder.endpoint_url(endpoint).force_path_style(true);
            }
            Client::from_conf(builder.build())
        };
        Self {
            client: client(config.endpoint.as_ref()),
            public: client(config.public_endpoint.as_ref().or(config.endpoint.as_ref())),
            bucket: config.bucket.clone(),
        }
    }

    /// Lets a browser bring one file of exactly this type, length and purpose, within five minutes.
    pub async fn sign_put(&self, key: &ObjectKey, content_type: &str, length: u64) -> Result<Signed, StorageError> {
        let length = i64::try_from(length).map_err(unavailable)?;
        let request = self
            .public
            .put_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .content_type(content_type)
            .content_length(length)
            .tagging(key.tag())
            .presigned(open()?)
            .await
            .map_err(failed)?;
        Ok(signed(&request))
    }

    /// Lets a browser take one file, within five minutes, and save it under this name.
    pub async fn sign_get(&self, key: &ObjectKey, file_name: &str) -> Result<Signed, StorageError> {
        let request = self
            .public
            .get_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .response_content_disposition(key::attachment(file_name))
            .presigned(open()?)
            .await
            .map_err(failed)?;
        Ok(signed(&request))
    }

    /// What the store knows about an object.
    pub async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, StorageError> {
        let head = self.client.head_object().bucket(&self.bucket).key(key.as_str()).send().await.map_err(failed)?;
        Ok(ObjectInfo {
            length: head.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0),
            content_type: head.content_type().map(str::to_owned),
        })
    }

    /// Checks what a browser brought: that it is there, not larger than `limit`, and by its first
    /// bytes one of these kinds. What fails is deleted, so that it cannot be used by another way.
    pub async fn confirm(&self, key: &ObjectKey, kinds: &[FileKind], limit: u64) -> Result<FileKind, StorageError> {
        let length = self.head(key).await?.length;
        let found = if length > limit {
            Err(StorageError::TooLarge { length, limit })
        } else {
            let first = if length == 0 { Bytes::new() } else { self.range(key, FIRST_BYTES).await? };
            let found = FileKind::of(&first);
            found.filter(|kind| kinds.contains(kind)).ok_or(StorageError::OtherKind { found })
        };
        if found.is_err() {
            self.delete(key).await?;
        }
        found
    }

    /// The whole object, which may have `limit` bytes at most.
    pub async fn get(&self, key: &ObjectKey, limit: u64) -> Result<Bytes, StorageError> {
        let object = self.client.get_object().bucket(&self.bucket).key(key.as_str()).send().await.map_err(failed)?;
        let length = object.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
        if length > limit {
            return Err(StorageError::TooLarge { length, limit });
        }
        Ok(object.body.collect().await.map_err(unavailable)?.into_bytes())
    }

    /// The first bytes of an object that is not empty.
    async fn range(&self, key: &ObjectKey, bytes: u64) -> Result<Bytes, StorageError> {
        let request = self.client.get_object().bucket(&self.bucket).key(key.as_str());
        let object = request.range(format!("bytes=0-{}", bytes.max(1) - 1)).send().await.map_err(failed)?;
        Ok(object.body.collect().await.map_err(unavailable)?.into_bytes())
    }

    /// Stores an object that is at hand.
    pub async fn put(&self, key: &ObjectKey, content_type: &str, bytes: Bytes) -> Result<(), StorageError> {
        let request = self.client.put_object().bucket(&self.bucket).key(key.as_str());
        request
            .content_type(content_type)
            .tagging(key.tag())
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Stores an object where none stands yet, in a bucket that locks it; false when there is one already.
    pub async fn put_once(&self, key: &ObjectKey, content_type: &str, bytes: Bytes) -> Result<bool, StorageError> {
        let request = self.client.put_object().bucket(&self.bucket).key(key.as_str()).content_type(content_type);
        // A bucket with object lock takes nothing without a checksum.
        let checksum = base64::engine::general_purpose::STANDARD.encode(sha256(&bytes));
        let request = request.if_none_match("*").checksum_sha256(checksum).body(ByteStream::from(bytes));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("PreconditionFailed") => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// Begins an object that is made piece by piece.
    pub fn upload(&self, key: ObjectKey, content_type: &str) -> Upload {
        Upload::new(self.clone(), key, content_type)
    }

    /// Forgets an upload in parts that nobody will end; one that is not there is forgotten already.
    pub async fn abort(&self, key: &ObjectKey, upload_id: &str) -> Result<(), StorageError> {
        let request = self.client.abort_multipart_upload().bucket(&self.bucket).key(key.as_str());
        match request.upload_id(upload_id).send().await.map_err(failed) {
            Ok(_) | Err(StorageError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes an object; one that is not there is removed already.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let deleted = self.client.delete_object().bucket(&self.bucket).key(key.as_str()).send().await.map_err(failed);
        match deleted {
            Ok(_) | Err(StorageError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn open() -> Result<PresigningConfig, StorageError> {
    PresigningConfig::expires_in(OPEN).map_err(unavailable)
}

fn signed(request: &aws_sdk_s3::presigning::PresignedRequest) -> Signed {
    let url = request.uri().to_owned();
    let promised = signed_headers(&url);
    // In Lambda the SDK adds a header of its own for tracing, which is no part of the promise. A browser would have to
    // ask the store for leave to send it, and get none.
    let headers = request.headers().filter(|(name, _)| promised.iter().any(|promised| promised == name));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Signed { url, headers, valid_for: OPEN }
}

/// The names that a signed address says to be part of its signature.
fn signed_headers(url: &str) -> Vec<String> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let names = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-SignedHeaders=")).unwrap_or_default();
    names.split("%3B").map(str::to_owned).collect()
}

fn unavailable(error: impl std::error::Error) -> StorageError {
    StorageError::Unavailable(error.to_string())
}

fn failed<E>(error: SdkError<E>) -> StorageError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let missing = matches!(error.code(), Some("NoSuchKey" | "NoSuchUpload" | "NotFound"))
        || error.raw_response().is_some_and(|response| response.status().as_u16() == 404);
    if missing { StorageError::NotFound } else { StorageError::Unavailable(DisplayErrorContext(error).to_string()) }
}

#[cfg(test)]
mod tests;
