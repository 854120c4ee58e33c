//! Accounts: one person, one sign-in, however many tenants he works for.

pub(crate) mod others;
pub(crate) mod store;

use serde::{Deserialize, Deserializer};
use shared::{
    App, Error, Result,
    auth::{AccountId, Caller, CompanyId, Role, TenantId, UserId},
    db::{Context, Work},
    types::Email,
};
use uuid::Uuid;

/// What is known of an e-mail address before anybody is signed in.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    #[serde(rename = "accountId", deserialize_with = "account_id")]
    pub(crate) id: AccountId,
    pub(crate) password_hash: Option<String>,
    pub(crate) email_confirmed: bool,
    pub(crate) users: Vec<Membership>,
}

/// An account's place in one tenant.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Membership {
    #[serde(rename = "tenantId", deserialize_with = "tenant_id")]
    pub(crate) tenant: TenantId,
    pub(crate) tenant_name: String,
    tenant_status: String,
    #[serde(rename = "userId", deserialize_with = "user_id")]
    pub(crate) user: UserId,
    pub(crate) role: Role,
    #[serde(rename = "companyId", deserialize_with = "company_id")]
    pub(crate) company: Option<CompanyId>,
    pub(crate) name: String,
    is_active: bool,
    pub(crate) session_version: i64,
}

// The look-up functions write ids as 32 digits.
fn account_id<'de, D: Deserializer<'de>>(from: D) -> Result<AccountId, D::Error> {
    Uuid::deserialize(from).map(AccountId::from_uuid)
}

fn tenant_id<'de, D: Deserializer<'de>>(from: D) -> Result<TenantId, D::Error> {
    Uuid::deserialize(from).map(TenantId::from_uuid)
}

fn user_id<'de, D: Deserializer<'de>>(from: D) -> Result<UserId, D::Error> {
    Uuid::deserialize(from).map(UserId::from_uuid)
}

fn company_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<CompanyId>, D::Error> {
    Ok(Option::<Uuid>::deserialize(from)?.map(CompanyId::from_uuid))
}

impl Account {
    /// The places in which the account may sign in: none before its e-mail is confirmed.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Membership> {
        self.users.iter().filter(|user| self.email_confirmed && user.is_active && user.tenant_status == "ACTIVE")
    }

    /// The tenant that this account registered and has not confirmed yet.
    pub(crate) fn pending(&self) -> Option<&Membership> {
        self.users.iter().find(|user| user.is_active && user.tenant_status == "PENDING")
    }

    /// Whose rows the account sees in one of its places.
    pub(crate) fn context(&self, place: &Membership) -> Context {
        Context::new(place.tenant, place.company, place.user, self.id)
    }
}

/// The account of this e-mail, with its places.
pub(crate) async fn find(app: &App, email: &Email) -> Result<Option<Account>> {
    let mut db = app.read_as(Context::nobody()).await?;
    let text = store::users_of_email(&mut db, email).await?;
    let found: Vec<Account> = serde_json::from_str(&text)?;
    Ok(found.into_iter().next())
}

/// The e-mail of the account that is signed in.
pub(crate) fn email_of(caller: &Caller) -> Result<Email> {
    Email::parse(&caller.email).map_err(|_| Error::internal("an account with an unreadable e-mail"))
}

/// Ends every session of the account in every tenant, but for one that may go on.
pub(crate) async fn end_sessions(
    work: &mut Work,
    keep: Option<(shared::auth::SessionId, UserId)>,
    reason: &'static str,
) -> Result<()> {
    let now = work.now();
    store::raise_session_versions(work).await?;
    for session in store::live_sessions(work).await? {
        match keep {
            Some((kept, _)) if kept == session => work.forget_session(session),
            _ => work.end_session(session),
        }
    }
    store::end_sessions(work, keep.map(|(session, _)| session), reason, now).await?;
    if let Some((session, user)) = keep {
        store::keep_session(work, session, user).await?;
    }
    Ok(())
}
