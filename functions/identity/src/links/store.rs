//! The SQL of links.

use chrono::{DateTime, Utc};
use serde_json::Value;
use shared::{auth::CompanyId, db::Db, types::Email};
use sqlx::types::Json;

use super::{LinkId, Owner, Purpose};
use crate::invitations::InvitationId;

/// What a link's row says.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) nonce: Vec<u8>,
    pub(super) email: Email,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) used: bool,
    pub(super) revoked: bool,
}

/// Which tenant, company, account and user a link is of, as JSON.
pub(super) async fn place_of(db: &mut Db, id: LinkId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(r#"SELECT tenant_of_token(?) AS "place: String""#, id).fetch_one(db).await
}

/// The row of a link for this purpose.
pub(super) async fn find(db: &mut Db, id: LinkId, purpose: Purpose) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT nonce, email AS "email: Email", expires_at AS "expires_at: _",
           used_at IS NOT NULL AS "used!: bool", revoked_at IS NOT NULL AS "revoked!: bool"
           FROM link_tokens WHERE id = ? AND purpose = ?"#,
        id,
        purpose
    )
    .fetch_optional(db)
    .await
}

/// Makes the account's links for this purpose void, in whichever tenant they were asked for.
pub(super) async fn revoke_own(db: &mut Db, purpose: Purpose, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE own_link_tokens SET revoked_at = ? WHERE purpose = ? AND used_at IS NULL AND revoked_at IS NULL",
        now,
        purpose
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Makes the link of an invitation void.
pub(crate) async fn revoke_invitation(db: &mut Db, id: InvitationId, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE link_tokens SET revoked_at = ? WHERE invitation_id = ? AND used_at IS NULL AND revoked_at IS NULL",
        now,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A new link.
#[expect(clippy::too_many_arguments, reason = "they are the columns of one row")]
pub(super) async fn insert(
    db: &mut Db,
    id: LinkId,
    purpose: Purpose,
    owner: Owner,
    company: Option<CompanyId>,
    nonce: &[u8; 32],
    email: &Email,
    payload: Value,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (account, user, invitation) = match owner {
        Owner::Account(account, user) => (Some(account), Some(user), None),
        Owner::Invitation(invitation) => (None, None, Some(invitation)),
    };
    sqlx::query!(
        "INSERT INTO link_tokens (id, tenant_id, company_id, purpose, account_id, user_id, invitation_id, nonce, email,
         payload, expires_at, created_at) VALUES (?, current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        company,
        purpose,
        account,
        user,
        invitation,
        nonce.as_slice(),
        email,
        Json(payload),
        now + purpose.life(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Marks a link as used, if it still can be.
pub(super) async fn redeem(db: &mut Db, id: LinkId, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE link_tokens SET used_at = ?
         WHERE id = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?",
        now,
        id,
        now
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
