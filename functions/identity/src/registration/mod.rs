//! Registration: a tenant and its first ADMIN, inactive until the e-mail is confirmed.
//!
//! - A new e-mail founds an account with the password that was typed.
//! - An e-mail whose account was never confirmed founds it anew: the latest password counts, and
//!   only the latest link works.
//! - The account of a confirmed e-mail gets a further tenant, which waits for the link in the mail;
//!   the password that was typed is ignored, since whoever typed it proved nothing.
//!
//! The link is confirmed with the account's password: it shows that one person holds the mailbox and
//! chose the password. The link alone would let somebody register a stranger's e-mail with a password
//! of his own and wait for the stranger to open the mail.
//!
//! In each case the answer is the same and a mail goes out. An account has one unconfirmed tenant at most.

pub mod api;
mod store;

use shared::{
    App, Code, Error, Result,
    auth::{AccountId, Role, TenantId, UserId, password::Password},
    db::{Action, Actor, Audit, Context, Event, Work, search, violated_key},
    error::{Language, Text as Words},
    http::{reply::Reply, request},
    types::{Email, Text},
};

use crate::{
    accounts::{self, Account},
    links::{self, Link, Purpose},
    mail,
    pace::Pace,
    passwords::{Owner, Strictness, check},
    record::{note, record},
    sessions::Attempt,
};

shared::input! {
    /// An organisation and its first administrator.
    pub struct Registration {
        /// The organisation's name.
        pub tenant_name: Text<2, 255>,
        /// The administrator's name.
        pub name: Text<2, 255>,
        /// The administrator's e-mail.
        pub email: Email,
        /// The administrator's password: 12 to 128 characters.
        pub password: Password,
    }
}

shared::input! {
    /// The link in the mail, opened by whoever registered.
    pub struct Confirmation {
        /// The token.
        pub token: Text<1, 500>,
        /// The password of the registration; of an e-mail that had an account, that account's.
        pub password: Password,
    }
}

/// Registers; nothing in the answer tells whether the e-mail was known.
pub(crate) async fn register(app: &App, input: &Registration) -> Result<()> {
    if !app.config().registration_open {
        return Err(Error::new(Code::Forbidden).text(Words::new(
            "Kayıt şu anda kapalı. Hesap açtırmak için bizimle iletişime geçin.",
            "Registration is closed at the moment. Contact us to have an account opened.",
        )));
    }
    let owner = Owner { email: &input.email, names: &[input.name.as_str()], tenants: &[input.tenant_name.as_str()] };
    check("password", &input.password, Strictness::Staff, &owner)?;
    let hash = app.hasher().hash(&input.password).await?;
    let pace = Pace::of_mail();
    let account = accounts::find(app, &input.email).await?;
    let begun = match &account {
        None => found(app, input, &hash).await,
        Some(account) => found_again(app, input, account, &hash).await,
    };
    match begun {
        Ok(()) => {}
        // Somebody registers the same e-mail, or opens the link of its mail, at this very moment:
        // his mail serves both.
        Err(error) if error.code() == Code::Duplicate => {}
        Err(error) => return Err(error),
    }
    pace.keep().await;
    Ok(())
}

fn actor(input: &Registration) -> Actor {
    Actor { user: None, name: input.name.as_str().to_owned(), email: Some(input.email.as_str().to_owned()) }
}

fn locale() -> &'static str {
    match request::current().language {
        Language::Tr => "tr",
        Language::En => "en",
    }
}

/// A new e-mail: account, tenant and user.
async fn found(app: &App, input: &Registration, hash: &str) -> Result<()> {
    let now = app.now();
    let (tenant, user, account) = (TenantId::new_at(now), UserId::new_at(now), AccountId::new_at(now));
    let mut work = app.begin_as(Context::new(tenant, None, user, account), actor(input)).await?;
    match accounts::store::insert(&mut work, account, &input.email, hash, None, locale(), now).await {
        Err(error) if violated_key(&error).is_some() => {
            work.roll_back().await;
            return Err(Error::new(Code::Duplicate));
        }
        done => done?,
    }
    insert(&mut work, tenant, user, account, input).await?;
    send(work, user, account, input, "auth.confirm").await
}

