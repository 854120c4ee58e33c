//! Sessions: MariaDB holds the record, Redis a copy for at most thirty seconds.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Row, mysql::MySqlRow};

use super::{AccountId, CompanyId, Role, SessionId, TenantId, UserId, token::Claims};
use crate::{
    app::App,
    db::{Context, Db},
    error::{Code, Error, Language, Result},
};

/// How long Redis's copy is believed.
pub const COPY_SECONDS: u64 = 30;
/// How long a refresh token that was just replaced still gets its successor.
pub const REFRESH_GRACE: Duration = Duration::seconds(10);
/// "Last seen" is written at most this often.
const SEEN_EVERY: Duration = Duration::seconds(60);

crate::text_enum! {
    /// The kind of program that signed in.
    pub enum ClientKind {
        /// A browser, with a cookie.
        Browser = "BROWSER",
        /// An app, with an access and a refresh token.
        Mobile = "MOBILE",
    }
}

/// How long a session lives, whatever happens, for this role.
pub fn absolute_life(role: Role, remember: bool) -> Duration {
    match (role.is_staff(), remember) {
        (true, _) => Duration::hours(12),
        (false, false) => Duration::days(7),
        (false, true) => Duration::days(30),
    }
}

/// How long a session lives unused, for this role. "Remember" on a customer's device means that
/// no day at home ends it.
pub fn idle_life(role: Role, remember: bool) -> Duration {
    match (role.is_staff(), remember) {
        (true, _) => Duration::minutes(60),
        (false, false) => Duration::hours(24),
        (false, true) => Duration::days(30),
    }
}

/// What the guard knows of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The account.
    pub account: AccountId,
    /// The company of a customer's user.
    pub company: Option<CompanyId>,
    /// The role, as it is now.
    pub role: Role,
    /// Whether a customer's user administers the users of the company.
    pub company_admin: bool,
    /// The user's name.
    pub name: String,
    /// The account's e-mail.
    pub email: String,
    /// The language that the account chose.
    pub locale: String,
    /// When the session ends whatever happens.
    pub expires_at: DateTime<Utc>,
}

/// The key of Redis's copy.
pub fn copy_key(session: SessionId) -> String {
    format!("session:{session}")
}

/// What stands in the place of the copy of a session that is over for good, for as long as its
/// tokens could be sent: they cost no look into the database and nothing of their owner's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It was ended.
    Ended,
    /// It was not used for too long.
    Expired,
}

impl Over {
    /// The word that is kept; `window.lua` knows it too.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Expired => "expired",
        }
    }

    /// Reads what is kept of a session; none for a copy.
    pub fn read(kept: &str) -> Option<Self> {
        [Self::Ended, Self::Expired].into_iter().find(|over| over.as_str() == kept)
    }

    /// The answer to its tokens.
    pub fn error(self) -> Error {
        Error::new(match self {
            Self::Ended => Code::SessionRevoked,
            Self::Expired => Code::TokenExpired,
        })
    }
}

/// What the record behind a token says.
#[derive(Debug)]
pub enum Record {
    /// The session goes on.
    Live(Box<Session>),
    /// It is over for good.
    Over(Over),
    /// It is not to be used at the moment: its tenant is suspended.
    Suspended,
}

/// Reads the record behind a token, and notes that it was seen.
pub async fn load(app: &App, claims: &Claims) -> Result<Record> {
    let now = app.now();
    let context = Context::new(claims.tid, claims.cid, claims.uid, claims.aid);
    let mut db = app.pool().scoped(context).await?;
    let row = sqlx::query(
        "SELECT tenant_id, user_id, account_id, company_id, role, is_company_admin, user_name, email, locale, \
         session_version = user_session_version AS is_current, user_is_active, tenant_status, ended_at, expires_at, \
         last_seen_at, idle_seconds FROM session_checks WHERE id = ?",
    )
    .bind(claims.sid)
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(Record::Over(Over::Ended)) };

    let time = |name: &str| row.try_get::<chrono::NaiveDateTime, _>(name).map(|t| t.and_utc());
    let flag = |name: &str| row.try_get::<bool, _>(name);
    let ended: Option<chrono::NaiveDateTime> = row.try_get("ended_at")?;
    // Whoever is let in again begins with another session version: these sessions stay over.
    if ended.is_some() || !flag("is_current")? || !flag("user_is_active")? {
        return Ok(Record::Over(Over::Ended));
    }
    let (expires_at, seen) = (time("expires_at")?, time("last_seen_at")?);
    let idle = Duration::seconds(i64::from(row.try_get::<u32, _>("idle_seconds")?));
    if expires_at <= now || seen + idle <= now {
        return Ok(Record::Over(Over::Expired));
    }
    // The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
    if row.try_get_unchecked::<&str, _>("tenant_status")? != "ACTIVE" {
        return Ok(Record::Suspended);
    }
    if now - seen > SEEN_EVERY {
        sqlx::query("UPDATE sessions SET last_seen_at = ? WHERE id = ?")
            .bind(now.naive_utc())
            .bind(claims.sid)
            .execute(&mut *db)
            .await?;
    }
    let session = read(claims.sid, expires_at, &row)?;
    // A token that was made before the user was moved says less than the record: the record decides.
    if (session.tenant, session.user, session.account) != (claims.tid, claims.uid, claims.aid) {
        return Ok(Record::Over(Over::Ended));
    }
    Ok(Record::Live(Box::new(session)))
}

