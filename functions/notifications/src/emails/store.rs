//! The SQL of mails, links as the mailer reads them, and the suppression list.

use chrono::{DateTime, Utc};
use shared::{
    auth::Role,
    db::{Db, violated_key},
    types::Email,
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Order, Params, State};
use crate::letters::Locale;

/// A link's row with what its letter needs to know.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) purpose: String,
    pub(super) nonce: Vec<u8>,
    pub(super) email: Email,
    /// What the account's address was when the link to another one was made.
    pub(super) previous: Option<Email>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) used: bool,
    pub(super) revoked: bool,
    pub(super) tenant: String,
    pub(super) tenant_is_active: bool,
    pub(super) name: Option<String>,
    pub(super) locale: Option<Locale>,
    pub(super) invitation_locale: Option<Locale>,
    pub(super) inviter: Option<String>,
    pub(super) role: Option<Role>,
    pub(super) company: Option<String>,
}

/// A user as mail reaches him.
#[derive(Debug)]
pub(super) struct User {
    pub(super) email: Email,
    pub(super) name: String,
    pub(super) locale: Locale,
}

/// A mail that is not in the table yet.
#[derive(Debug)]
pub(super) struct NewSend<'a> {
    pub(super) id: Uuid,
    pub(super) order: &'a Order,
    pub(super) locale: Locale,
    pub(super) recipient: &'a Email,
    pub(super) message_id: &'a str,
    pub(super) state: State,
    pub(super) attempts: u32,
    pub(super) reason: Option<&'a str>,
    pub(super) now: DateTime<Utc>,
}

/// A mail that is.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) id: Uuid,
    pub(super) state: State,
    pub(super) message_id: Option<String>,
    pub(super) updated_at: DateTime<Utc>,
}

pub(super) async fn find_link(db: &mut Db, id: Uuid) -> sqlx::Result<Option<Link>> {
    sqlx::query_as!(
        Link,
        r#"SELECT l.purpose AS "purpose: String", l.nonce, l.email AS "email: Email",
                  JSON_VALUE(l.payload, '$.previousEmail') AS "previous: Email", l.created_at AS "created_at: _",
                  l.expires_at AS "expires_at: _", l.used_at IS NOT NULL AS "used!: bool",
                  l.revoked_at IS NOT NULL AS "revoked!: bool",
                  t.name AS "tenant: String", t.status = 'ACTIVE' AS "tenant_is_active!: bool",
                  u.name AS "name?: String", u.locale AS "locale?: Locale", i.locale AS "invitation_locale?: Locale",
                  b.name AS "inviter?: String", i.role AS "role?: Role", c.name AS "company?: String"
           FROM link_tokens l
           JOIN tenants t ON t.id = l.tenant_id
           LEFT JOIN user_directory u ON u.id = l.user_id
           LEFT JOIN invitations i ON i.id = l.invitation_id
           LEFT JOIN users b ON b.id = i.invited_by
           LEFT JOIN companies c ON c.id = i.company_id
           WHERE l.id = ?"#,
        id
    )
    .fetch_optional(db)
    .await
}

pub(super) async fn find_user(db: &mut Db, id: Uuid) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"SELECT email AS "email: Email", name AS "name: String", locale AS "locale: Locale"
           FROM user_directory WHERE id = ?"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// Adds a mail; false when the same order has one already.
pub(super) async fn insert(db: &mut Db, new: &NewSend<'_>) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO email_sends (id, tenant_id, dedupe_key, template, locale, recipient, params, link_token_id, state, \
         attempts, last_error, message_id, created_at, updated_at) \
         VALUES (?, current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new.id,
        new.order.dedupe_key,
        new.order.template.as_str(),
        new.locale.as_str(),
        new.recipient.as_str(),
        Json(&new.order.params) as Json<&Params>,
        new.order.link(),
        new.state.as_str(),
        new.attempts,
        new.reason,
        new.message_id,
        new.now.naive_utc(),
        new.now.naive_utc(),
    )
    .execute(db)
    .await;
    match inserted {
        Ok(_) => Ok(true),
        Err(error) if violated_key(&error).is_some_and(|key| key == "email_sends_dedupe_uk") => Ok(false),
        Err(error) => Err(error),
    }
}

/// The mail of an order, locked until the transaction ends.
pub(super) async fn find_for_update(db: &mut Db, dedupe_key: &str) -> sqlx::Result<Held> {
    sqlx::query_as!(
        Held,
        r#"SELECT id AS "id: Uuid", state AS "state: State", message_id AS "message_id: String",
                  updated_at AS "updated_at: _"
           FROM email_sends WHERE dedupe_key = ? FOR UPDATE"#,
        dedupe_key
    )
    .fetch_one(db)
    .await
}

/// Notes where a mail stands.
pub(super) async fn set_state(
    db: &mut Db,
    id: Uuid,
    state: State,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let now = now.naive_utc();
    let sent_at = (state == State::Sent).then_some(now);
    sqlx::query!(
        "UPDATE email_sends SET state = ?, last_error = ?, sent_at = COALESCE(?, sent_at), \
         attempts = attempts + IF(? = 'SENDING', 1, 0), updated_at = ? WHERE id = ?",
        state.as_str(),
        reason,
        sent_at,
        state.as_str(),
        now,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether an address gets no mail.
pub(super) async fn is_suppressed(db: &mut Db, hash: &[u8]) -> sqlx::Result<bool> {
    let found = sqlx::query_scalar!(
        r#"SELECT COUNT(*) AS "count: i64" FROM suppressions WHERE email_hash = ? AND lifted_at IS NULL"#,
        hash
    )
    .fetch_one(db)
    .await?;
    Ok(found > 0)
}

/// Puts an address on the list; false when it is there.
pub(super) async fn suppress(
    db: &mut Db,
    id: Uuid,
    hash: &[u8],
    detail: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO suppressions (id, tenant_id, email_hash, reason, detail, created_at, updated_at) \
         VALUES (?, current_tenant(), ?, 'BOUNCE', ?, ?, ?)",
        id,
        hash,
        detail,
        now.naive_utc(),
        now.naive_utc()
    )
    .execute(db)
    .await;
    match inserted {
        Ok(_) => Ok(true),
        Err(error) if violated_key(&error).is_some_and(|key| key == "suppressions_email_live_uk") => Ok(false),
        Err(error) => Err(error),
    }
}
