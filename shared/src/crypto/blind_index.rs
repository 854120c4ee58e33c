//! Finding rows by a column that is encrypted.

use std::fmt;

use secrecy::{ExposeSecret, SecretBox};
use uuid::Uuid;

use super::keyring::parse_key;
use super::mac;

/// Makes the same 32 bytes for the same value of one tenant and one column, and unrelated ones for any other, so that
/// equal people of two tenants cannot be told from the index.
pub struct BlindIndex(SecretBox<[u8; 32]>);

impl BlindIndex {
    /// Reads INDEX_KEY: the base64 of 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        parse_key(text).map(Self)
    }

    /// The index of a value. `purpose` names the column, such as `persons.tckn`; the value is in its one
    /// canonical form, such as `Tckn::expose`.
    pub fn index(&self, tenant: Uuid, purpose: &'static str, value: &str) -> [u8; 32] {
        let key = mac::derive(self.0.expose_secret(), format!("{tenant}|{purpose}").as_bytes());
        mac::sign(&key, &[value.as_bytes()])
    }
}

impl fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindIndex(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_meet_only_inside_one_tenant_and_column() {
        let index = BlindIndex::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let value = index.index(one, "persons.tckn", "19090909018");
        assert_eq!(value, index.index(one, "persons.tckn", "19090909018"));
        assert_ne!(value, index.index(one, "persons.tckn", "10000000146"));
        assert_ne!(value, index.index(other, "persons.tckn", "19090909018"));
        assert_ne!(value, index.index(one, "persons.phone", "19090909018"));
        assert_eq!(format!("{index:?}"), "BlindIndex(redacted)");
        assert!(BlindIndex::parse("AAEC").is_none());
    }
}
