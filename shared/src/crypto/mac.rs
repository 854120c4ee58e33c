//! HMAC-SHA256 and HKDF-SHA256 over keys of 32 bytes.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A MAC over parts joined by `|`; callers keep `|` out of every part but the last one.
pub(super) fn sign(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    started(key, parts).finalize().into_bytes().into()
}

/// Whether the MAC is right, in constant time.
pub(super) fn verify(key: &[u8; 32], parts: &[&[u8]], mac: &[u8]) -> bool {
    started(key, parts).verify_slice(mac).is_ok()
}

/// A key for one purpose.
pub(super) fn derive(key: &[u8; 32], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, key)
        .expand(purpose, derived.as_mut_slice())
        .unwrap_or_else(|_| unreachable!("HKDF-SHA256 yields up to 8,160 bytes"));
    derived
}

fn started(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            mac.update(b"|");
        }
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        // RFC 4231, test case 1, its 20-byte key filled up with zeros as HMAC itself does.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let mac = sign(&key, &[b"Hi There"]);
        assert_eq!(mac[..8], [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53]);
        assert!(verify(&key, &[b"Hi There"], &mac));
        assert!(!verify(&key, &[b"Hi", b"There"], &mac));
        assert!(!verify(&key, &[b"Hi There"], &mac[..31]));
    }

    #[test]
    fn purposes_have_keys_of_their_own() {
        assert_eq!(derive(&[7; 32], b"a"), derive(&[7; 32], b"a"));
        assert_ne!(derive(&[7; 32], b"a"), derive(&[7; 32], b"b"));
        assert_ne!(derive(&[7; 32], b"a"), derive(&[8; 32], b"a"));
    }
}
