//! Links in mail: a row with a nonce here, a signature over it in the mail, and nothing that opens anything in between.

mod recipient;
pub(crate) mod store;

use chrono::Duration;
use serde::Deserialize;
use serde_json::Value;
use shared::{
    App, Code, Error, Result,
    auth::{AccountId, CompanyId, TenantId, UserId},
    crypto::{LinkToken, random},
    db::{Context, Work},
    types::Email,
};
use uuid::Uuid;

use crate::invitations::InvitationId;

shared::id! {
    /// A link that was sent in a mail.
    LinkId
}

shared::text_enum! {
    /// What a link is good for; the word is part of what is signed.
    pub enum Purpose {
        /// Confirms the e-mail of a registration.
        ConfirmEmail = "CONFIRM_EMAIL",
        /// Sets a new password.
        ResetPassword = "RESET_PASSWORD",
        /// Accepts an invitation.
        Invite = "INVITE",
        /// Confirms a new e-mail address.
        ChangeEmail = "CHANGE_EMAIL",
    }
}

impl Purpose {
    /// How long such a link is good.
    pub fn life(self) -> Duration {
        match self {
            Self::ResetPassword => Duration::hours(1),
            Self::ConfirmEmail | Self::ChangeEmail => Duration::hours(24),
            Self::Invite => Duration::hours(72),
        }
    }
}

/// Makes every link void that could take the account from whoever has just shown that it is his:
/// one that somebody else asked for while he had the password.
pub(crate) async fn revoke_all(work: &mut Work) -> Result<()> {
    let now = work.now();
    store::revoke_own(work, Purpose::ResetPassword, now).await?;
    store::revoke_own(work, Purpose::ChangeEmail, now).await?;
    Ok(())
}

/// Whom a link is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner {
    /// Somebody who has an account.
    Account(AccountId, UserId),
    /// Somebody who is invited.
    Invitation(InvitationId),
}

/// Makes a link; the account's earlier one for the same purpose is void from then on.
pub(crate) async fn issue(
    work: &mut Work,
    purpose: Purpose,
    owner: Owner,
    company: Option<CompanyId>,
    email: &Email,
) -> Result<LinkId> {
    insert(work, purpose, owner, company, email, serde_json::json!({})).await
}

/// Makes a link that gives the account another address, and keeps the present one with it, which is
/// told of the change.
pub(crate) async fn issue_change(
    work: &mut Work,
    owner: Owner,
    company: Option<CompanyId>,
    email: &Email,
    previous: &Email,
) -> Result<LinkId> {
    let payload = serde_json::json!({"previousEmail": previous.as_str()});
    insert(work, Purpose::ChangeEmail, owner, company, email, payload).await
}

async fn insert(
    work: &mut Work,
    purpose: Purpose,
    owner: Owner,
    company: Option<CompanyId>,
    email: &Email,
    payload: Value,
) -> Result<LinkId> {
    recipient::take(work, purpose, email).await?;
    let now = work.now();
    let id = LinkId::new_at(now);
    if let Owner::Account(account, _) = owner {
        crate::accounts::store::lock(work, account).await?;
        store::revoke_own(work, purpose, now).await?;
    }
    let nonce: [u8; 32] = random::bytes();
    store::insert(work, id, purpose, owner, company, &nonce, email, payload, now).await?;
    Ok(id)
}

/// A link that somebody opened and that was good when it was looked at.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: LinkId,
    pub(crate) tenant: TenantId,
    pub(crate) company: Option<CompanyId>,
    pub(crate) account: Option<AccountId>,
    pub(crate) user: Option<UserId>,
    pub(crate) invitation: Option<InvitationId>,
    pub(crate) email: Email,
}

/// Where a link's row is found.
#[derive(Deserialize)]
struct Place {
    #[serde(rename = "tenantId")]
    tenant: Uuid,
    #[serde(rename = "companyId")]
    company: Option<Uuid>,
    #[serde(rename = "userId")]
    user: Option<Uuid>,
    #[serde(rename = "accountId")]
    account: Option<Uuid>,
    #[serde(rename = "invitationId")]
    invitation: Option<Uuid>,
}

impl Place {
    fn tenant(&self) -> TenantId {
        TenantId::from_uuid(self.tenant)
    }

    fn company(&self) -> Option<CompanyId> {
        self.company.map(CompanyId::from_uuid)
    }
}

impl Link {
    /// Whose rows the link opens; for an invitation the account and user are named by the caller.
    pub(crate) fn context(&self, user: UserId, account: AccountId) -> Context {
        Context::new(self.tenant, self.company, user, account)
    }

    /// The account and the user that the link is for.
    pub(crate) fn owner(&self) -> Result<(AccountId, UserId)> {
        self.account.zip(self.user).ok_or_else(|| Error::internal("a link of an account without one"))
    }
}

/// Looks at a link without using it.
///
/// # Errors
/// `NOT_FOUND` for a token that we did not make, `GONE` for one that was good once.
pub(crate) async fn look(app: &App, purpose: Purpose, token: &str) -> Result<Link> {
    let token = LinkToken::parse(token).map_err(|_| Error::not_found())?;
    let id = LinkId::from_uuid(token.id());
    let mut db = app.read_as(Context::nobody()).await?;
    let place = store::place_of(&mut db, id).await?.ok_or_else(Error::not_found)?;
    drop(db);
    let place: Place = serde_json::from_str(&place)?;
    let nobody = (UserId::from_uuid(Uuid::nil()), AccountId::from_uuid(Uuid::nil()));
    let mut db = app.read_as(Context::new(place.tenant(), place.company(), nobody.0, nobody.1)).await?;
    let row = store::find(&mut db, id, purpose).await?.ok_or_else(Error::not_found)?;
    if !app.signer().verify_link(purpose.as_str(), &token, &row.nonce) {
        return Err(Error::not_found());
    }
    if row.used || row.revoked || row.expires_at <= app.now() {
        return Err(Error::new(Code::Gone));
    }
    Ok(Link {
        id,
        tenant: place.tenant(),
        company: place.company(),
        account: place.account.map(AccountId::from_uuid),
        user: place.user.map(UserId::from_uuid),
        invitation: place.invitation.map(InvitationId::from_uuid),
        email: row.email,
    })
}

/// Uses a link up, in the transaction of its effect: of two at once one finds it gone.
pub(crate) async fn redeem(work: &mut Work, link: &Link) -> Result<()> {
    let now = work.now();
    if store::redeem(work, link.id, now).await? { Ok(()) } else { Err(Error::new(Code::Gone)) }
}
