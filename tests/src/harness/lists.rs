//! Lists of employees, and files on their way to the object store.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a step that fails has failed the test")]

use std::fmt::Write as _;

use serde_json::Value;
use shared::types::tckn_check_digits;

/// A valid TCKN of one's own number, up to 99,999,999.
pub fn tckn(number: u32) -> String {
    let text = format!("1{number:08}");
    let nine: [u8; 9] = std::array::from_fn(|at| text.as_bytes()[at] - b'0');
    let [tenth, eleventh] = tckn_check_digits(nine);
    format!("{text}{tenth}{eleventh}")
}

/// A list of so many employees, as Excel writes CSV in Turkey.
pub fn employee_list(people: u32) -> String {
    let mut list = String::from("\u{feff}Ad;Soyad;T.C. Kimlik No;İşe Giriş Tarihi\r\n");
    for at in 0..people {
        // Writing to a String cannot fail.
        let _ = write!(list, "Kişi;Soyadı{at};{};01.02.2024\r\n", tckn(at));
    }
    list
}

/// Brings a file by the way that an answer has signed, as a browser does; the object store's status.
pub async fn put_file(upload: &Value, bytes: &[u8]) -> u16 {
    let mut request = reqwest::Client::new().put(upload["url"].as_str().expect("an address")).body(bytes.to_vec());
    for header in upload["headers"].as_array().expect("headers") {
        let text = |name: &str| header[name].as_str().expect("a header").to_owned();
        // A browser sets the length by itself.
        if text("name") != "content-length" {
            request = request.header(text("name"), text("value"));
        }
    }
    request.send().await.expect("the object store answers").status().as_u16()
}
