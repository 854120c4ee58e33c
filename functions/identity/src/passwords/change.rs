//! Changing one's own password.

use shared::{
    App, Code, Error, Result,
    auth::{Caller, password::Password},
    db::{Action, Audit, Event},
    error::Text as Words,
    http::reply::Reply,
    types::Email,
};

use super::{Owner, Strictness, check, store};
use crate::{accounts, links, mail, record::record, sessions::Attempt};

shared::input! {
    /// The present and the next password.
    pub struct ChangedPassword {
        /// The present password.
        pub current: Password,
        /// The new password: 12 to 128 characters for staff, 10 to 128 for customers' users.
        pub new: Password,
    }
}

/// What somebody has proved by the password.
pub(crate) struct Proof {
    /// The account's e-mail.
    pub(crate) email: Email,
    /// The hash that the password was compared with.
    hash: Option<String>,
}

/// Asks the signed-in person for the password again; wrong ones count towards the lock-out.
pub(crate) async fn confirm(app: &App, caller: &Caller, field: &'static str, password: &Password) -> Result<Proof> {
    let email = accounts::email_of(caller)?;
    let attempt = Attempt::begin(app, &email, password).await?;
    let account = accounts::find(app, &email).await?;
    if !attempt.is_right(app, account.as_ref()).await? {
        let refusal = Error::field(field, "WRONG_PASSWORD", "Parola hatalı.", "The password is wrong.");
        return Err(attempt.failed(app, account.as_ref(), refusal).await?);
    }
    attempt.succeeded(app).await?;
    Ok(Proof { hash: account.and_then(|account| account.password_hash), email })
}

/// What the two passwords are called where they were typed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    pub(crate) current: &'static str,
    pub(crate) new: &'static str,
}

/// Changes the password; this session goes on, all others end.
pub(crate) async fn change(app: &App, caller: &Caller, input: &ChangedPassword, names_of: Names) -> Result<Reply> {
    let Proof { email, hash: proved } = confirm(app, caller, names_of.current, &input.current).await?;
    let mut db = app.read(caller).await?;
    let known = store::known(&mut db).await?;
    drop(db);
    let (names, tenants) = known.words();
    let owner = Owner { email: &email, names: &names, tenants: &tenants };
    check(names_of.new, &input.new, Strictness::of(known.roles()), &owner)?;
    if input.current.expose() == input.new.expose() {
        return Err(Error::field(
            names_of.new,
            "SAME_PASSWORD",
            "Şimdiki parolanızdan farklı bir parola seçin.",
            "Choose a password that differs from the present one.",
        ));
    }
    let hash = app.hasher().hash(&input.new).await?;

    let mut work = app.begin(caller, None).await?;
    let now = work.now();
    if !accounts::store::change_password(&mut work, caller.account, proved.as_deref(), &hash, now).await? {
        // Somebody reset or changed it since it was proved: his is the one that counts.
        return Err(Error::new(Code::Unauthorized).text(Words::new(
            "Parolanız az önce değişti; yeni parolayla yeniden giriş yapın.",
            "Your password has just been changed; sign in again with the new one.",
        )));
    }
    accounts::end_sessions(&mut work, Some((caller.session, caller.user)), "PASSWORD_CHANGED").await?;
    links::revoke_all(&mut work).await?;
    mail::user(&mut work, caller.company, "auth.changed", caller.user, None);
    let version = accounts::store::user_version(&mut work, caller.user).await?;
    let audit = Audit::new(Action::PasswordChange, "user", caller.user.as_uuid());
    record(&mut work, caller.company, audit, Event::new("user.password-changed", caller.user.as_uuid(), version));
    let reply = work.commit(Reply::no_content()).await?;
    accounts::others::tell(app, (caller.account, caller.tenant), &email, "user.password-changed", |place| {
        Audit::new(Action::PasswordChange, "user", place.user.as_uuid())
    })
    .await;
    Ok(reply)
}