/// A known e-mail: its unconfirmed tenant under the new name, or a further tenant.
async fn found_again(app: &App, input: &Registration, account: &Account, hash: &str) -> Result<()> {
    let now = app.now();
    let pending = account.pending();
    let (tenant, user) = pending.map_or_else(|| (TenantId::new_at(now), UserId::new_at(now)), |p| (p.tenant, p.user));
    let mut work = app.begin_as(Context::new(tenant, None, user, account.id), actor(input)).await?;
    // Only the account that is held can be trusted to be unconfirmed still: its owner may have opened
    // a link meanwhile, and nobody but him sets its password from then on.
    let template = if accounts::store::lock(&mut work, account.id).await? {
        "auth.registered-again"
    } else {
        accounts::store::set_password(&mut work, account.id, hash, now).await?;
        note(&mut work, None, Audit::new(Action::PasswordChange, "account", account.id.as_uuid()));
        "auth.confirm"
    };
    if pending.is_some() {
        if !store::rename(&mut work, tenant, input.tenant_name.as_str()).await? {
            work.roll_back().await;
            return Err(Error::new(Code::Duplicate));
        }
        store::rename_user(&mut work, user, input.name.as_str()).await?;
        search::index(&mut work, "USER", user.as_uuid(), None, &[input.name.as_str(), input.email.as_str()]).await?;
        let after = serde_json::json!({"name": input.tenant_name.as_str()});
        let before = serde_json::json!({"name": pending.map(|place| place.tenant_name.as_str())});
        let audit = Audit::updated("tenant", tenant.as_uuid(), &before, &after);
        let version = store::version(&mut work, tenant).await?;
        record(&mut work, None, audit, Event::new("tenant.updated", tenant.as_uuid(), version));
    } else {
        insert(&mut work, tenant, user, account.id, input).await?;
    }
    send(work, user, account.id, input, template).await
}

async fn insert(
    work: &mut Work,
    tenant: TenantId,
    user: UserId,
    account: AccountId,
    input: &Registration,
) -> Result<()> {
    let now = work.now();
    store::insert_tenant(work, tenant, input.tenant_name.as_str(), now).await?;
    store::insert_admin(work, user, account, input.name.as_str(), now).await?;
    search::index(work, "USER", user.as_uuid(), None, &[input.name.as_str(), input.email.as_str()]).await?;
    let made = serde_json::json!({"name": input.tenant_name.as_str(), "status": "PENDING"});
    let audit = Audit::created("tenant", tenant.as_uuid(), &made);
    record(work, None, audit, Event::new("tenant.registered", tenant.as_uuid(), 1));
    let made = serde_json::json!({"name": input.name.as_str(), "role": Role::Admin});
    let audit = Audit::created("user", user.as_uuid(), &made);
    record(work, None, audit, Event::new("user.created", user.as_uuid(), 1));
    Ok(())
}

async fn send(
    mut work: Work,
    user: UserId,
    account: AccountId,
    input: &Registration,
    template: &'static str,
) -> Result<()> {
    let owner = links::Owner::Account(account, user);
    let link = links::issue(&mut work, Purpose::ConfirmEmail, owner, None, &input.email).await?;
    mail::link(&mut work, None, template, link);
    work.finish().await
}

/// Asks for the password of the account that the link is for. One that is wrong leaves the link good.
async fn prove(app: &App, link: &Link, account: AccountId, password: &Password) -> Result<()> {
    // An account that has another address by now: the link went to a mailbox that is no longer its owner's.
    let found = accounts::find(app, &link.email).await?.filter(|found| found.id == account);
    let found = found.ok_or_else(|| Error::new(Code::Gone))?;
    let attempt = Attempt::begin(app, &link.email, password).await?;
    if attempt.is_right(app, Some(&found)).await? {
        return attempt.succeeded(app).await;
    }
    let refusal = if found.email_confirmed {
        Error::field(
            "password",
            "WRONG_PASSWORD",
            "Bu e-posta adresinin zaten bir hesabı var; o hesabın parolasını yazın.",
            "This e-mail has an account already; write that account's password.",
        )
    } else {
        Error::field(
            "password",
            "WRONG_PASSWORD",
            "Bu parola, bu kaydın parolası değil. Kayıt sırasında belirlediğiniz parolayı yazın; kaydı siz \
             yapmadıysanız onaylamayın, kendi parolanızla yeniden kaydolun.",
            "This is not the password of this registration. Write the one that you chose when you registered; if \
             somebody else registered, do not confirm it but register again with a password of your own.",
        )
    };
    Err(attempt.failed(app, Some(&found), refusal).await?)
}

/// Opens the tenant whose first ADMIN proved the mailbox and the password.
pub(crate) async fn confirm(app: &App, input: &Confirmation) -> Result<Reply> {
    let link = links::look(app, Purpose::ConfirmEmail, input.token.as_str()).await?;
    let (account, user) = link.owner()?;
    prove(app, &link, account, &input.password).await?;
    let actor = Actor { user: Some(user), name: String::new(), email: Some(link.email.as_str().to_owned()) };
    let mut work = app.begin_as(link.context(user, account), actor).await?;
    // Whoever registers the e-mail anew holds the account first as well: his password comes with another link.
    accounts::store::lock(&mut work, account).await?;
    links::redeem(&mut work, &link).await?;
    let now = work.now();
    accounts::store::confirm_email(&mut work, account, now).await?;
    if !store::activate(&mut work, link.tenant).await? {
        return Err(Error::new(Code::Gone));
    }
    let (before, after) = (serde_json::json!({"status": "PENDING"}), serde_json::json!({"status": "ACTIVE"}));
    let tenant = link.tenant.as_uuid();
    let version = store::version(&mut work, link.tenant).await?;
    record(
        &mut work,
        None,
        Audit::updated("tenant", tenant, &before, &after),
        Event::new("tenant.activated", tenant, version),
    );
    work.commit(Reply::no_content()).await
}
