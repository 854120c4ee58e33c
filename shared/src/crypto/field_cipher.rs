//! Encrypted columns: AES-256-GCM, bound to their place.
//!
//! A record is `version (1) | length of key id (1) | key id | nonce (12) | ciphertext | tag (16)`, in a VARBINARY.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::keyring::{Key, Keyring};
use super::random;

const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;

/// By how many bytes a record is longer than its plaintext at most; for the width of a column.
pub const MAX_OVERHEAD: usize = 2 + 8 + NONCE + TAG;

/// Where a record stands. One that is moved to another row or column does not open.
#[derive(Clone, Copy, Debug)]
pub struct Aad {
    /// The table.
    pub table: &'static str,
    /// The row.
    pub id: Uuid,
    /// The column.
    pub column: &'static str,
}

impl Aad {
    /// `Aad::new("persons", id.as_uuid(), "tckn")`.
    pub const fn new(table: &'static str, id: Uuid, column: &'static str) -> Self {
        Self { table, id, column }
    }

    fn text(self) -> String {
        format!("{}|{}|{}", self.table, self.id, self.column)
    }
}

/// Why a record does not open. It says nothing about what is inside.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// Not a record.
    #[error("not an encrypted record")]
    Malformed,
    /// Its key has left the ring.
    #[error("the record's key is not in the key ring")]
    UnknownKey,
    /// Changed, cut, or moved to another row or column.
    #[error("the record was changed or belongs to another place")]
    Refused,
}

/// Encrypts and decrypts columns under FIELD_KEYS.
#[derive(Clone, Debug)]
pub struct FieldCipher(Keyring);

impl FieldCipher {
    /// A cipher with these keys.
    pub const fn new(keys: Keyring) -> Self {
        Self(keys)
    }

    /// The record of a plaintext, under the current key and a fresh nonce.
    pub fn encrypt(&self, plaintext: &[u8], aad: Aad) -> Vec<u8> {
        let key = self.0.current();
        let nonce = random::bytes::<NONCE>();
        let place = aad.text();
        let payload = Payload { msg: plaintext, aad: place.as_bytes() };
        let sealed =
            cipher(key).encrypt(&nonce.into(), payload).unwrap_or_else(|_| unreachable!("no column holds 64 GiB"));
        let mut record = Vec::with_capacity(MAX_OVERHEAD + plaintext.len());
        record.push(VERSION);
        // A key id has at most eight bytes.
        record.push(u8::try_from(key.id().len()).unwrap_or(u8::MAX));
        record.extend_from_slice(key.id().as_bytes());
        record.extend_from_slice(&nonce);
        record.extend_from_slice(&sealed);
        record
    }

    /// The plaintext of a record, wiped from memory when dropped.
    pub fn decrypt(&self, record: &[u8], aad: Aad) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        let Record { key_id, nonce, sealed } = Record::read(record).ok_or(CipherError::Malformed)?;
        let key = self.0.find(key_id).ok_or(CipherError::UnknownKey)?;
        let place = aad.text();
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        cipher(key).decrypt(&(*nonce).into(), payload).map(Zeroizing::new).map_err(|_| CipherError::Refused)
    }

    /// What every record under the current key begins with, for finding the others by SQL.
    pub fn current_prefix(&self) -> Vec<u8> {
        let id = self.0.current().id().as_bytes();
        [&[VERSION, u8::try_from(id.len()).unwrap_or(u8::MAX)], id].concat()
    }

    /// Whether the record should be written again: an older key, or no record of ours.
    pub fn needs_rotation(&self, record: &[u8]) -> bool {
        Record::read(record).is_none_or(|record| record.key_id != self.0.current().id())
    }
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new(key.expose().into())
}

struct Record<'a> {
    key_id: &'a str,
    nonce: &'a [u8; NONCE],
    sealed: &'a [u8],
}

impl<'a> Record<'a> {
    fn read(record: &'a [u8]) -> Option<Self> {
        let [VERSION, id_length, rest @ ..] = record else {
            return None;
        };
        let (key_id, rest) = rest.split_at_checked(usize::from(*id_length))?;
        let (nonce, sealed) = rest.split_first_chunk()?;
        Some(Self { key_id: str::from_utf8(key_id).ok()?, nonce, sealed })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::keyring::tests::rotation;
    use super::*;

    const PLACE: Aad = Aad::new("persons", Uuid::from_u128(7), "tckn");

    #[test]
    fn a_record_opens_in_its_place_only() {
        let [ring, ..] = rotation();
        let cipher = FieldCipher::new(ring);
        let record = cipher.encrypt(b"19090909018", PLACE);
        assert_eq!(cipher.decrypt(&record, PLACE).unwrap().as_slice(), b"19090909018");
        assert!(record.len() <= 11 + MAX_OVERHEAD);
        for place in [
            Aad { table: "employees", ..PLACE },
            Aad { id: Uuid::from_u128(8), ..PLACE },
            Aad { column: "phone", ..PLACE },
        ] {
            assert_eq!(cipher.decrypt(&record, place), Err(CipherError::Refused));
        }
    }

    #[test]
    fn the_same_text_never_gives_the_same_record() {
        let cipher = FieldCipher::new(rotation()[0].clone());
        assert_ne!(cipher.encrypt(b"x", PLACE), cipher.encrypt(b"x", PLACE));
    }

    #[test]
    fn rotation_reads_old_and_new() {
        let [before, during, after] = rotation().map(FieldCipher::new);
        let old = before.encrypt(b"value", PLACE);
        let new = during.encrypt(b"value", PLACE);
        for record in [&old, &new] {
            assert_eq!(during.decrypt(record, PLACE).unwrap().as_slice(), b"value");
        }
        assert!(during.needs_rotation(&old) && during.needs_rotation(b""));
        assert!(!during.needs_rotation(&new));
        assert!(new.starts_with(&during.current_prefix()) && !old.starts_with(&during.current_prefix()));
        assert_eq!(after.decrypt(&new, PLACE).unwrap().as_slice(), b"value");
        assert_eq!(after.decrypt(&old, PLACE), Err(CipherError::UnknownKey));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let cipher = FieldCipher::new(rotation()[0].clone());
        for bytes in [&b""[..], b"\x01", b"\x01\x02k1", b"\x02\x02k1", b"19090909018", b"\x01\xff"] {
            assert_eq!(cipher.decrypt(bytes, PLACE), Err(CipherError::Malformed));
        }
        assert_eq!(cipher.decrypt(b"\x01\x02k1abcdefghijkl", PLACE), Err(CipherError::Refused));
    }

    proptest! {
        #[test]
        fn what_was_encrypted_comes_back(plaintext: Vec<u8>, id: u128) {
            let cipher = FieldCipher::new(rotation()[1].clone());
            let place = Aad { id: Uuid::from_u128(id), ..PLACE };
            let record = cipher.encrypt(&plaintext, place);
            prop_assert_eq!(cipher.decrypt(&record, place).unwrap().to_vec(), plaintext);
        }

        #[test]
        fn a_change_of_any_byte_is_refused(plaintext: Vec<u8>, at: prop::sample::Index, flip in 1_u8..) {
            let cipher = FieldCipher::new(rotation()[1].clone());
            let mut record = cipher.encrypt(&plaintext, PLACE);
            let at = at.index(record.len());
            record[at] ^= flip;
            prop_assert!(cipher.decrypt(&record, PLACE).is_err());
            prop_assert!(cipher.decrypt(&record[..at], PLACE).is_err());
        }
    }
}
