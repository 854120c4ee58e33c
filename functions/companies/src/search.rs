//! The folded text that a record keeps beside its words in the index.

use shared::types::turkish;

/// The folded text of a record's texts.
pub fn key(texts: &[&str]) -> String {
    turkish::kept_key(&texts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_folded() {
        let texts = ["Yıldız Metal A.Ş.", "", "4830123451", "info@yildiz.com"];
        assert_eq!(key(&texts), "yildiz metal a s 4830123451 info yildiz com");
    }
}
