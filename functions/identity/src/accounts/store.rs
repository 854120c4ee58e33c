//! The SQL of accounts.

use chrono::{DateTime, Utc};
use shared::{
    auth::{AccountId, SessionId, UserId},
    db::Db,
    types::Email,
};

/// `[]` or one account with its users, as JSON.
pub(crate) async fn users_of_email(db: &mut Db, email: &Email) -> sqlx::Result<String> {
    sqlx::query_scalar!(r#"SELECT users_of_email(?) AS "found!: String""#, email.as_str()).fetch_one(db).await
}

/// A new account; nobody can sign in with it before its e-mail is confirmed.
pub(crate) async fn insert(
    db: &mut Db,
    id: AccountId,
    email: &Email,
    hash: &str,
    confirmed: Option<DateTime<Utc>>,
    locale: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO accounts (id, email, password_hash, password_changed_at, email_confirmed_at, locale, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        id,
        email,
        hash,
        now,
        confirmed,
        locale,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Holds the account against others who would change it at the same time, and says whether its
/// e-mail is confirmed by now: what was read before may be out of date.
pub(crate) async fn lock(db: &mut Db, id: AccountId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT email_confirmed_at IS NOT NULL AS "confirmed!: bool" FROM accounts WHERE id = ? FOR UPDATE"#,
        id
    )
    .fetch_one(db)
    .await
}

/// The version of one of the account's users, in whichever tenant.
pub(crate) async fn user_version(db: &mut Db, id: UserId) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT version FROM own_users WHERE id = ?", id).fetch_one(db).await
}

/// The account's e-mail and the hash of its password.
pub(crate) async fn credentials(db: &mut Db, id: AccountId) -> sqlx::Result<(Email, Option<String>)> {
    let row = sqlx::query!(
        r#"SELECT email AS "email: Email", password_hash AS "password_hash: String" FROM accounts WHERE id = ?"#,
        id
    )
    .fetch_one(db)
    .await?;
    Ok((row.email, row.password_hash))
}

/// Sets the password that somebody chose.
pub(crate) async fn set_password(db: &mut Db, id: AccountId, hash: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE accounts SET password_hash = ?, password_changed_at = ?, must_change_password = FALSE,
         version = version + 1 WHERE id = ?",
        hash,
        now,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Sets the password that somebody chose, in the place of the one that he has just proved; false
/// when that is not the password any more.
pub(crate) async fn change_password(
    db: &mut Db,
    id: AccountId,
    proved: Option<&str>,
    hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE accounts SET password_hash = ?, password_changed_at = ?, must_change_password = FALSE,
         version = version + 1 WHERE id = ? AND password_hash <=> ?",
        hash,
        now,
        id,
        proved
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps the same password under today's parameters; one that was set since it was proved stays as it is.
pub(crate) async fn rehash(db: &mut Db, id: AccountId, proved: &str, hash: &str) -> sqlx::Result<()> {
    sqlx::query!("UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?", hash, id, proved)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that a link sent to the account's address came back.
pub(crate) async fn confirm_email(db: &mut Db, id: AccountId, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE accounts SET email_confirmed_at = COALESCE(email_confirmed_at, ?), version = version + 1 WHERE id = ?",
        now,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Gives the account another address, which was just confirmed.
pub(crate) async fn set_email(db: &mut Db, id: AccountId, email: &Email, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE accounts SET email = ?, email_confirmed_at = ?, version = version + 1 WHERE id = ?",
        email,
        now,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the address from an account that nobody has confirmed; what stands in its place reaches nobody. False when it
/// was confirmed meanwhile.
pub(crate) async fn release_email(db: &mut Db, id: AccountId, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE accounts SET email = CONCAT(LOWER(HEX(id)), '@released.invalid'), password_hash = NULL, \
         version = version + 1, updated_at = ? WHERE id = ? AND email_confirmed_at IS NULL",
    )
    .bind(now.naive_utc())
    .bind(id)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes the language that the account's owner chose.
pub(crate) async fn set_locale(db: &mut Db, id: AccountId, locale: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE accounts SET locale = ?, locale_chosen = TRUE, version = version + 1 WHERE id = ?",
        locale,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The language that the account's owner chose, if he did.
pub(crate) async fn chosen_locale(db: &mut Db, id: AccountId) -> sqlx::Result<Option<String>> {
    let row = sqlx::query!(r#"SELECT locale AS "locale: String" FROM accounts WHERE id = ? AND locale_chosen"#, id)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| row.locale))
}

/// Makes every session of the account's users, in all tenants, one of an older version.
pub(crate) async fn raise_session_versions(db: &mut Db) -> sqlx::Result<()> {
    sqlx::query!("UPDATE own_users SET session_version = session_version + 1").execute(db).await?;
    Ok(())
}

/// The account's sessions that nobody has ended, in all tenants.
pub(crate) async fn live_sessions(db: &mut Db) -> sqlx::Result<Vec<SessionId>> {
    sqlx::query_scalar!(r#"SELECT id AS "id: SessionId" FROM sessions WHERE ended_at IS NULL"#).fetch_all(db).await
}

/// Ends the account's sessions, but for one.
pub(crate) async fn end_sessions(
    db: &mut Db,
    keep: Option<SessionId>,
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE ended_at IS NULL AND NOT (id <=> ?)",
        now,
        reason,
        keep
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Brings the session that goes on up to its user's session version.
pub(crate) async fn keep_session(db: &mut Db, session: SessionId, user: UserId) -> sqlx::Result<()> {
    let version =
        sqlx::query_scalar!("SELECT session_version FROM own_users WHERE id = ?", user).fetch_one(&mut *db).await?;
    sqlx::query!("UPDATE sessions SET session_version = ? WHERE id = ?", version, session).execute(db).await?;
    Ok(())
}
