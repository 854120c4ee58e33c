//! The one place where randomness comes from: a generator that the operating system seeds.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes, fit for keys and nonces.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes);
    bytes
}

/// A secret of 256 bits as URL-safe text.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// An evenly spread number below `bound`, for pauses that should not fall together; 0 when `bound` is 0.
pub fn below(bound: u64) -> u64 {
    if bound == 0 { 0 } else { rand::random_range(0..bound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_values_are_alike() {
        assert_ne!(bytes::<12>(), bytes::<12>());
        assert_eq!(token().len(), 43);
        assert!((0..100).all(|_| below(3) < 3));
        assert_eq!(below(0), 0);
    }
}
