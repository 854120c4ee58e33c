//! What becomes of a mail, by what the mail server says and how often the message comes.

use notifications::emails;
use shared::queue::{Message, worker::Failure};
use tests::harness::{Tenant, database, with_tenant};

use super::{Script, Server, app, deliver, pause, post, reset, reset_link, row, state};

async fn backdate(message: &Message, state: &str, seconds: u32) {
    sqlx::query(
        "UPDATE email_sends_rows SET state = ?, updated_at = UTC_TIMESTAMP(6) - INTERVAL ? SECOND \
         WHERE tenant_id = ? AND dedupe_key LIKE ?",
    )
    .bind(state)
    .bind(seconds)
    .bind(message.tenant_id.as_uuid())
    .bind(format!("%|{}", message.id))
    .execute(&mut database().await)
    .await
    .unwrap();
}

async fn suppressions(t: &Tenant) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM suppressions_rows WHERE tenant_id = ? AND lifted_at IS NULL")
        .bind(t.id)
        .fetch_one(&mut database().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_same_message_sends_one_mail() {
    with_tenant(async |t| {
        let server = Server::start(Script::default()).await;
        let message = reset(t, reset_link(t).await);
        for _ in 0..3 {
            deliver(&server, &message).await.unwrap();
        }
        assert_eq!((server.mails().len(), row(&message).await.attempts), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn two_workers_with_the_same_message_send_one_mail() {
    with_tenant(async |t| {
        let server = Server::start(Script::default()).await;
        let message = reset(t, reset_link(t).await);
        let (one, other) = tokio::join!(deliver(&server, &message), deliver(&server, &message));
        assert!(one.is_ok() || other.is_ok(), "{one:?} {other:?}");
        // Whoever was second finds it done, by now or later.
        deliver(&server, &message).await.unwrap();
        assert_eq!((server.mails().len(), state(&message).await.as_str()), (1, "SENT"));
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_died_is_followed_by_another_under_the_same_message_id() {
    with_tenant(async |t| {
        let server = Server::start(Script::default()).await;
        let message = reset(t, reset_link(t).await);
        deliver(&server, &message).await.unwrap();
        // As if the process had ended between the server's word and our note of it.
        backdate(&message, "SENDING", 5).await;
        assert_eq!(pause(deliver(&server, &message).await).as_secs(), 60);
        backdate(&message, "SENDING", 61).await;
        deliver(&server, &message).await.unwrap();
        let id = format!("Message-ID: <{}>", row(&message).await.message_id);
        let mails = server.mails();
        assert_eq!(mails.len(), 2);
        assert!(mails.iter().all(|mail| mail.contains(&id)), "{id}");
    })
    .await;
}

#[tokio::test]
async fn a_busy_server_is_asked_again_after_growing_pauses() {
    with_tenant(async |t| {
        let busy = Server::start(Script::refusing("RCPT", "450 4.2.0 <x@y.test> greylisted")).await;
        let mut message = reset(t, reset_link(t).await);
        for (receives, minutes) in [(1, 1), (2, 5), (3, 30), (4, 120), (5, 360)] {
            message.receives = receives;
            assert_eq!(pause(deliver(&busy, &message).await).as_secs(), minutes * 60);
            let row = row(&message).await;
            assert_eq!((row.state.as_str(), row.attempts), ("QUEUED", receives));
            assert_eq!(row.error.as_deref(), Some("recipient: 450 4.2.0 <[email]> greylisted"));
        }
        message.receives = 6;
        assert!(matches!(deliver(&busy, &message).await, Err(Failure::GiveUp(_))));
        assert_eq!(state(&message).await, "FAILED");
        // Somebody mends the server and moves the message back from the dead letters.
        let ready = Server::start(Script::default()).await;
        message.receives = 1;
        deliver(&ready, &message).await.unwrap();
        let row = row(&message).await;
        assert_eq!((row.state.as_str(), row.attempts, row.error), ("SENT", 7, None));
    })
    .await;
}

#[tokio::test]
async fn a_line_that_breaks_or_a_server_that_is_away_costs_an_attempt_and_no_mail() {
    with_tenant(async |t| {
        let message = reset(t, reset_link(t).await);
        let broken = Server::start(Script { break_at: Some("."), ..Script::default() }).await;
        assert_eq!(pause(deliver(&broken, &message).await).as_secs(), 60);
        let sender = post(&broken);
        broken.stop().await;
        assert_eq!(pause(emails::deliver(&sender, &app(), &message).await).as_secs(), 60);
        let ready = Server::start(Script::default()).await;
        deliver(&ready, &message).await.unwrap();
        assert_eq!((row(&message).await.attempts, ready.mails().len()), (3, 1));
    })
    .await;
}

#[tokio::test]
async fn a_dead_address_bounces_once_and_gets_no_more_mail() {
    with_tenant(async |t| {
        let server = Server::start(Script::refusing("RCPT", "550 5.1.1 no such user")).await;
        let link = reset_link(t).await;
        let (first, second) = (reset(t, link), reset(t, link));
        deliver(&server, &first).await.unwrap();
        assert_eq!((state(&first).await.as_str(), suppressions(t).await), ("BOUNCED", 1));
        deliver(&server, &second).await.unwrap();
        assert_eq!((state(&second).await.as_str(), server.connections()), ("SUPPRESSED", 1));
        // An administrator takes it off the list.
        sqlx::query("UPDATE suppressions_rows SET lifted_at = UTC_TIMESTAMP(6) WHERE tenant_id = ?")
            .bind(t.id)
            .execute(&mut database().await)
            .await
            .unwrap();
        let third = reset(t, link);
        deliver(&Server::start(Script::default()).await, &third).await.unwrap();
        assert_eq!(state(&third).await, "SENT");
    })
    .await;
}

#[tokio::test]
async fn a_bounce_is_in_the_audit_trail_without_the_address() {
    with_tenant(async |t| {
        let server = Server::start(Script::refusing("RCPT", "550 5.1.1 no such user")).await;
        deliver(&server, &reset(t, reset_link(t).await)).await.unwrap();
        let changes: Vec<String> = sqlx::query_scalar(
            "SELECT CAST(changes AS CHAR) FROM audit_log_rows WHERE tenant_id = ? AND entity = 'suppression'",
        )
        .bind(t.id)
        .fetch_all(&mut database().await)
        .await
        .unwrap();
        assert_eq!(changes.len(), 1);
        assert!(changes[0].contains("BOUNCE") && !changes[0].contains('@'), "{changes:?}");
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_refused_for_what_it_says_leaves_the_address_alone() {
    with_tenant(async |t| {
        let server = Server::start(Script::refusing(".", "554 5.6.0 not accepted")).await;
        let message = reset(t, reset_link(t).await);
        deliver(&server, &message).await.unwrap();
        assert_eq!((state(&message).await.as_str(), suppressions(t).await), ("BOUNCED", 0));
    })
    .await;
}

#[tokio::test]
async fn a_fault_of_our_own_set_up_never_counts_against_the_recipient() {
    with_tenant(async |t| {
        for (command, answer) in [("MAIL", "550 5.7.1 sender not allowed"), ("RCPT", "554 5.7.1 relay access denied")] {
            let message = reset(t, reset_link(t).await);
            let server = Server::start(Script::refusing(command, answer)).await;
            assert_eq!(pause(deliver(&server, &message).await).as_secs(), 60);
            assert_eq!((state(&message).await.as_str(), suppressions(t).await), ("QUEUED", 0));
        }
    })
    .await;
}
