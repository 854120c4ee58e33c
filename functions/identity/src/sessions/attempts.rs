//! Passwords that are tried: locked out after too many wrong ones, for known and unknown e-mails alike.

use chrono::{DateTime, Utc};
use shared::{
    App, Code, Error, Result,
    auth::{address_of, password::Password},
    db::{Action, Actor, Audit, Event},
    http::request,
    limits::{Take, Try},
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

fn closed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    // Without Redis nothing may be tried.
    Error::unavailable(error, 5)
}

/// One try of a password. It is counted before it is made, for the e-mail and for the caller's
/// address: of many at once no more are made than the limits allow. A right password takes it back.
pub(crate) struct Attempt<'a> {
    email: &'a Email,
    password: &'a Password,
    standing: Try,
    taken: (Take, DateTime<Utc>),
}

impl<'a> Attempt<'a> {
    /// Counts the try, and refuses it when there were too many: before the password is looked at,
    /// so that what is locked costs no hash.
    pub(crate) async fn begin(app: &App, email: &'a Email, password: &'a Password) -> Result<Self> {
        let now = app.now();
        let address = address_of(app, request::current().address);
        let take = app.limit("LOGIN_ADDRESS").await?.take(&address);
        let decision = app.limits().take(std::slice::from_ref(&take), now).await.map_err(closed)?;
        if let Some(wait) = decision.refused() {
            return Err(Error::new(Code::RateLimited).retry_after(wait));
        }
        let (name, limit) = (app.signer().email_hash(email), app.limit("LOGIN_EMAIL").await?);
        let standing = app.lockout().begin(&name, &limit, now).await.map_err(closed)?;
        if let Try::Locked(wait) = standing {
            return Err(locked(wait));
        }
        Ok(Self { email, password, standing, taken: (take, now) })
    }

    /// Whether this is the password of the account, at the price of one hash whoever asks.
    pub(crate) async fn is_right(&self, app: &App, account: Option<&Account>) -> Result<bool> {
        let stored = account.and_then(|account| account.password_hash.as_deref());
        app.hasher().verify(self.password, stored).await
    }

    /// Forgets this try and earlier failures: the right password was given.
    pub(crate) async fn succeeded(self, app: &App) -> Result<()> {
        app.limits().give_back(&self.taken.0, self.taken.1).await.map_err(closed)?;
        clear(app, self.email).await
    }

    /// Writes the failure in the audit trail of each of the account's tenants, and tells the owner
    /// when it locked the account. Gives back `refusal`, or that it is locked now.
    pub(crate) async fn failed(self, app: &App, account: Option<&Account>, refusal: Error) -> Result<Error> {
        if let Some(account) = account {
            let told = account.open().next().map(|place| place.user);
            for place in &account.users {
                audit(app, account, place, self.standing, told == Some(place.user)).await?;
            }
        }
        Ok(if let Try::Last(wait) = self.standing { locked(wait) } else { refusal })
    }
}

/// Forgets the failures of an e-mail.
pub(crate) async fn clear(app: &App, email: &Email) -> Result<()> {
    let name = app.signer().email_hash(email);
    app.lockout().clear(&name).await.map_err(closed)
}

async fn audit(app: &App, account: &Account, place: &Membership, standing: Try, tell: bool) -> Result<()> {
    // Who tried is not known: the row names whose account it was and from where.
    let stranger = Actor { user: None, name: String::new(), email: None };
    let mut work = app.begin_as(account.context(place), stranger).await?;
    let user = place.user.as_uuid();
    note(&mut work, place.company, Audit::new(Action::LoginFailed, "user", user));
    if let Try::Last(wait) = standing {
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
