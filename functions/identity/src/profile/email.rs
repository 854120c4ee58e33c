//! Another e-mail: asked for with the password, confirmed from the new mailbox, told to the old one.

use shared::{
    App, Code, Detail, Error, Result,
    auth::{AccountId, Caller, password::Password},
    db::{Action, Actor, Audit, Event, search, violated_key},
    error::Text as Words,
    http::reply::Reply,
    types::{Email, Text},
};

use super::store;
use crate::{
    accounts,
    links::{self, Link, Purpose},
    mail, passwords,
    record::{note, record},
};

shared::input! {
    /// The address that the account shall have.
    pub struct NewEmail {
        /// The new address.
        pub email: Email,
        /// The account's password.
        pub password: Password,
    }
}

shared::input! {
    /// The token of the link in the mail to the new address.
    pub struct EmailConfirmation {
        /// The token.
        pub token: Text<1, 500>,
    }
}

/// Sends a link to the new address and a notice to the old one. Whether the new address belongs to
/// somebody else shows only to whoever opens its mail.
pub(super) async fn ask(app: &App, caller: &Caller, input: &NewEmail) -> Result<()> {
    let old = passwords::confirm(app, caller, "password", &input.password).await?.email;
    if old == input.email {
        return Err(Error::field(
            "email",
            "SAME_EMAIL",
            "Hesabınızın e-posta adresi zaten bu.",
            "This is your account's e-mail already.",
        ));
    }
    let mut work = app.begin(caller, None).await?;
    let owner = links::Owner::Account(caller.account, caller.user);
    let link = links::issue_change(&mut work, owner, caller.company, &input.email, &old).await?;
    mail::link(&mut work, caller.company, "auth.email-confirm", link);
    // To the address in the link's row: the account's may be the new one before the mail is written.
    let params = serde_json::json!({"newEmail": input.email.masked()});
    mail::previous(&mut work, caller.company, "auth.email-notice", link, &params);
    let audit = Audit::new(Action::Create, "link_token", link.as_uuid())
        .note("purpose", Purpose::ChangeEmail.as_str())
        .note("email", input.email.as_str());
    let version = accounts::store::user_version(&mut work, caller.user).await?;
    record(&mut work, caller.company, audit, Event::new("user.email-change-requested", caller.user.as_uuid(), version));
    work.finish().await
}

/// Gives the account the address whose mailbox the link came back from, and ends its sessions.
pub(crate) async fn confirm(app: &App, input: &EmailConfirmation) -> Result<Reply> {
    let link = links::look(app, Purpose::ChangeEmail, input.token.as_str()).await?;
    let (account, user) = link.owner()?;
    release(app, &link, account).await?;
    let actor = Actor { user: Some(user), name: String::new(), email: Some(link.email.as_str().to_owned()) };
    let mut work = app.begin_as(link.context(user, account), actor).await?;
    links::redeem(&mut work, &link).await?;
    let now = work.now();
    let (before, _) = accounts::store::credentials(&mut work, account).await?;
    accounts::store::set_email(&mut work, account, &link.email, now).await.map_err(|error| {
        if violated_key(&error).as_deref() != Some("accounts_email_uk") {
            return error.into();
        }
        Error::new(Code::Duplicate).detail(Detail::new(
            "email",
            "DUPLICATE",
            Words::new("Bu e-posta adresinin başka bir hesabı var.", "This e-mail has another account."),
        ))
    })?;
    // A link that went to the old mailbox must not open the account any more.
    links::revoke_all(&mut work).await?;
    accounts::end_sessions(&mut work, None, "EMAIL_CHANGED").await?;
    let profile = store::find(&mut work, user).await?.ok_or_else(Error::not_found)?;
    search::index(&mut work, "USER", user.as_uuid(), link.company, &[&profile.name, profile.email.as_str()]).await?;
    let (before, after) =
        (serde_json::json!({"email": before.as_str()}), serde_json::json!({"email": link.email.as_str()}));
    let audit = Audit::updated("user", user.as_uuid(), &before, &after);
    record(&mut work, link.company, audit, Event::new("user.email-changed", user.as_uuid(), profile.version));
    work.invalidate(format!("user:{user}"));
    let reply = work.commit(Reply::no_content()).await?;
    accounts::others::tell(app, (account, link.tenant), &link.email, "user.email-changed", |place| {
        Audit::updated("user", place.user.as_uuid(), &before, &after)
    })
    .await;
    Ok(reply)
}

/// Takes the address from a registration that nobody has confirmed, as an invitation does: whoever opens the link has
/// shown that the mailbox is his.
async fn release(app: &App, link: &Link, owner: AccountId) -> Result<()> {
    let other = accounts::find(app, &link.email).await?.filter(|other| other.id != owner && !other.email_confirmed);
    let Some((other, place)) = other.as_ref().and_then(|other| Some((other, other.pending()?))) else { return Ok(()) };
    let stranger = Actor { user: None, name: String::new(), email: None };
    let mut work = app.begin_as(other.context(place), stranger).await?;
    let now = work.now();
    if !accounts::store::release_email(&mut work, other.id, now).await? {
        work.roll_back().await;
        return Ok(());
    }
    let audit = Audit::new(Action::Update, "account", other.id.as_uuid()).note("released", link.email.as_str());
    note(&mut work, place.company, audit);
    work.finish().await
}
