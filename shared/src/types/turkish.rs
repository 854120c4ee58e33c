//! Turkish letters: i with and without a dot, search keys and the order of the alphabet.
//! Never for e-mails, slugs, host names or codes: those follow ASCII's rules.

use std::borrow::Cow;
use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case: `I` → `ı`, `İ` → `i`.
pub fn lower(text: &str) -> String {
    let mut lowered = String::with_capacity(text.len());
    for char in composed(text).chars() {
        match char {
            'I' => lowered.push('ı'),
            'İ' => lowered.push('i'),
            other => lowered.extend(other.to_lowercase()),
        }
    }
    lowered
}

/// Upper case: `i` → `İ`, `ı` → `I`.
pub fn upper(text: &str) -> String {
    let mut raised = String::with_capacity(text.len());
    for char in composed(text).chars() {
        match char {
            'i' => raised.push('İ'),
            other => raised.extend(other.to_uppercase()),
        }
    }
    raised
}

/// Names as they are written: `istanbul` → `İstanbul`, `IŞIK` → `Işık`, `ankara'nın` → `Ankara'nın`.
pub fn title_case(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut in_word = false;
    for char in composed(text).chars() {
        let letter = char.to_string();
        titled.push_str(&if in_word { lower(&letter) } else { upper(&letter) });
        in_word = char.is_alphanumeric() || is_combining_mark(char) || (in_word && matches!(char, '\'' | '’'));
    }
    titled
}

/// For comparing without regard to case and to the dot of the i; accents still count.
pub fn fold(text: &str) -> String {
    lower(text).replace('ı', "i")
}

/// For finding: words of letters and digits, without case, dots and accents, one blank between them.
/// `Işık A.Ş.` → `isik a s`. Empty when the text has neither letters nor digits.
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let folded = fold(&text.nfkd().collect::<String>());
    for char in folded.nfkd().filter(|char| !is_combining_mark(*char)) {
        if char.is_alphanumeric() {
            key.push(char);
        } else if !key.is_empty() && !key.ends_with(' ') {
            key.push(' ');
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// The columns `search_key` are this wide, in characters.
const KEPT: usize = 600;

/// The search key as a record keeps it: one letter can become eighteen when it is folded, so that a text that
/// fits its column may have a key that does not.
pub fn kept_key(text: &str) -> String {
    let mut key: String = search_key(text).chars().take(KEPT).collect();
    key.truncate(key.trim_end().len());
    key
}

/// The order of the Turkish alphabet (c ç d, ı i, o ö, s ş, u ü) without regard to case; equal words by their letters.
pub fn compare(left: &str, right: &str) -> Ordering {
    lower(left).chars().map(weight).cmp(lower(right).chars().map(weight)).then_with(|| left.cmp(right))
}

/// A letter's place: its base letter, then itself.
fn weight(char: char) -> (char, u8) {
    match char {
        'ç' => ('c', 1),
        'ğ' => ('g', 1),
        // ı stands before i.
        'ı' => ('h', 1),
        'ö' => ('o', 1),
        'ş' => ('s', 1),
        'ü' => ('u', 1),
        'â' => ('a', 0),
        'î' => ('i', 0),
        'û' => ('u', 0),
        other => (other, 0),
    }
}

/// A decomposed İ is two characters that must become one i.
fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_kept_key_fits_its_column_whatever_the_letters_become() {
        assert_eq!(kept_key("Işık A.Ş."), "isik a s");
        for letter in ["\u{fdfa}", "ğ ", "ŉ"] {
            let key = kept_key(&letter.repeat(255));
            assert!((1..=600).contains(&key.chars().count()) && key == key.trim(), "{letter}");
        }
    }

    #[test]
    fn case_follows_turkish_rules() {
        assert_eq!(lower("IŞIK İSTANBUL I\u{307}"), "ışık istanbul i");
        assert_eq!(upper("ışık istanbul"), "IŞIK İSTANBUL");
        for (text, title) in [
            ("istanbul", "İstanbul"),
            ("IŞIK", "Işık"),
            ("yıldız metal a.ş.", "Yıldız Metal A.Ş."),
            ("ANKARA'NIN", "Ankara'nın"),
            ("ayşe-nur (ÇELİK)", "Ayşe-Nur (Çelik)"),
            ("", ""),
        ] {
            assert_eq!(title_case(text), title);
        }
    }

    #[test]
    fn folding_joins_the_two_i() {
        assert_eq!(fold("IŞIK"), fold("işık"));
        assert_eq!(fold("İ"), fold("ı"));
        assert_ne!(fold("sen"), fold("şen"));
    }

    #[test]
    fn keys_find_what_people_mean() {
        assert_eq!(search_key("ISIK"), search_key("Işık"));
        for (text, key) in [
            ("Yıldız Metal A.Ş.", "yildiz metal a s"),
            ("  ÇÖĞÜŞ\tİİIı  ", "cogus iiii"),
            ("Hâlâ kâr", "hala kar"),
            ("(Ankara) O'Brien", "ankara o brien"),
            ("I\u{307}zmir", "izmir"),
            ("…!?", ""),
        ] {
            assert_eq!(search_key(text), key);
        }
    }

    #[test]
    fn words_sort_by_the_turkish_alphabet() {
        let sorted = [
            "Ahmet", "Can", "Çam", "Dağ", "Gün", "Ğ", "Hale", "Irmak", "İzmir", "Jale", "Oya", "Ömer", "Su", "Şen",
            "Ural", "Ünal", "Van",
        ];
        let mut words = sorted;
        words.reverse();
        words.sort_by(|left, right| compare(left, right));
        assert_eq!(words, sorted);
        assert_eq!(compare("Işık", "Işık"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn keys_are_fixed_points(text: String) {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
            let key = search_key(&text);
            prop_assert_eq!(search_key(&key), key);
        }

        #[test]
        fn case_does_not_change_a_turkish_key(text in "[a-zçğıöşüâîû ]{0,20}") {
            prop_assert_eq!(search_key(&upper(&text)), search_key(&text));
            prop_assert_eq!(lower(&upper(&text)), text);
        }
    }
}
