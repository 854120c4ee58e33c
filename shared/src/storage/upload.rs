//! An object that is made piece by piece, so that an export of any size needs little memory.

use std::mem;

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use bytes::{Bytes, BytesMut};

use super::{ObjectKey, Storage, StorageError, failed};

/// S3 wants parts of at least 5 MiB.
const PART: usize = 8 * 1024 * 1024;

/// An object in the making. It exists when it is finished; one that is dropped before leaves parts
/// behind, which the bucket's own rule removes after a day.
#[derive(Debug)]
pub struct Upload {
    storage: Storage,
    key: ObjectKey,
    content_type: String,
    waiting: BytesMut,
    /// The multipart upload, once there is more than one part.
    id: Option<String>,
    parts: Vec<CompletedPart>,
}

impl Upload {
    pub(super) fn new(storage: Storage, key: ObjectKey, content_type: &str) -> Self {
        let content_type = content_type.to_owned();
        Self { storage, key, content_type, waiting: BytesMut::new(), id: None, parts: Vec::new() }
    }

    /// The id of the upload in parts, once it has begun: by it the store can be told to forget it.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Adds bytes; sends them when there are enough for a part.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.waiting.extend_from_slice(bytes);
        while self.waiting.len() > PART {
            let part = self.waiting.split_to(PART).freeze();
            self.send(part).await?;
        }
        Ok(())
    }

    /// Ends the object; from now on it can be read.
    pub async fn finish(mut self) -> Result<(), StorageError> {
        let rest = mem::take(&mut self.waiting).freeze();
        if self.id.is_none() {
            return self.storage.put(&self.key, &self.content_type, rest).await;
        }
        self.send(rest).await?;
        let parts = CompletedMultipartUpload::builder().set_parts(Some(mem::take(&mut self.parts))).build();
        let request = self.storage.client.complete_multipart_upload().multipart_upload(parts);
        request
            .bucket(&self.storage.bucket)
            .key(self.key.as_str())
            .set_upload_id(self.id)
            .send()
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Gives up and removes what was sent.
    pub async fn abort(self) -> Result<(), StorageError> {
        match &self.id {
            Some(id) => self.storage.abort(&self.key, id).await,
            None => Ok(()),
        }
    }

    async fn send(&mut self, part: Bytes) -> Result<(), StorageError> {
        let id = if let Some(id) = &self.id { id.clone() } else { self.begin().await? };
        let number = i32::try_from(self.parts.len() + 1)
            .map_err(|_| StorageError::Unavailable("an object of too many parts".into()))?;
        let request = self.storage.client.upload_part().bucket(&self.storage.bucket).key(self.key.as_str());
        let sent =
            request.upload_id(id).part_number(number).body(ByteStream::from(part)).send().await.map_err(failed)?;
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build());
        Ok(())
    }

    async fn begin(&mut self) -> Result<String, StorageError> {
        let request = self.storage.client.create_multipart_upload().bucket(&self.storage.bucket);
        let begun = request.key(self.key.as_str()).content_type(&self.content_type).tagging(self.key.tag());
        let begun = begun.send().await.map_err(failed)?;
        let id = begun.upload_id.ok_or_else(|| StorageError::Unavailable("an upload without an id".into()))?;
        self.id = Some(id.clone());
        Ok(id)
    }
}
