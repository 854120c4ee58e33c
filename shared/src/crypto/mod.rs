//! Field encryption, blind indexes and signatures.
//!
//! Three secrets, three uses: FIELD_KEYS encrypt columns, INDEX_KEY makes encrypted columns findable, SIGNING_KEYS
//! prove that we made a token. Key rings rotate: the first key makes, every key reads.

mod blind_index;
pub mod digest;
mod field_cipher;
mod keyring;
mod mac;
pub mod random;
mod signer;

pub use blind_index::BlindIndex;
pub use field_cipher::{Aad, CipherError, FieldCipher, MAX_OVERHEAD};
pub use keyring::{Key, Keyring, KeyringError, parse_key};
pub use signer::{LinkToken, PurposeKey, Signer};
