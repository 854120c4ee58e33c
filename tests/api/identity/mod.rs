//! Sign-in, sessions, users, invitations and the own tenant.

mod invitations;
mod passwords;
mod profile;
mod refresh;
mod registration;
mod sessions;
mod sign_in;
mod staff;
mod tenant;
mod users;

use serde_json::{Value, json};
use tests::harness::{Answer, Client, PASSWORD, eventually, mails_to, new_id};

/// A password that is nobody's yet.
const OTHER_PASSWORD: &str = "Bakır-Deniz-Fener-77";

/// An address that no other test has.
fn address() -> String {
    format!("kisi-{}@deneme.test", new_id().simple())
}

/// Tries to sign in as an app does.
async fn try_sign_in(email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password, "client": "mobile"});
    Client::anonymous().post("/api/v1/auth/login", body).await
}

/// The right password of everybody in the tests.
async fn sign_in(email: &str) -> Value {
    try_sign_in(email, PASSWORD).await.ok()
}

/// The client that holds the tokens of an answer.
fn client(signed_in: &Value) -> Client {
    Client::bearer(signed_in["accessToken"].as_str().expect("an access token"))
}

/// A text of an answer.
fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Waits for a mail with a link to this page, among others to the same address.
async fn link_to(page: &str, email: &str) -> String {
    let marker = format!("/{page}/");
    eventually(&format!("a link to {page}"), async || {
        mails_to(email).await.into_iter().find(|mail| mail.text.contains(&marker)).map(|mail| mail.token(page))
    })
    .await
}
