//! Signing in.

use serde::Serialize;
use shared::{
    App, Code, Error, Result,
    auth::{
        Role, SessionId, TenantId, cookie,
        password::{Hasher, Password},
        session::{self, NewSession, Session},
    },
    crypto::random,
    db::{Action, Actor, Audit, Work},
    error::Text,
    http::{reply::Reply, request},
    types::Email,
};
use utoipa::ToSchema;

use super::{Attempt, Client, SignedIn, SignedInUser, device, store, tokens};
use crate::{
    accounts::{self, Account, Membership},
    mail,
    pace::Pace,
    record::note,
};

shared::input! {
    /// E-mail and password.
    pub struct SignIn {
        /// The account's e-mail.
        pub email: Email,
        /// The account's password.
        pub password: Password,
        /// Which tenant to sign in to, when the account has several.
        pub tenant_id: Option<TenantId>,
        /// Whether a customer's device is to be remembered for 30 days.
        pub remember: Option<bool>,
        /// `browser`, which is set a cookie, or `mobile`, which is given tokens; `browser` if left out.
        pub client: Option<Client>,
    }
}

/// What a sign-in leads to: a session, or the question which tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum SignInAnswer {
    /// Signed in.
    SignedIn(SignedIn),
    /// The password was right, and there are several tenants: sign in again with one of their ids.
    Choose(TenantChoice),
}

/// The tenants that an account may sign in to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TenantChoice {
    /// Always true.
    pub tenant_required: bool,
    /// The tenants.
    pub tenants: Vec<TenantOption>,
}

/// One tenant to choose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantOption {
    /// The tenant.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// The account's role there.
    pub role: Role,
}

/// The one answer to an unknown e-mail, a wrong password, a deactivated user and an unconfirmed account.
fn refused() -> Error {
    Error::new(Code::Unauthorized).text(Text::new(
        "E-posta adresi ya da parola hatalı, ya da hesap etkin değil.",
        "The e-mail address or the password is wrong, or the account is not active.",
    ))
}

/// Signs in.
pub(super) async fn sign_in(app: &App, input: SignIn) -> Result<Reply> {
    let account = prove(app, &input).await?;
    match choose(&account, input.tenant_id)? {
        Some(chosen) => start(app, &account, chosen, Beginning::from(&input)).await,
        None => Reply::ok(&SignInAnswer::Choose(TenantChoice { tenant_required: true, tenants: options(&account) })),
    }
}

/// The account whose password this is.
pub(crate) async fn prove(app: &App, input: &SignIn) -> Result<Account> {
    let pace = Pace::of_refusal();
    let attempt = Attempt::begin(app, &input.email, &input.password).await?;
    let account = accounts::find(app, &input.email).await?;
    if !attempt.is_right(app, account.as_ref()).await?
        || account.as_ref().is_none_or(|account| account.open().next().is_none())
    {
        let locking = Pace::of_mail();
        let refusal = attempt.failed(app, account.as_ref(), refused()).await?;
        let pace = if refusal.code() == Code::AccountLocked { locking } else { pace };
        pace.keep().await;
        return Err(refusal);
    }
    attempt.succeeded(app).await?;
    account.ok_or_else(refused)
}

/// The tenants to choose from.
pub(crate) fn options(account: &Account) -> Vec<TenantOption> {
    let option =
        |place: &Membership| TenantOption { id: place.tenant, name: place.tenant_name.clone(), role: place.role };
    account.open().map(option).collect()
}

/// The tenant that was asked for, or the only one.
pub(crate) fn choose(account: &Account, wanted: Option<TenantId>) -> Result<Option<&Membership>> {
    if let Some(wanted) = wanted {
        return account
            .open()
            .find(|place| place.tenant == wanted)
            .map(Some)
            .ok_or_else(|| Error::not_found_in("tenantId"));
    }
    let mut open = account.open();
    let first = open.next();
    Ok(first.filter(|_| open.next().is_none()))
}

