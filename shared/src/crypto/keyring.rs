//! Keys with names, the current one first.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretBox};
use zeroize::Zeroizing;

/// People copy keys with and without the closing `=`.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a key ring cannot be used. It names places and ids, never keys.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// No key at all.
    #[error("no key: write id:base64, the current key first")]
    Empty,
    /// No `id:` before the key, or another alphabet.
    #[error("key {0}: write id:base64; an id has 1 to 8 characters of a-z and 0-9")]
    Id(usize),
    /// Two keys of one name.
    #[error("key {0}: its id is taken by an earlier key")]
    Repeated(usize),
    /// Not base64 or not 32 bytes.
    #[error("key {0}: not the base64 of 32 bytes (openssl rand -base64 32 makes one)")]
    Key(usize),
}

/// One key of 256 bits and its name.
pub struct Key {
    id: String,
    secret: SecretBox<[u8; 32]>,
}

impl Key {
    /// The name that stands beside what the key made.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key itself.
    pub fn expose(&self) -> &[u8; 32] {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, redacted)", self.id)
    }
}

/// Keys in use: the first one makes new things, all of them read old ones. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keyring(Arc<[Key]>);

impl Keyring {
    /// Reads `id:base64,id2:base64`.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys: Vec<Key> = Vec::new();
        if text.trim().is_empty() {
            return Err(KeyringError::Empty);
        }
        for (at, entry) in text.split(',').enumerate() {
            let place = at + 1;
            let (id, key) = entry.trim().split_once(':').ok_or(KeyringError::Id(place))?;
            if !is_key_id(id) {
                return Err(KeyringError::Id(place));
            }
            if keys.iter().any(|known| known.id == id) {
                return Err(KeyringError::Repeated(place));
            }
            let secret = parse_key(key).ok_or(KeyringError::Key(place))?;
            keys.push(Key { id: id.to_owned(), secret });
        }
        Ok(Self(keys.into()))
    }

    /// The key that makes new things.
    pub fn current(&self) -> &Key {
        &self.0[0]
    }

    /// The key of that name.
    pub fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }

    /// All keys, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }
}

/// Reads the base64 of 32 bytes, such as INDEX_KEY.
pub fn parse_key(text: &str) -> Option<SecretBox<[u8; 32]>> {
    let bytes = Zeroizing::new(BASE64.decode(text.trim()).ok()?);
    let key: [u8; 32] = bytes.as_slice().try_into().ok()?;
    Some(SecretBox::new(Box::new(key)))
}

/// 1 to 8 characters of a–z and 0–9.
pub(super) fn is_key_id(id: &str) -> bool {
    (1..=8).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const A: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const B: &str = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

    /// Key rings before, during and after a rotation from `k1` to `k2`.
    pub(in crate::crypto) fn rotation() -> [Keyring; 3] {
        [format!("k1:{A}"), format!("k2:{B},k1:{A}"), format!("k2:{B}")].map(|text| Keyring::parse(&text).unwrap())
    }

    #[test]
    fn the_first_key_is_the_current_one() {
        let [_, both, _] = rotation();
        assert_eq!(both.current().id(), "k2");
        assert_eq!(both.find("k1").unwrap().expose()[31], 31);
        assert!(both.find("k3").is_none());
        assert_eq!(both.iter().count(), 2);
        assert!(Keyring::parse(&format!(" k1:{} ", A.trim_end_matches('='))).is_ok());
    }

    #[test]
    fn a_ring_that_cannot_be_used_says_why() {
        let parse = |text: &str| Keyring::parse(text).unwrap_err();
        assert_eq!(parse(" "), KeyringError::Empty);
        assert_eq!(parse(A), KeyringError::Id(1));
        assert_eq!(parse(&format!("K1:{A}")), KeyringError::Id(1));
        assert_eq!(parse(&format!("toolongid:{A}")), KeyringError::Id(1));
        assert_eq!(parse(&format!("k1:{A},")), KeyringError::Id(2));
        assert_eq!(parse(&format!("k1:{A},k1:{B}")), KeyringError::Repeated(2));
        assert_eq!(parse("k1:AAEC"), KeyringError::Key(1));
        assert_eq!(parse("k1:not base64"), KeyringError::Key(1));
    }

    #[test]
    fn neither_errors_nor_debug_show_a_key() {
        let shown = format!("{:?}", rotation());
        assert!(!shown.contains(A) && !shown.contains("31, 30") && shown.contains("redacted"));
        let error = Keyring::parse(&format!("k1:{A}x")).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(&A[..6]));
    }
}
