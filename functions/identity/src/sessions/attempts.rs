//! Passwords that are tried: locked out after too many wrong ones, for known and unknown e-mails alike.

use shared::{
    App, Code, Error, Result,
    auth::password::Password,
    db::{Action, Actor, Audit, Event},
    limits::Failure,
    types::Email,
};

use crate::{
    accounts::{self, Account, Membership},
    mail,
    record::{note, record},
};

fn locked(wait: std::time::Duration) -> Error {
    Error::new(Code::AccountLocked).retry_after(wait)
}

/// Refuses an e-mail that is locked. Asked before the password is looked at, so that a locked
/// account costs no hash; without Redis nothing may be tried.
pub(crate) async fn check_open(app: &App, email: &Email) -> Result<()> {
    let name = app.signer().email_hash(email);
    match app.lockout().locked(&name, app.now()).await {
        Ok(None) => Ok(()),
        Ok(Some(wait)) => Err(locked(wait)),
        Err(error) => Err(Error::unavailable(error, 5)),
    }
}

/// One try of a password.
pub(crate) struct Attempt<'a> {
    /// The e-mail that was typed.
    pub(crate) email: &'a Email,
    /// Its account, if there is one.
    pub(crate) account: Option<&'a Account>,
    /// What was typed.
    pub(crate) password: &'a Password,
}

impl Attempt<'_> {
    /// Whether the password is right, at the price of one hash whoever asks.
    pub(crate) async fn is_right(&self, app: &App) -> Result<bool> {
        let stored = self.account.and_then(|account| account.password_hash.as_deref());
        app.hasher().verify(self.password, stored).await
    }

    /// Forgets earlier failures: the right password was given.
    pub(crate) async fn succeeded(&self, app: &App) -> Result<()> {
        clear(app, self.email).await
    }
}

/// Forgets the failures of an e-mail.
pub(crate) async fn clear(app: &App, email: &Email) -> Result<()> {
    let name = app.signer().email_hash(email);
    app.lockout().clear(&name).await.map_err(|error| Error::unavailable(error, 5))
}

/// Counts a failure, writes it in the audit trail of each of the account's tenants, and tells the
/// owner when it locked the account. Gives back `refusal`, or that it is locked now.
pub(crate) async fn failed(app: &App, attempt: &Attempt<'_>, refusal: Error) -> Result<Error> {
    let name = app.signer().email_hash(attempt.email);
    let failure = app.lockout().failed(&name, app.now()).await.map_err(|error| Error::unavailable(error, 5))?;
    if let Some(account) = attempt.account {
        let told = account.open().next().map(|place| place.user);
        for place in &account.users {
            audit(app, account, place, failure, told == Some(place.user)).await?;
        }
    }
    Ok(failure.locked_for().map_or(refusal, locked))
}

async fn audit(app: &App, account: &Account, place: &Membership, failure: Failure, tell: bool) -> Result<()> {
    // Who tried is not known: the row names whose account it was and from where.
    let stranger = Actor { user: None, name: String::new(), email: None };
    let mut work = app.begin_as(account.context(place), stranger).await?;
    let user = place.user.as_uuid();
    note(&mut work, place.company, Audit::new(Action::LoginFailed, "user", user));
    if let Failure::Locked(wait) = failure {
        let minutes = wait.as_secs().div_ceil(60);
        let locked = Audit::new(Action::Locked, "user", user).note("minutes", minutes);
        let version = accounts::store::user_version(&mut work, place.user).await?;
        record(&mut work, place.company, locked, Event::new("user.locked", user, version));
        if tell {
            let params = serde_json::json!({"minutes": minutes});
            mail::user(&mut work, place.company, "auth.locked", place.user, Some(params));
        }
    }
    work.finish().await
}
