//! Cursors: where a long list goes on, signed and bound to the list and its filters.

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    app::App,
    error::{Code, Error, Result},
};

/// The cursors of one list under one set of filters.
#[derive(Debug)]
pub struct Cursor {
    binding: [u8; 16],
}

impl Cursor {
    /// For the list of this name, in this tenant, with these filters.
    pub fn new(list: &str, tenant: uuid::Uuid, filters: &impl Serialize) -> Result<Self> {
        let digest = Sha256::new()
            .chain_update(list)
            .chain_update([0])
            .chain_update(tenant)
            .chain_update(serde_json::to_vec(filters)?)
            .finalize();
        let mut binding = [0; 16];
        binding.copy_from_slice(&digest[..16]);
        Ok(Self { binding })
    }

    /// The cursor behind the row with this sort key.
    pub fn after(&self, app: &App, key: &impl Serialize) -> Result<String> {
        let mut payload = self.binding.to_vec();
        payload.extend(serde_json::to_vec(key)?);
        Ok(app.signer().seal("cursor", &payload))
    }

    /// The sort key in a cursor that was made for this list and these filters.
    pub fn read<K: DeserializeOwned>(&self, app: &App, cursor: &str) -> Result<K> {
        let invalid = || Error::new(Code::InvalidCursor);
        let payload = app.signer().open("cursor", cursor).ok_or_else(invalid)?;
        let key = payload.strip_prefix(&self.binding).ok_or_else(invalid)?;
        serde_json::from_slice(key).map_err(|_| invalid())
    }
}
