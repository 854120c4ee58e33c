//! The mailer: each order becomes one mail, whatever the mail server and the queue do meanwhile.
//!
//! The worker is called with its message; the mail server is one that does what the test tells it.

mod invitations;
mod links;
mod notices;
mod outcomes;
mod pause;
#[expect(dead_code, reason = "the crate's own tests look at more of the conversation")]
#[path = "../../../functions/notifications/tests/smtp/server.rs"]
mod server;

use std::time::Duration;

use notifications::{
    emails,
    smtp::{MailServer, Post},
};
use serde_json::{Value, json};
use server::{Script, Server};
use shared::{
    App,
    clock::Clock,
    config::Config,
    queue::{Message, worker::Failure},
};
use sqlx::Row as _;
use tests::harness::{Tenant, database, new_id};
use uuid::Uuid;

fn app() -> App {
    App::new("mailer", Config::from_env().unwrap(), Clock::System).unwrap()
}

/// A sender of its own, so that no connection and no memory of a lost server is shared.
fn post(server: &Server) -> Post {
    let server = MailServer::parse(&format!("smtp://127.0.0.1:{}", server.port)).unwrap();
    Post::new(server, "ProSektor <no-reply@prosektor.test>").unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "a test writes json!({…}) at the call")]
fn order(t: &Tenant, payload: Value) -> Message {
    let body = json!({
        "id": new_id(), "schema": 1, "topic": "mail.send", "tenantId": t.id, "companyId": null, "aggregateId": t.id,
        "aggregateVersion": 1, "payload": payload,
    });
    Message { receives: 1, ..Message::parse(&body.to_string()).unwrap() }
}

async fn deliver(server: &Server, message: &Message) -> Result<(), Failure> {
    emails::deliver(&post(server), &app(), message).await
}

/// The pause that the worker asks for.
fn pause(result: Result<(), Failure>) -> Duration {
    match result {
        Err(Failure::Later { after, .. }) => after,
        other => panic!("not a pause: {other:?}"),
    }
}

/// The mail's row: state, attempts, the last error and the Message-ID.
#[derive(Debug)]
struct Row {
    state: String,
    attempts: u32,
    error: Option<String>,
    message_id: String,
}

async fn row(message: &Message) -> Row {
    let row = sqlx::query(
        "SELECT CAST(state AS CHAR) AS state, attempts, CAST(last_error AS CHAR) AS last_error, \
         CAST(message_id AS CHAR) AS message_id FROM email_sends_rows WHERE tenant_id = ? AND dedupe_key LIKE ?",
    )
    .bind(message.tenant_id.as_uuid())
    .bind(format!("%|{}", message.id))
    .fetch_one(&mut database().await)
    .await
    .expect("the mail has one row");
    Row {
        state: row.get("state"),
        attempts: row.get("attempts"),
        error: row.get("last_error"),
        message_id: row.get("message_id"),
    }
}

async fn state(message: &Message) -> String {
    row(message).await.state
}

/// A link to set a new password, for a new user; gives back its id.
async fn reset_link(t: &Tenant) -> Uuid {
    let (user, email) = t.insert_user("OFFICE", None, false).await;
    let link = new_id();
    sqlx::query(
        "INSERT INTO link_tokens_rows (id, tenant_id, purpose, account_id, user_id, nonce, email, created_at, expires_at) \
         SELECT ?, tenant_id, 'RESET_PASSWORD', account_id, id, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 HOUR \
         FROM users_rows WHERE id = ?",
    )
    .bind(link)
    .bind(vec![7_u8; 32])
    .bind(email)
    .bind(user)
    .execute(&mut database().await)
    .await
    .expect("a link can be made");
    link
}

fn reset(t: &Tenant, link: Uuid) -> Message {
    order(t, json!({"template": "auth.reset", "to": {"link": link}}))
}

/// The text part of a mail, decoded.
fn text_of(mail: &str) -> String {
    let (_, rest) = mail.split_once("Content-Type: text/plain").expect("a text part");
    let (head, rest) = rest.split_once("\r\n\r\n").expect("a body");
    let body = rest.split("\r\n--").next().unwrap_or(rest);
    assert!(head.contains("quoted-printable"), "{head}");
    let body = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'=').then(|| after.get(..2)).flatten().and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).expect("text")
}
