//! Invitations.

use serde_json::json;
use sqlx::MySqlConnection;
use tests::harness::{Tenant, database, new_id, with_tenant};
use uuid::Uuid;

use super::{Script, Server, deliver, order, text_of};

/// An invitation by `inviter` in this language, with its link.
async fn invite(db: &mut MySqlConnection, t: &Tenant, inviter: Uuid, locale: &str) -> Uuid {
    let (invitation, link) = (new_id(), new_id());
    let email = format!("davetli-{}@deneme.test", invitation.simple());
    sqlx::query(
        "INSERT INTO invitations_rows (id, tenant_id, email, role, name, locale, invited_by, expires_at) \
         VALUES (?, ?, ?, 'DOCTOR', 'Mehmet Işık', ?, ?, UTC_TIMESTAMP(6) + INTERVAL 72 HOUR)",
    )
    .bind(invitation)
    .bind(t.id)
    .bind(&email)
    .bind(locale)
    .bind(inviter)
    .execute(&mut *db)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO link_tokens_rows (id, tenant_id, purpose, invitation_id, nonce, email, created_at, expires_at) \
         VALUES (?, ?, 'INVITE', ?, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 72 HOUR)",
    )
    .bind(link)
    .bind(t.id)
    .bind(invitation)
    .bind(vec![9_u8; 32])
    .bind(&email)
    .execute(&mut *db)
    .await
    .unwrap();
    link
}

#[tokio::test]
async fn an_invitation_says_who_invites_where_and_as_what_in_the_invitations_language() {
    with_tenant(async |t| {
        let mut db = database().await;
        let (inviter, _) = t.insert_user("ADMIN", None, false).await;
        sqlx::query("UPDATE users_rows SET name = 'Ayşe <b>Yılmaz</b>' WHERE id = ?")
            .bind(inviter)
            .execute(&mut db)
            .await
            .unwrap();
        for (locale, words) in [("tr", ["İşyeri hekimi", "72 saat"]), ("en", ["Workplace physician", "72 hours"])] {
            let server = Server::start(Script::default()).await;
            let link = invite(&mut db, t, inviter, locale).await;
            deliver(&server, &order(t, json!({"template": "auth.invite", "to": {"link": link}}))).await.unwrap();
            let mail = server.mails().remove(0);
            let text = text_of(&mail);
            let tenant = format!("Deneme OSGB {}", t.id.simple());
            for words in [words[0], words[1], &tenant, "Ayşe <b>Yılmaz</b>", "/accept-invite/"] {
                assert!(text.contains(words), "{words}: {text}");
            }
            let (_, html) = mail.split_once("Content-Type: text/html").unwrap();
            assert!(!html.contains("<b>") && html.contains("&#60;b&#62;"), "{html}");
            assert!(mail.contains(&format!("Content-Language: {locale}")));
        }
    })
    .await;
}
