//! Mails that carry a link.

use shared::crypto::LinkToken;
use tests::harness::{database, with_tenant};

use super::{Script, Server, app, deliver, reset, reset_link, row, state, text_of};

fn token_in(text: &str) -> &str {
    let (_, rest) = text.split_once("/reset-password/").expect("a link");
    rest.lines().next().expect("a token")
}

#[tokio::test]
async fn a_link_in_a_mail_is_one_that_its_row_verifies() {
    with_tenant(async |t| {
        let server = Server::start(Script::default()).await;
        let message = reset(t, reset_link(t).await);
        deliver(&server, &message).await.unwrap();
        let text = text_of(&server.mails()[0]);
        let token = LinkToken::parse(token_in(&text)).unwrap();
        assert!(app().signer().verify_link("RESET_PASSWORD", &token, &[7; 32]));
        assert!(text.contains("Merhaba Deneme OFFICE,") && text.contains("1 saat"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_link_is_kept() {
    with_tenant(async |t| {
        let server = Server::start(Script::default()).await;
        let message = reset(t, reset_link(t).await);
        deliver(&server, &message).await.unwrap();
        let row = row(&message).await;
        assert_eq!((row.state.as_str(), row.attempts, row.error), ("SENT", 1, None));
        let text = text_of(&server.mails()[0]);
        let (_, proof) = token_in(&text).rsplit_once('.').unwrap();
        let kept: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM email_sends_rows WHERE tenant_id = ? AND LOCATE(?, CONCAT_WS(' ', dedupe_key, params, last_error, message_id)) > 0",
        )
        .bind(t.id)
        .bind(proof)
        .fetch_one(&mut database().await)
        .await
        .unwrap();
        assert_eq!(kept, 0);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_no_longer_good_is_not_sent() {
    with_tenant(async |t| {
        for (change, reason) in [
            ("used_at = UTC_TIMESTAMP(6)", "the link has been used"),
            ("revoked_at = UTC_TIMESTAMP(6)", "the link has been revoked"),
            ("expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND", "the link has expired"),
        ] {
            let server = Server::start(Script::default()).await;
            let link = reset_link(t).await;
            sqlx::query(&format!("UPDATE link_tokens_rows SET {change} WHERE id = ?"))
                .bind(link)
                .execute(&mut database().await)
                .await
                .unwrap();
            let message = reset(t, link);
            deliver(&server, &message).await.unwrap();
            let row = row(&message).await;
            assert_eq!((row.state.as_str(), row.error.as_deref()), ("SUPPRESSED", Some(reason)));
            assert_eq!(server.connections(), 0);
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_used_between_two_attempts_is_not_sent() {
    with_tenant(async |t| {
        let link = reset_link(t).await;
        let message = reset(t, link);
        let busy = Server::start(Script::refusing("RCPT", "451 4.3.0 try later")).await;
        assert!(deliver(&busy, &message).await.is_err());
        sqlx::query("UPDATE link_tokens_rows SET used_at = UTC_TIMESTAMP(6) WHERE id = ?")
            .bind(link)
            .execute(&mut database().await)
            .await
            .unwrap();
        let ready = Server::start(Script::default()).await;
        deliver(&ready, &message).await.unwrap();
        assert_eq!((state(&message).await.as_str(), ready.connections()), ("SUPPRESSED", 0));
    })
    .await;
}
