//! Changing one's own password.

use shared::{
    App, Error, Result,
    auth::{Caller, password::Password},
    db::{Action, Audit, Event},
    http::reply::Reply,
    types::Email,
};

use super::{Owner, Strictness, check, store};
use crate::{
    accounts, links, mail,
    record::record,
    sessions::{Attempt, check_open, failed},
};

shared::input! {
    /// The present and the next password.
    pub struct ChangedPassword {
        /// The present password.
        pub current: Password,
        /// The new password: 12 to 128 characters for staff, 10 to 128 for customers' users.
        pub new: Password,
    }
}

/// Asks the signed-in person for the password again; wrong ones count towards the lock-out.
pub(crate) async fn confirm(app: &App, caller: &Caller, field: &'static str, password: &Password) -> Result<Email> {
    let email = Email::parse(&caller.email).map_err(|_| Error::internal("an account with an unreadable e-mail"))?;
    check_open(app, &email).await?;
    let account = accounts::find(app, &email).await?;
    let attempt = Attempt { email: &email, account: account.as_ref(), password };
    if !attempt.is_right(app).await? {
        let refusal = Error::field(field, "WRONG_PASSWORD", "Parola hatalı.", "The password is wrong.");
        return Err(failed(app, &attempt, refusal).await?);
    }
    attempt.succeeded(app).await?;
    Ok(email)
}

/// Changes the password; this session goes on, all others end.
pub(super) async fn change(app: &App, caller: &Caller, input: &ChangedPassword) -> Result<Reply> {
    let email = confirm(app, caller, "current", &input.current).await?;
    let mut db = app.read(caller).await?;
    let known = store::known(&mut db).await?;
    drop(db);
    let (names, tenants) = known.words();
    let owner = Owner { email: &email, names: &names, tenants: &tenants };
    check("new", &input.new, Strictness::of(known.roles()), &owner)?;
    if input.current.expose() == input.new.expose() {
        return Err(Error::field(
            "new",
            "SAME_PASSWORD",
            "Şimdiki parolanızdan farklı bir parola seçin.",
            "Choose a password that differs from the present one.",
        ));
    }
    let hash = app.hasher().hash(&input.new).await?;

    let mut work = app.begin(caller, None).await?;
    let now = work.now();
    accounts::store::set_password(&mut work, caller.account, &hash, now).await?;
    accounts::end_sessions(&mut work, Some((caller.session, caller.user)), "PASSWORD_CHANGED").await?;
    links::revoke_all(&mut work).await?;
    mail::user(&mut work, caller.company, "auth.changed", caller.user, None);
    let audit = Audit::new(Action::PasswordChange, "user", caller.user.as_uuid());
    record(&mut work, caller.company, audit, Event::new("user.password-changed", caller.user.as_uuid(), 1));
    work.commit(Reply::no_content()).await
}
