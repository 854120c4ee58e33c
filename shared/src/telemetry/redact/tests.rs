//! Proof that personal data does not survive and that ordinary ids do.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn gone(input: &str) -> String {
    text(input).into_owned()
}

#[test]
fn the_forms_people_write() {
    for (input, output) in [
        ("mail to ayse.yilmaz+isg@ornek.com.tr.", "mail to [email]."),
        ("<ayşe@örnek.com>, b@c", "<[email]>, [email]"),
        ("/login?email=a.b%40c.com&x=1", "/login?email=[email]&x=1"),
        (r#"{"to":"a\u0040b.com"}"#, r#"{"to":"[email]"}"#),
        ("call 0532 123 45 67 now", "call [phone] now"),
        ("+90 (532) 123-45-67", "[phone]"),
        ("+90(532)1234567/2", "[phone]"),
        ("tel=%2B90%20532%20123%2045%2067", "tel=[phone]"),
        ("tel:0212/123 45 67;", "tel:[phone];"),
        ("5321234567,2121234567", "[phone],[phone]"),
        ("0090 532 123 45 67 and +49 151 12345678", "[phone] and [phone]"),
        ("tckn 10000000146: unknown", "tckn [tckn]: unknown"),
        ("190 909 090 18", "[tckn]"),
        ("TR33 0006 1005 1978 6457 8413 26 paid", "[iban] paid"),
        ("ibanTR330006100519786457841326", "iban[iban]"),
        ("DE89 3704 0044 0532 0130 00!", "[iban]!"),
        ("mysql://app:s3cret@127.0.0.1:3306/x", "mysql://[secret]:3306/x"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: [secret]"),
        ("header bearer abc.def", "header bearer [secret]"),
        ("/reset?token=0190a3b2.xyz&next=/", "/reset?token=[secret]&next=/"),
        (r#"{"password":"hun ter2","a":1}"#, r#"{"password":"[secret]","a":1}"#),
        (r#"{\"newPassword\":\"hun ter2\",\"a\":1}"#, r#"{\"newPassword\":\"[secret]\",\"a\":1}"#),
        ("Cookie: session=abc; theme=dark\nnext", "Cookie: [secret]\nnext"),
        ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", "got [secret] here"),
        ("/invitations/3q2-7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWc", "/invitations/[secret]"),
        ("3 rows, 0532 123 45 67, 12 ms", "3 rows, [phone], 12 ms"),
    ] {
        assert_eq!(gone(input), output);
    }
}

#[test]
fn ordinary_values_survive() {
    for input in [
        "0190a3b2-1234-7890-8901-532123456789",
        "12345678-1234-7234-8234-123456789012 ok",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "Root=1-5759e988-bd862e3fe1be46a994272793",
        "JKJaXmPLvHcESHA=",
        "2026-11-22T18:00:00.532123Z",
        "2026-11-22 18:00:05 5 rows",
        "22.11.2026 18:05",
        "5.123456789s, 12.345678901s, 532.123456ms",
        "1732300000 and 1732300000123",
        "GET /api/v1/companies/{id} 200 in 12 ms",
        "512/1048576 bytes, v1.95.0, 127.0.0.1:9000",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "d41d8cd98f00b204e9800998ecf8427e",
        "SELECT @app_tenant, @@session.sql_mode",
        "shared::token::parse in functions/identity/src/sessions/store.rs:105",
        "basic authentication failed",
        "%d0%b0 100% of 3",
        "RATE_LIMITED, VERSION_CONFLICT, Idempotency-Replayed",
    ] {
        assert_eq!(gone(input), input);
    }
}

#[test]
fn json_is_redacted_by_name_and_by_value_at_every_depth() {
    let mut details = json!({
        "a@b.com": 1,
        "list": [{"note": "call 0532 123 45 67"}, ["x@y.org"], 10_000_000_146_u64],
        "password": "x", "accessToken": "y", "emailHash": "0f", "phone": 5_321_234_567_u64,
        "email": "not-an-address", "count": 12_345, "ok": true, "none": null,
    });
    value("details", &mut details);
    assert_eq!(
        details,
        json!({
            "[email]": 1,
            "list": [{"note": "call [phone]"}, ["[email]"], "[tckn]"],
            "password": "[secret]", "accessToken": "[secret]", "emailHash": "0f", "phone": "[phone]",
            "email": "[email]", "count": 12_345, "ok": true, "none": null,
        })
    );
}

/// Identity numbers with right check digits.
fn tckn() -> impl Strategy<Value = String> {
    (100_000_000_u32..=999_999_999).prop_map(|nine| {
        let d: Vec<i32> = nine.to_string().bytes().map(|b| i32::from(b - b'0')).collect();
        let odd = d[0] + d[2] + d[4] + d[6] + d[8];
        let even = d[1] + d[3] + d[5] + d[7];
        let tenth = (7 * odd - even).rem_euclid(10);
        let eleventh = (d.iter().sum::<i32>() + tenth) % 10;
        format!("{nine}{tenth}{eleventh}")
    })
}

const SEPARATORS: &[&str] =
    &[" ", "-", ".", "\u{a0}", "\u{2011}", "\t", "%20", "+", ") ", " - ", "\u{202f}", "_", "\u{2009}"];

/// Cuts digits into groups of these lengths.
fn grouped(digits: &str, lengths: &[usize], separator: &str) -> String {
    let mut rest = digits;
    let mut groups = Vec::new();
    for length in lengths {
        let (group, left) = rest.split_at(*length);
        groups.push(group);
        rest = left;
    }
    assert!(rest.is_empty());
    groups.join(separator)
}

fn separator() -> impl Strategy<Value = &'static str> {
    prop::sample::select(SEPARATORS)
}

fn mobile() -> impl Strategy<Value = String> {
    let groupings: &[&[usize]] =
        &[&[10], &[3, 3, 2, 2], &[3, 3, 4], &[3, 7], &[3, 2, 2, 3], &[2, 2, 2, 2, 2], &[3, 4, 3]];
    (
        0..1_000_000_000_u32,
        prop::sample::select(&["", "0", "+90", "90", "0090", "+90 ", "0 ", "0(", "+90 (", "%2B90"][..]),
        prop::sample::select(groupings),
        separator(),
    )
        .prop_filter("532.1234567 is a decimal", |(_, prefix, groups, separator)| {
            !(groups.len() == 2 && *separator == "." && matches!(*prefix, "" | "90"))
        })
        .prop_map(|(nine, prefix, groups, separator)| {
            format!("{prefix}{}", grouped(&format!("5{nine:09}"), groups, separator))
        })
}

fn landline() -> impl Strategy<Value = String> {
    (2..5_u32, 0..1_000_000_000_u32, prop::sample::select(&["0", "+90", "+90 ", "0 "][..]), separator()).prop_map(
        |(area, nine, prefix, separator)| {
            format!("{prefix}{}", grouped(&format!("{area}{nine:09}"), &[3, 3, 2, 2], separator))
        },
    )
}

fn iban() -> impl Strategy<Value = String> {
    ("[0-9]{24}", prop::bool::ANY, prop::option::of(separator())).prop_map(|(digits, lower, separator)| {
        let whole = format!("{}{digits}", if lower { "tr" } else { "TR" });
        separator.map_or(whole.clone(), |separator| grouped(&whole, &[4, 4, 4, 4, 4, 4, 2], separator))
    })
}

fn email() -> impl Strategy<Value = String> {
    (
        "[a-zA-Z0-9çğıöşü][a-zA-Z0-9._+çğıöşü-]{0,20}",
        prop::sample::select(&["@", "%40", "\\u0040", "＠"][..]),
        "[a-z0-9ö-]{1,12}(\\.[a-z]{2,6}){1,2}",
    )
        .prop_map(|(local, at, host)| format!("{local}{at}{host}"))
}

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "eyJ[A-Za-z0-9_-]{10,40}\\.eyJ[A-Za-z0-9_-]{10,60}\\.[A-Za-z0-9_-]{43}",
        "Bearer [A-Za-z0-9._~+/-]{20,60}",
        "bearer%20[A-Za-z0-9._-]{20,60}",
        "token=[A-Za-z0-9._~-]{20,60}",
        "\"refreshToken\":\"[A-Za-z0-9._~ -]{20,60}\"",
        prop::array::uniform32(any::<u8>()).prop_map(|bytes| {
            use base64::Engine as _;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
        }),
    ]
}

/// Ordinary text around it; what touches it is no digit, or nobody could tell where it begins.
fn around() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ -~çğıİöşüÇĞÖŞÜ\n\t]{0,30}[:;,<>\\[\\]{}|\" \n=]",
        "[0-9 :.,-]{0,12}[:;,\" \n]",
        "[g-z ]{1,12}",
    ]
}

