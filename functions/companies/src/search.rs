//! The folded text that a record keeps beside its words in the index.

use shared::types::turkish;

/// The column `search_key` is this wide.
const WIDTH: usize = 600;

/// The folded text of a record's texts.
pub fn key(texts: &[&str]) -> String {
    let key: String = turkish::search_key(&texts.join(" ")).chars().take(WIDTH).collect();
    key.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_folded_and_fits_its_column() {
        let texts = ["Yıldız Metal A.Ş.", "", "4830123451", "info@yildiz.com"];
        assert_eq!(key(&texts), "yildiz metal a s 4830123451 info yildiz com");
        assert!(key(&[&"ğ ".repeat(1_000)]).chars().count() <= WIDTH);
    }
}
