//! The pages of the register: who may open them, what they refuse, and what their forms do.

mod bulk;
mod companies;
mod employees;
mod portal;
mod roles;
mod workplaces;

use reqwest::Method;
use tests::harness::{Answer, Client};

/// Sends a form.
pub(super) async fn send(who: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    who.call(Method::POST, path).form(fields).await
}

/// Opens a form and sends it with these fields, as a browser does.
pub(super) async fn fill(who: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = who.get(path).await;
    send_again(who, path, &form, fields).await
}

/// Sends a form that is shown with these fields.
pub(super) async fn send_again(who: &Client, path: &str, form: &Answer, fields: &[(&str, &str)]) -> Answer {
    let hidden =
        ["_key", "_version", "_was"].into_iter().filter(|name| form.text.contains(&format!("name=\"{name}\"")));
    let hidden: Vec<_> = hidden.map(|name| (name, form.input(name))).collect();
    let mut sent: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sent.extend(fields);
    send(who, path, &sent).await
}
