//! Sessions: signing in and out, refreshing, and the list of one's own devices.

pub mod api;
mod attempts;
mod device;
mod refresh;
pub(crate) mod sign_in;
mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    App, Error, Result,
    auth::{
        Caller, CompanyId, Role, SessionId, TenantId, UserId, policy,
        session::{ClientKind, Session},
        token::ACCESS_LIFE,
    },
    db::{Action, Audit, Event, Work},
    http::reply::Reply,
};
use utoipa::ToSchema;

pub(crate) use attempts::{Attempt, clear};

use crate::{accounts, record::record};

shared::text_enum! {
    /// The kind of program that signs in.
    pub enum Client {
        /// A browser: the session travels in a cookie.
        Browser = "browser",
        /// An app: it is given an access and a refresh token.
        Mobile = "mobile",
    }
}

impl From<Client> for ClientKind {
    fn from(client: Client) -> Self {
        match client {
            Client::Browser => Self::Browser,
            Client::Mobile => Self::Mobile,
        }
    }
}

/// Who signed in, as the screens show it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedInUser {
    /// The user.
    pub id: UserId,
    /// The user's name.
    pub name: String,
    /// The account's e-mail.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The company of a customer's user.
    pub company_id: Option<CompanyId>,
    /// Whether a customer's user administers the users of the company.
    pub is_company_admin: bool,
    /// The tenant.
    pub tenant_id: TenantId,
}

impl From<&Session> for SignedInUser {
    fn from(session: &Session) -> Self {
        Self {
            id: session.user,
            name: session.name.clone(),
            email: session.email.clone(),
            role: session.role,
            company_id: session.company,
            is_company_admin: session.company_admin,
            tenant_id: session.tenant,
        }
    }
}

/// A new session, or the next tokens of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// Who signed in.
    pub user: SignedInUser,
    /// When the session ends whatever happens.
    pub expires_at: DateTime<Utc>,
    /// The tokens of an app; a browser has its cookie.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
}

/// What an app keeps.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// To be sent as `Authorization: Bearer`.
    pub access_token: String,
    /// When the access token expires: 15 minutes from now.
    pub access_token_expires_at: DateTime<Utc>,
    /// To be exchanged for the next pair; each is good once.
    pub refresh_token: String,
}

/// The tokens of an app's session for its present nonce.
fn tokens(app: &App, session: &Session, nonce: &[u8; 32]) -> Result<Tokens> {
    let until = (app.now() + ACCESS_LIFE).min(session.expires_at);
    Ok(Tokens {
        access_token: app.tokens().sign(&session.claims(until))?,
        access_token_expires_at: until,
        refresh_token: app.tokens().refresh_token(session.id, session.account, nonce),
    })
}

/// Who is signed in, where, and what he may do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The user.
    pub user: SignedInUser,
    /// The tenant.
    pub tenant: MyTenant,
    /// The operations that may be called, by their names in the OpenAPI document.
    pub permissions: Vec<&'static str>,
    /// The session.
    pub session: MySession,
}

/// The tenant of a session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MyTenant {
    /// The tenant.
    pub id: TenantId,
    /// Its name.
    pub name: String,
}

/// The session that a request came with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MySession {
    /// The session.
    pub id: SessionId,
    /// When it ends whatever happens.
    pub expires_at: DateTime<Utc>,
}

/// Who is signed in.
pub async fn me(app: &App, caller: &Caller) -> Result<Me> {
    let mut db = app.read(caller).await?;
    let (tenant, expires_at) = store::surroundings(&mut db, caller.session).await?;
    Ok(Me {
        user: SignedInUser {
            id: caller.user,
            name: caller.name.clone(),
            email: caller.email.clone(),
            role: caller.role,
            company_id: caller.company,
            is_company_admin: caller.company_admin,
            tenant_id: caller.tenant,
        },
        tenant: MyTenant { id: caller.tenant, name: tenant },
        permissions: policy::operations_of(caller.role, caller.company_admin).collect(),
        session: MySession { id: caller.session, expires_at },
    })
}

/// One of the account's devices.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// The session.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// Browser or app.
    pub client: ClientKind,
    /// The program and the system, as far as they can be told.
    pub device: String,
    /// The network that it signed in from.
    pub ip_prefix: Option<String>,
    /// The tenant that it is signed in to.
    pub tenant_id: TenantId,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was seen last, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When the session ends whatever happens.
    pub expires_at: DateTime<Utc>,
}

/// The account's open sessions in all tenants, the one seen last first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Device>> {
    let mut db = app.read(caller).await?;
    let rows = store::open_sessions(&mut db, app.now()).await?;
    Ok(rows
        .into_iter()
        .map(|row| Device {
            id: row.id,
            is_current: row.id == caller.session,
            client: row.client,
            device: device::name(row.user_agent.as_deref()),
            ip_prefix: row.ip_prefix,
            tenant_id: row.tenant_id,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        })
        .collect())
}

/// Ends one session of the account.
pub async fn end(work: &mut Work, caller: &Caller, id: SessionId, reason: &'static str) -> Result<()> {
    let now = work.now();
    if !store::end(work, id, reason, now).await? {
        return Err(Error::not_found());
    }
    work.end_session(id);
    let audit = Audit::new(Action::Logout, "session", id.as_uuid()).note("reason", reason);
    record(work, caller.company, audit, Event::new("session.ended", id.as_uuid(), 1));
    Ok(())
}

/// Ends every session of the account, in every tenant.
pub async fn end_all(app: &App, caller: &Caller) -> Result<Reply> {
    end_many(app, caller, None, "SIGNED_OUT_ALL").await
}

/// Ends every session of the account but the one that asks, in every tenant.
pub async fn end_others(app: &App, caller: &Caller) -> Result<Reply> {
    end_many(app, caller, Some((caller.session, caller.user)), "SIGNED_OUT_OTHERS").await
}

async fn end_many(
    app: &App,
    caller: &Caller,
    keep: Option<(SessionId, UserId)>,
    reason: &'static str,
) -> Result<Reply> {
    let email = accounts::email_of(caller)?;
    let mut work = app.begin(caller, None).await?;
    accounts::end_sessions(&mut work, keep, reason).await?;
    let row = |user: UserId| Audit::new(Action::Logout, "user", user.as_uuid()).note("reason", reason);
    let version = accounts::store::user_version(&mut work, caller.user).await?;
    let event = Event::new("user.signed-out", caller.user.as_uuid(), version);
    record(&mut work, caller.company, row(caller.user), event);
    let reply = work.commit(Reply::no_content()).await?;
    let place = (caller.account, caller.tenant);
    accounts::others::tell(app, place, &email, "user.signed-out", |place| row(place.user)).await;
    Ok(reply)
}

/// Drops Redis's copies of the sessions of another user whose rights have just changed: the next
/// request asks the database, which knows that they are over.
pub(crate) async fn forget_user(app: &App, tenant: TenantId, user: UserId, account: shared::auth::AccountId) {
    let forgotten: Result<()> = async {
        let context = shared::db::Context::new(tenant, None, user, account);
        let mut db = app.read_as(context).await?;
        let keys: Vec<String> =
            store::sessions_of(&mut db, user).await?.into_iter().map(shared::auth::session::copy_key).collect();
        if !keys.is_empty() {
            app.redis().del(&keys).await.map_err(|error| Error::unavailable(error, 5))?;
        }
        Ok(())
    }
    .await;
    // The change stands; a copy that could not be dropped lives for half a minute.
    if let Err(error) = forgotten {
        tracing::warn!(category = "application", error = %error, "session.copy_not_dropped");
    }
}