/// The session that somebody begins who has proved the password.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beginning<'a> {
    /// The account's e-mail.
    pub(crate) email: &'a Email,
    /// The password, unless it was proved in an earlier request.
    pub(crate) password: Option<&'a Password>,
    /// Whether a customer's device is to be remembered.
    pub(crate) remember: bool,
    /// The kind of program.
    pub(crate) client: Client,
}

impl<'a> From<&'a SignIn> for Beginning<'a> {
    fn from(input: &'a SignIn) -> Self {
        Self {
            email: &input.email,
            password: Some(&input.password),
            remember: input.remember.unwrap_or(false),
            client: input.client.unwrap_or(Client::Browser),
        }
    }
}

/// Begins a session in this place.
pub(crate) async fn start(app: &App, account: &Account, place: &Membership, beginning: Beginning<'_>) -> Result<Reply> {
    let new_hash = match (&account.password_hash, beginning.password) {
        (Some(stored), Some(password)) if Hasher::is_outdated(stored) => {
            Some((stored, app.hasher().hash(password).await?))
        }
        _ => None,
    };
    let actor =
        Actor { user: Some(place.user), name: place.name.clone(), email: Some(beginning.email.as_str().to_owned()) };
    let mut work = app.begin_as(account.context(place), actor).await?;
    if let Some((proved, hash)) = new_hash {
        accounts::store::rehash(&mut work, account.id, proved, &hash).await?;
    }
    let new = new_session(&mut work, account, place, beginning).await?;
    write(&mut work, &new).await?;

    let session = &new.session;
    let tokens = new.refresh_nonce.as_ref().map(|nonce| tokens(app, session, nonce)).transpose()?;
    let answer =
        SignInAnswer::SignedIn(SignedIn { user: SignedInUser::from(session), expires_at: session.expires_at, tokens });
    let mut reply = Reply::ok(&answer)?;
    if beginning.client == Client::Browser {
        let token = app.tokens().sign(&session.claims(session.expires_at))?;
        reply = reply.cookie(cookie::set(app.config().is_https(), &token, work.now(), session.expires_at));
    }
    work.commit(reply).await
}

async fn new_session(
    work: &mut Work,
    account: &Account,
    place: &Membership,
    Beginning { email, remember, client, .. }: Beginning<'_>,
) -> Result<NewSession> {
    let now = work.now();
    let (company_admin, locale) = store::extras(work, place.user).await?;
    Ok(NewSession {
        session: Session {
            id: SessionId::new_at(now),
            tenant: place.tenant,
            user: place.user,
            account: account.id,
            company: place.company,
            role: place.role,
            company_admin,
            name: place.name.clone(),
            email: email.as_str().to_owned(),
            locale,
            expires_at: now + session::absolute_life(place.role, remember),
        },
        session_version: place.session_version,
        client: client.into(),
        remember,
        refresh_nonce: (client == Client::Mobile).then(random::bytes),
    })
}

/// Whether a device is one that the account was never seen on; the first of all is not. Another version of a
/// browser is the same device, and so is one that was carried elsewhere: who is warned too often reads no warning.
fn is_new_device(agent: Option<&str>, earlier: &[Option<String>]) -> bool {
    let name = device::name(agent);
    !earlier.is_empty() && earlier.iter().all(|one| device::name(one.as_deref()) != name)
}

/// Writes the session, and a mail when the account was never seen on such a device.
async fn write(work: &mut Work, new: &NewSession) -> Result<()> {
    let (now, info) = (work.now(), request::current());
    let network = info.address.map(session::ip_prefix);
    let agent = info.user_agent.as_deref();
    let earlier = store::earlier_agents(work).await?;
    session::insert(work, new, now, agent, network.as_deref()).await?;
    let session = &new.session;
    if is_new_device(agent, &earlier) {
        let params = serde_json::json!({"device": device::name(agent), "place": network});
        mail::user(work, session.company, "auth.new-device", session.user, Some(params));
    }
    let audit = Audit::new(Action::Login, "session", session.id.as_uuid())
        .note("client", new.client.as_str())
        .note("userId", session.user.to_string());
    note(work, session.company, audit);
    Ok(())
}