fn squeezed(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn numbers_never_survive(
        before in around(),
        number in prop_oneof![tckn(), mobile(), landline(), iban(), (tckn(), separator()).prop_map(|(t, s)| grouped(&t, &[3, 3, 3, 2], s))],
        after in around().prop_map(|text| text.chars().rev().collect::<String>()),
    ) {
        let line = gone(&format!("{before}{number}{after}"));
        prop_assert!(!line.contains(&number), "{line:?} holds {number:?}");
        // Nor may its last ten digits stand there in another shape, apart from chance in the text around.
        let digits = squeezed(&number.replace("%20", " ").replace("%2B", "+"));
        let last = &digits[digits.len() - 10..];
        prop_assert!(!line.split(|c: char| !c.is_ascii_digit()).any(|run| run.contains(last)), "{line:?} holds {last}");
    }

    #[test]
    fn addresses_and_tokens_never_survive(
        before in around(),
        private in prop_oneof![email(), secret()],
        after in around().prop_map(|text| text.chars().rev().collect::<String>()),
    ) {
        let core = private.trim_start_matches("Bearer ").trim_start_matches("bearer%20").trim_start_matches("token=")
            .trim_start_matches("\"refreshToken\":");
        let line = gone(&format!("{before}{private}{after}"));
        prop_assert!(!line.contains(core), "{line:?} holds {core:?}");
    }

    #[test]
    fn nested_json_never_leaks(
        private in prop_oneof![email(), tckn(), mobile(), iban(), secret()],
        depth in 0..5_usize,
    ) {
        let mut nested = json!(format!("x: {private}"));
        for level in 0..depth {
            nested = if level % 2 == 0 { json!({"inner": nested}) } else { json!([1, nested]) };
        }
        value("details", &mut nested);
        prop_assert!(!nested.to_string().contains(&private));
    }

    #[test]
    fn ids_hashes_durations_and_dates_survive(
        uuid in any::<u128>(), trace in any::<u128>(), span in any::<u64>(), bytes in prop::array::uniform32(any::<u8>()),
        nanos in 0..100_000_000_000_u64, at in 0..4_000_000_000_i64, epoch in 1_600_000_000_u64..1_999_999_999,
    ) {
        let uuid = uuid::Uuid::from_u128(uuid);
        let hash = format!("{:032x}{:032x}", trace, u128::from_le_bytes(bytes[..16].try_into().unwrap()));
        let date = chrono::DateTime::from_timestamp_micros(at * 1_000_003).unwrap();
        for ordinary in [
            format!("company {uuid} took {:?}", std::time::Duration::from_nanos(nanos)),
            format!("00-{trace:032x}-{span:016x}-01"),
            format!("sha256 {hash}, {}", &hash[..40]),
            format!("at {} or {}", date.to_rfc3339(), date.format("%d.%m.%Y %H:%M:%S%.6f")),
            format!("{} 5 rows", date.format("%Y-%m-%d %H:%M:%S%z")),
            format!("epoch {epoch} {epoch}123 after {uuid}"),
            uuid.simple().to_string(),
        ] {
            prop_assert_eq!(gone(&ordinary), ordinary);
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic_and_only_once(text in "\\PC{0,80}", bytes in "[%\\\\u0-9a-fA-F@+. &#;:TR-]{0,60}") {
        for input in [text, bytes] {
            let once = gone(&input);
            prop_assert!(gone(&once).len() <= once.len() + 64);
        }
    }
}
