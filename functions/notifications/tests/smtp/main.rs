//! Sending, against a server that speaks SMTP as it is told to.
#![expect(clippy::unwrap_used, reason = "a step that fails has failed the test")]

mod server;

use std::time::{Duration, Instant};

use notifications::{
    letters::Letter,
    smtp::{Mail, MailServer, Outcome, Post},
};
use server::{Script, Server};
use shared::types::Email;

fn post(server: &Server) -> Post {
    let url = format!("smtp://127.0.0.1:{}", server.port);
    Post::new(MailServer::parse(&url).unwrap(), "ProSektor <no-reply@prosektor.test>").unwrap()
}

async fn send(post: &Post) -> Outcome {
    let letter = Letter {
        subject: "Işık’ın daveti".into(),
        text: "Merhaba,\n.\nbir nokta".into(),
        html: "<p>Merhaba</p>".into(),
    };
    let to = Email::parse("ada@firma.com").unwrap();
    let date = "2026-11-22T18:14:05Z".parse().unwrap();
    post.send(&Mail { message_id: "id-1@prosektor.test", to: &to, date, language: "tr", letter: &letter }).await
}

async fn outcome(script: Script) -> Outcome {
    send(&post(&Server::start(script).await)).await
}

fn is_later(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Later { .. })
}

#[tokio::test]
async fn a_mail_is_handed_over_whole() {
    let server = Server::start(Script::default()).await;
    assert_eq!(send(&post(&server)).await, Outcome::Sent);
    let mails = server.mails();
    let mail = mails.first().unwrap();
    for header in [
        "From: ProSektor <no-reply@prosektor.test>",
        "To: ada@firma.com",
        "Subject: =?utf-8?",
        "Date: Sun, 22 Nov 2026 18:14:05 +0000",
        "Message-ID: <id-1@prosektor.test>",
        "Auto-Submitted: auto-generated",
        "Content-Language: tr",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(mail.contains(header), "{header} is not in {mail}");
    }
    assert_eq!(
        server.commands()[..3],
        ["EHLO prosektor.test", "MAIL FROM:<no-reply@prosektor.test>", "RCPT TO:<ada@firma.com>"]
    );
}

#[tokio::test]
async fn the_connection_is_kept_for_the_next_mail() {
    let server = Server::start(Script::default()).await;
    let post = post(&server);
    for _ in 0..3 {
        assert_eq!(send(&post).await, Outcome::Sent);
    }
    assert_eq!((server.connections(), server.mails().len()), (1, 3));
}

#[tokio::test]
async fn a_connection_that_died_meanwhile_is_replaced() {
    let server = Server::start(Script { hang_up_after: Some("."), ..Script::default() }).await;
    let post = post(&server);
    assert_eq!(send(&post).await, Outcome::Sent);
    assert_eq!(send(&post).await, Outcome::Sent);
    assert_eq!((server.connections(), server.mails().len()), (2, 2));
}

#[tokio::test]
async fn a_refused_recipient_is_not_a_broken_line() {
    let server = Server::start(Script::refusing("RCPT", "550 5.1.1 <ada@firma.com>: no such user")).await;
    let post = post(&server);
    let Outcome::Bounced { suppress: true, reason } = send(&post).await else { panic!("not a dead address") };
    assert_eq!(reason, "recipient: 550 5.1.1 <[email]>: no such user");
    assert!(matches!(send(&post).await, Outcome::Bounced { .. }));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_refused_mail_leaves_the_address_alone() {
    let outcome = outcome(Script::refusing(".", "554 5.6.0 not accepted")).await;
    assert!(matches!(outcome, Outcome::Bounced { suppress: false, .. }), "{outcome:?}");
}

#[tokio::test]
async fn what_may_pass_is_tried_later() {
    for (command, answer) in [
        ("EHLO", "421 4.3.2 closing"),
        ("MAIL", "451 4.3.0 try again later"),
        ("MAIL", "550 5.7.1 sender not allowed"),
        ("RCPT", "450 4.2.0 greylisted"),
        ("RCPT", "554 5.7.1 relay access denied"),
        ("DATA", "452 4.3.1 insufficient storage"),
        (".", "451 4.7.1 greylisted"),
        (".", "nonsense"),
    ] {
        let outcome = outcome(Script::refusing(command, answer)).await;
        assert!(is_later(&outcome), "{command} {answer}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_line_that_breaks_anywhere_is_tried_later() {
    for command in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        let outcome = outcome(Script { break_at: Some(command), ..Script::default() }).await;
        assert!(is_later(&outcome), "{command}: {outcome:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_tried_later_and_costs_the_batch_nothing() {
    let server = Server::start(Script::default()).await;
    let post = post(&server);
    server.stop().await;
    assert!(is_later(&send(&post).await));
    let Outcome::Later { reason } = send(&post).await else { panic!("sent to nobody") };
    assert_eq!(reason, "connect: the server was not reached a moment ago");
}

#[tokio::test]
async fn a_server_that_hangs_is_left_after_ten_seconds() {
    let server = Server::start(Script { hang_at: Some("."), ..Script::default() }).await;
    let post = post(&server);
    let (began, outcome) = (Instant::now(), send(&post).await);
    assert!(is_later(&outcome), "{outcome:?}");
    let took = began.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(25)).contains(&took), "{took:?}");
    // The next message of the batch does not wait as long.
    let began = Instant::now();
    assert!(is_later(&send(&post).await));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_password_is_never_sent_in_the_clear() {
    let server = Server::start(Script::default()).await;
    let url = format!("smtp://user:hunter2@127.0.0.1:{}?tls=required", server.port);
    let post = Post::new(MailServer::parse(&url).unwrap(), "no-reply@prosektor.test").unwrap();
    assert!(is_later(&send(&post).await));
    // The server does not offer STARTTLS, and hears no more than the greeting.
    assert_eq!(server.commands().first().map(String::as_str), Some("EHLO prosektor.test"));
    assert!(server.commands().iter().all(|command| !command.starts_with("AUTH") && !command.starts_with("MAIL")));
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_hears_nothing() {
    let server = Server::start(Script::default()).await;
    let url = format!("smtps://user:hunter2@127.0.0.1:{}", server.port);
    let post = Post::new(MailServer::parse(&url).unwrap(), "no-reply@prosektor.test").unwrap();
    let Outcome::Later { reason } = send(&post).await else { panic!("sent without TLS") };
    assert!(reason.starts_with("connect: ") && !reason.contains("hunter2"), "{reason}");
    assert!(server.mails().is_empty());
}
