//! The pages, as HTTP: who gets them, what their forms do, and what stands in their heads.

mod assets;
mod audit;
mod errors;
mod exports;
mod finder;
mod flags;
mod forms;
mod homes;
mod imports;
mod jobs;
mod mail_links;
mod people;
mod profile;
mod register;
mod sign_in;

use serde_json::Value;
use tests::harness::{Answer, Client, new_id};

/// A password that is nobody's yet.
const OTHER_PASSWORD: &str = "Bakır-Deniz-Fener-77";

/// An address that no other test has.
fn address() -> String {
    format!("kisi-{}@deneme.test", new_id().simple())
}

/// A text of an answer.
fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Sends a form as it was shown, but for these fields.
async fn send(who: &Client, path: &str, form: &Answer, fields: &[(&str, &str)]) -> Answer {
    let shown = ["_key", "_version", "_was"].into_iter().filter(|name| form.text.contains(&format!("name=\"{name}\"")));
    let hidden: Vec<(&str, String)> = shown.map(|name| (name, form.input(name))).collect();
    let hidden = hidden.iter().map(|(name, value)| (*name, value.as_str()));
    let sent: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
    who.call(reqwest::Method::POST, path).form(&sent).await
}

/// Signs in on the page, in a browser of this language.
async fn sign_in(email: &str, password: &str, path: &str, language: &str) -> Answer {
    let fields = [("email", email), ("password", password), ("remember", "false")];
    let nobody = Client::anonymous().with("accept-language", language);
    nobody.call(reqwest::Method::POST, path).form(&fields).await
}

/// The session's cookie of an answer.
fn cookie(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let session =
        cookies.filter(|cookie| cookie.starts_with("session=")).find(|cookie| !cookie.starts_with("session=;"));
    session.and_then(|cookie| cookie.split(';').next()).expect("a session").to_owned()
}
