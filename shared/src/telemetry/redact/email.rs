//! E-mail addresses, also escaped and with letters beyond ASCII.

use super::{Find, Kind, scan};

/// Finds every address: an at sign with something that can stand on either side of it.
pub(super) fn find(text: &str, finds: &mut Vec<Find>) {
    let mut from = 0;
    let mut at = 0;
    while at < text.len() {
        let Some((sign, length)) = scan::character(text, at) else {
            break;
        };
        if matches!(sign, '@' | '＠' | '﹫') {
            let before = &text[from..at];
            let start = at - before.chars().rev().take_while(|c| is_local(*c)).map(char::len_utf8).sum::<usize>();
            let after = &text[at + length..];
            let host: usize = after.chars().take_while(|c| is_host(*c)).map(char::len_utf8).sum();
            // A full stop that ends the sentence belongs to the sentence.
            let host = after[..host].trim_end_matches(['.', '-', '_']).len();
            // "weekly @ noon" and "@app_tenant" are no addresses.
            if start < at && host > 0 {
                at += length + host;
                finds.push(Find::new(start..at, Kind::Email));
                from = at;
                continue;
            }
        }
        at += length;
    }
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(
            c,
            '.' | '_' | '%' | '+' | '-' | '!' | '#' | '$' | '*' | '^' | '{' | '}' | '|' | '~' | '\u{300}'..='\u{36f}'
        )
}

fn is_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '\u{300}'..='\u{36f}')
}
