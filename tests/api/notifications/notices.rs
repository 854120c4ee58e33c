//! Mails that tell a user something.

use serde_json::json;
use shared::queue::worker::Failure;
use tests::harness::{database, new_id, with_tenant};

use super::{Script, Server, deliver, order, text_of};

fn text(server: &Server, index: usize) -> String {
    text_of(&server.mails()[index])
}

#[tokio::test]
async fn each_notice_is_written_in_the_accounts_language() {
    with_tenant(async |t| {
        let server = Server::start(Script::default()).await;
        let (user, email) = t.insert_user("DOCTOR", None, false).await;
        sqlx::query("UPDATE accounts_rows SET locale = 'en' WHERE email = ?")
            .bind(&email)
            .execute(&mut database().await)
            .await
            .unwrap();
        for (index, (template, params, words)) in [
            ("auth.changed", json!({}), "The password of your account was changed"),
            ("auth.locked", json!({"minutes": 15}), "Locked until:"),
            (
                "auth.new-device",
                json!({"device": "Chrome · Windows", "place": "192.0.2.0/24"}),
                "Device: Chrome · Windows",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let payload = json!({"template": template, "to": {"user": user}, "params": params});
            deliver(&server, &order(t, payload)).await.unwrap();
            let text = text(&server, index);
            assert!(text.contains(words) && text.contains("Hello Deneme DOCTOR,"), "{template}: {text}");
            assert!(text.contains("/forgot-password") && !text.contains("192.0.2"), "{template}: {text}");
            assert!(server.mails()[index].contains(&format!("To: {email}")));
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_e_mail_is_told_to_the_address_before_it_however_late() {
    with_tenant(async |t| {
        let server = Server::start(Script::default()).await;
        let (user, old) = t.insert_user("DOCTOR", None, false).await;
        let (link, new) = (new_id(), format!("yeni-{}@deneme.test", new_id().simple()));
        let mut db = database().await;
        sqlx::query(
            "INSERT INTO link_tokens_rows (id, tenant_id, purpose, account_id, user_id, nonce, email, payload, expires_at, used_at)
             SELECT ?, tenant_id, 'CHANGE_EMAIL', account_id, id, REPEAT('n', 32), ?, JSON_OBJECT('previousEmail', ?),
             UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM users_rows WHERE id = ?",
        )
        .bind(link)
        .bind(&new)
        .bind(&old)
        .bind(user)
        .execute(&mut db)
        .await
        .unwrap();
        // The link has been opened before the mailer comes to the notice.
        sqlx::query("UPDATE accounts_rows SET email = ?, locale = 'en' WHERE email = ?")
            .bind(&new)
            .bind(&old)
            .execute(&mut db)
            .await
            .unwrap();
        let payload = json!({"template": "auth.email-notice", "to": {"previous": link}});
        deliver(&server, &order(t, payload)).await.unwrap();
        let text = text(&server, 0);
        assert!(text.contains("Somebody asked to change the e-mail address"), "{text}");
        assert!(text.contains("Hello Deneme DOCTOR,") && text.contains("/forgot-password"), "{text}");
        assert!(server.mails()[0].contains(&format!("To: {old}")));
    })
    .await;
}

#[tokio::test]
async fn an_order_that_cannot_be_understood_is_given_up() {
    with_tenant(async |t| {
        let server = Server::start(Script::default()).await;
        for payload in [
            json!({}),
            json!({"template": "auth.unknown", "to": {"user": t.id}}),
            json!({"template": "auth.reset", "to": {"user": t.id}}),
        ] {
            let done = deliver(&server, &order(t, payload)).await;
            assert!(matches!(done, Err(Failure::GiveUp(_))), "{done:?}");
        }
        assert_eq!(server.connections(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_user_of_another_tenant_gets_nothing() {
    with_tenant(async |t| {
        with_tenant(async |other| {
            let server = Server::start(Script::default()).await;
            let (user, _) = other.insert_user("ADMIN", None, false).await;
            for id in [user, new_id()] {
                let payload = json!({"template": "auth.changed", "to": {"user": id}});
                deliver(&server, &order(t, payload)).await.unwrap();
            }
            assert_eq!(server.connections(), 0);
        })
        .await;
    })
    .await;
}
