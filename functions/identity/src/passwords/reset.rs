//! A forgotten password: a link to the mailbox, and a new password by the link.

use shared::{
    App, Code, Error, Result,
    auth::{AccountId, CompanyId, UserId, password::Password},
    db::{Action, Actor, Audit, Event, Work},
    http::reply::Reply,
    types::{Email, Text},
};

use super::{Owner, Strictness, check, store};
use crate::{accounts, links, links::Purpose, mail, pace::Pace, record::record, sessions};

shared::input! {
    /// Whose password is forgotten.
    pub struct Forgotten {
        /// The account's e-mail.
        pub email: Email,
    }
}

shared::input! {
    /// A new password, by the link of a mail.
    pub struct NewPassword {
        /// The token of the link.
        pub token: Text<1, 500>,
        /// The new password: 12 to 128 characters for staff, 10 to 128 for customers' users.
        pub password: Password,
    }
}

/// Sends a link, if there is somebody to send it to; the answer does not tell.
pub(crate) async fn forgot(app: &App, input: &Forgotten) -> Result<()> {
    let pace = Pace::of_mail();
    let hash = app.signer().email_hash(&input.email);
    let take = app.limit("RESET_EMAIL").await?.take(&hash);
    let decision = app.limits().take(&[take], app.now()).await.map_err(|error| Error::unavailable(error, 5))?;
    let account = accounts::find(app, &input.email).await?;
    if decision.refused().is_none()
        && let Some(account) = &account
        && let Some(place) = account.open().next()
    {
        // Who asked is not known.
        let stranger = Actor { user: None, name: String::new(), email: None };
        let mut work = app.begin_as(account.context(place), stranger).await?;
        send_link(&mut work, account.id, place.user, place.company, &input.email).await?;
        work.finish().await?;
    }
    pace.keep().await;
    Ok(())
}

/// Sends a link that sets a new password; the account's earlier one is void.
pub(crate) async fn send_link(
    work: &mut Work,
    account: AccountId,
    user: UserId,
    company: Option<CompanyId>,
    email: &Email,
) -> Result<()> {
    let owner = links::Owner::Account(account, user);
    let link = links::issue(work, Purpose::ResetPassword, owner, company, email).await?;
    mail::link(work, company, "auth.reset", link);
    let audit = Audit::new(Action::Create, "link_token", link.as_uuid())
        .note("purpose", Purpose::ResetPassword.as_str())
        .note("userId", user.to_string());
    let version = accounts::store::user_version(work, user).await?;
    record(work, company, audit, Event::new("user.password-reset-requested", user.as_uuid(), version));
    Ok(())
}

/// Sets a new password by a link, ends every session and lifts the lock-out.
pub(crate) async fn reset(app: &App, input: &NewPassword) -> Result<Reply> {
    let link = links::look(app, Purpose::ResetPassword, input.token.as_str()).await?;
    let (account, user) = link.owner()?;
    let context = link.context(user, account);
    let mut db = app.read_as(context).await?;
    let known = store::known(&mut db).await?;
    let (email, _) = accounts::store::credentials(&mut db, account).await?;
    drop(db);
    // The account's address has changed since: the link went to a mailbox that is no longer its owner's.
    if email != link.email {
        return Err(Error::new(Code::Gone));
    }
    let (names, tenants) = known.words();
    let owner = Owner { email: &email, names: &names, tenants: &tenants };
    check("password", &input.password, Strictness::of(known.roles()), &owner)?;
    let hash = app.hasher().hash(&input.password).await?;

    let actor = Actor { user: Some(user), name: known.name_of(user), email: Some(email.as_str().to_owned()) };
    let mut work = app.begin_as(context, actor).await?;
    links::redeem(&mut work, &link).await?;
    let now = work.now();
    accounts::store::set_password(&mut work, account, &hash, now).await?;
    accounts::end_sessions(&mut work, None, "PASSWORD_RESET").await?;
    links::revoke_all(&mut work).await?;
    mail::user(&mut work, link.company, "auth.changed", user, None);
    let version = accounts::store::user_version(&mut work, user).await?;
    let audit = Audit::new(Action::PasswordReset, "user", user.as_uuid());
    record(&mut work, link.company, audit, Event::new("user.password-changed", user.as_uuid(), version));
    sessions::clear(app, &email).await?;
    let reply = work.commit(Reply::no_content()).await?;
    accounts::others::tell(app, (account, link.tenant), &email, "user.password-changed", |place| {
        Audit::new(Action::PasswordReset, "user", place.user.as_uuid())
    })
    .await;
    Ok(reply)
}
