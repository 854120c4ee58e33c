//! The SQL of sessions. Their views show the rows of the bound account, in all its tenants.

use chrono::{DateTime, Utc};
use shared::{
    auth::{
        AccountId, CompanyId, Role, SessionId, TenantId, UserId,
        session::{ClientKind, Session},
    },
    db::Db,
};
use sqlx::Row as _;

/// The tenant's name and the session's end.
pub(super) async fn surroundings(db: &mut Db, session: SessionId) -> sqlx::Result<(String, DateTime<Utc>)> {
    let row = sqlx::query!(
        r#"SELECT t.name AS "name: String", s.expires_at AS "expires_at: DateTime<Utc>"
           FROM tenant_profile t, sessions s WHERE s.id = ?"#,
        session
    )
    .fetch_one(db)
    .await?;
    Ok((row.name, row.expires_at))
}

/// What the look-up by e-mail does not say of a user.
pub(super) async fn extras(db: &mut Db, user: UserId) -> sqlx::Result<(bool, String)> {
    let row = sqlx::query!(
        r#"SELECT is_company_admin AS "company_admin: bool", locale AS "locale: String" FROM user_directory WHERE id = ?"#,
        user
    )
    .fetch_one(db)
    .await?;
    Ok((row.company_admin, row.locale))
}

/// What the programs of the account's earlier sessions said of themselves.
pub(super) async fn earlier_agents(db: &mut Db) -> sqlx::Result<Vec<Option<String>>> {
    let rows = sqlx::query("SELECT DISTINCT user_agent FROM sessions").fetch_all(db).await?;
    // The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
    rows.iter().map(|row| row.try_get_unchecked("user_agent")).collect()
}

/// One row of the list of devices.
#[derive(Debug)]
pub(super) struct OpenSession {
    pub(super) id: SessionId,
    pub(super) tenant_id: TenantId,
    pub(super) client: ClientKind,
    pub(super) user_agent: Option<String>,
    pub(super) ip_prefix: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) last_seen_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

/// The account's sessions that the guard would still accept.
pub(super) async fn open_sessions(db: &mut Db, now: DateTime<Utc>) -> sqlx::Result<Vec<OpenSession>> {
    sqlx::query_as!(
        OpenSession,
        r#"SELECT s.id AS "id: _", s.tenant_id AS "tenant_id: _", s.client AS "client: _",
           s.user_agent AS "user_agent: String", s.ip_prefix AS "ip_prefix: String", s.created_at AS "created_at: _",
           s.last_seen_at AS "last_seen_at: _", s.expires_at AS "expires_at: _"
           FROM sessions s JOIN session_checks c ON c.id = s.id
           WHERE s.ended_at IS NULL AND s.expires_at > ? AND s.last_seen_at + INTERVAL s.idle_seconds SECOND > ?
             AND c.session_version = c.user_session_version AND c.user_is_active AND c.tenant_status = 'ACTIVE'
           ORDER BY s.last_seen_at DESC, s.id DESC LIMIT 100"#,
        now,
        now
    )
    .fetch_all(db)
    .await
}

/// A user's sessions that nobody has ended.
pub(super) async fn sessions_of(db: &mut Db, user: UserId) -> sqlx::Result<Vec<SessionId>> {
    sqlx::query_scalar!(r#"SELECT id AS "id: SessionId" FROM sessions WHERE user_id = ? AND ended_at IS NULL"#, user)
        .fetch_all(db)
        .await
}

/// Ends a session; false when there is none to end.
pub(super) async fn end(db: &mut Db, id: SessionId, reason: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL",
        now,
        reason,
        id
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A session by its id alone, before anything else is known of it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) session: Session,
    /// Whether the guard would accept it, but for its absolute end.
    pub(super) is_open: bool,
}

/// The session of the bound account.
pub(super) async fn find(db: &mut Db, id: SessionId, now: DateTime<Utc>) -> sqlx::Result<Option<Found>> {
    let row = sqlx::query!(
        r#"SELECT tenant_id AS "tenant_id: TenantId", user_id AS "user_id: UserId", account_id AS "account_id: AccountId",
           company_id AS "company_id: CompanyId", role AS "role: Role", is_company_admin AS "is_company_admin: bool",
           user_name AS "user_name: String", email AS "email: String", locale AS "locale: String",
           expires_at AS "expires_at: DateTime<Utc>",
           (ended_at IS NULL AND session_version = user_session_version AND user_is_active AND tenant_status = 'ACTIVE'
            AND last_seen_at + INTERVAL idle_seconds SECOND > ?) AS "is_open!: bool"
           FROM session_checks WHERE id = ?"#,
        now,
        id
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Found {
        session: Session {
            id,
            tenant: row.tenant_id,
            user: row.user_id,
            account: row.account_id,
            company: row.company_id,
            role: row.role,
            company_admin: row.is_company_admin,
            name: row.user_name,
            email: row.email,
            locale: row.locale,
            expires_at: row.expires_at,
        },
        is_open: row.is_open,
    }))
}

/// The nonces of an app's session.
#[derive(Debug)]
pub(super) struct Nonces {
    pub(super) current: Vec<u8>,
    pub(super) previous: Option<Vec<u8>>,
    pub(super) rotated_at: Option<DateTime<Utc>>,
}

/// Reads the nonces and holds the row; none for a session that is over or a browser's.
pub(super) async fn lock_nonces(db: &mut Db, id: SessionId) -> sqlx::Result<Option<Nonces>> {
    sqlx::query_as!(
        Nonces,
        r#"SELECT refresh_nonce AS "current!: Vec<u8>", refresh_previous_nonce AS "previous: Vec<u8>",
           refresh_rotated_at AS "rotated_at: _" FROM sessions
           WHERE id = ? AND ended_at IS NULL AND refresh_nonce IS NOT NULL FOR UPDATE"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// Puts the next nonce in the place of the one that was used.
pub(super) async fn rotate(
    db: &mut Db,
    id: SessionId,
    used: &[u8; 32],
    next: &[u8; 32],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sessions SET refresh_previous_nonce = ?, refresh_nonce = ?, refresh_rotated_at = ?, last_seen_at = ?
         WHERE id = ?",
        used.as_slice(),
        next.as_slice(),
        now,
        now,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}