fn read(id: SessionId, expires_at: DateTime<Utc>, row: &MySqlRow) -> sqlx::Result<Session> {
    Ok(Session {
        id,
        tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
        user: UserId::from_uuid(row.try_get("user_id")?),
        account: AccountId::from_uuid(row.try_get("account_id")?),
        company: row.try_get::<Option<CompanyId>, _>("company_id")?,
        role: row.try_get("role")?,
        company_admin: row.try_get("is_company_admin")?,
        name: row.try_get_unchecked("user_name")?,
        email: row.try_get_unchecked("email")?,
        locale: row.try_get_unchecked("locale")?,
        expires_at,
    })
}

impl Session {
    /// The claims of a token for this session.
    pub fn claims(&self, until: DateTime<Utc>) -> Claims {
        Claims {
            sid: self.id,
            tid: self.tenant,
            uid: self.user,
            aid: self.account,
            cid: self.company,
            role: self.role,
            exp: until.timestamp(),
        }
    }

    /// Whose rows the session sees.
    pub fn context(&self) -> Context {
        Context::new(self.tenant, self.company, self.user, self.account)
    }

    /// The language that the account chose.
    pub fn language(&self) -> Language {
        if self.locale == "en" { Language::En } else { Language::Tr }
    }
}

/// A new session, as the sign-in knows it.
#[derive(Debug)]
pub struct NewSession {
    /// What the guard will know of it.
    pub session: Session,
    /// The user's session version at this moment.
    pub session_version: i64,
    /// The kind of program.
    pub client: ClientKind,
    /// Whether a customer's device is to be remembered.
    pub remember: bool,
    /// The first nonce of an app's refresh tokens.
    pub refresh_nonce: Option<[u8; 32]>,
}

/// Writes the record of a new session.
pub async fn insert(
    db: &mut Db,
    new: &NewSession,
    now: DateTime<Utc>,
    user_agent: Option<&str>,
    ip_prefix: Option<&str>,
) -> Result<()> {
    let session = &new.session;
    sqlx::query(
        "INSERT INTO sessions (id, tenant_id, user_id, account_id, client, session_version, remember, user_agent, ip_prefix, \
         last_seen_at, expires_at, idle_seconds, refresh_nonce, created_at) \
         VALUES (?, current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(session.id)
    .bind(session.user)
    .bind(session.account)
    .bind(new.client.as_str())
    .bind(new.session_version)
    .bind(new.remember)
    .bind(user_agent)
    .bind(ip_prefix)
    .bind(now.naive_utc())
    .bind(session.expires_at.naive_utc())
    .bind(idle_life(session.role, new.remember).num_seconds())
    .bind(new.refresh_nonce.as_ref().map(<[u8; 32]>::as_slice))
    .bind(now.naive_utc())
    .execute(db)
    .await?;
    Ok(())
}

/// The network part of an address, which is enough to recognise a place: /24 or /48.
pub fn ip_prefix(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        std::net::IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_are_those_of_the_role() {
        assert_eq!(absolute_life(Role::Admin, true), Duration::hours(12));
        assert_eq!(absolute_life(Role::Client, false), Duration::days(7));
        assert_eq!(absolute_life(Role::Client, true), Duration::days(30));
        assert_eq!(idle_life(Role::Doctor, false), Duration::minutes(60));
        assert_eq!(idle_life(Role::Client, false), Duration::hours(24));
    }

    #[test]
    fn an_address_is_kept_as_its_network_only() {
        assert_eq!(ip_prefix("203.0.113.77".parse().unwrap()), "203.0.113.0/24");
        assert_eq!(ip_prefix("2001:db8:1:2::7".parse().unwrap()), "2001:db8:1::/48");
    }
}
