//! Accepting an invitation.

use shared::{
    App, Code, Detail, Error, Result,
    auth::{AccountId, UserId, password::Password},
    db::{Action, Actor, Audit, Context, Event, Work, search, violated_key},
    error::Text as Words,
    http::reply::Reply,
    types::Text,
};
use uuid::Uuid;

use super::{InvitationId, store};
use crate::{
    accounts::{self, Account},
    links::{self, Link, Purpose},
    passwords::{Owner, Strictness, check},
    record::{note, record},
    sessions::Attempt,
    staff, users,
};

shared::input! {
    /// The answer to an invitation.
    pub struct Acceptance {
        /// The token of the link.
        pub token: Text<1, 500>,
        /// The person's name.
        pub name: Text<2, 255>,
        /// The password of the person's account, if there is one already; else the new one.
        pub password: Password,
    }
}

/// How the invited person comes by an account.
enum Way {
    /// The account is known and its password was right.
    Known(AccountId),
    /// Somebody once typed this e-mail and never confirmed it: whoever holds the mailbox sets the password.
    Unconfirmed(AccountId, String),
    /// The e-mail is new.
    New(AccountId, String),
}

impl Way {
    fn account(&self) -> AccountId {
        match self {
            Self::Known(id) | Self::Unconfirmed(id, _) | Self::New(id, _) => *id,
        }
    }
}

/// Makes the invited person a user.
pub(crate) async fn accept(app: &App, input: &Acceptance) -> Result<Reply> {
    let link = links::look(app, Purpose::Invite, input.token.as_str()).await?;
    let id = link.invitation.ok_or_else(|| Error::internal("the link of an invitation without one"))?;
    let (nobody, none) = (UserId::from_uuid(Uuid::nil()), AccountId::from_uuid(Uuid::nil()));
    let mut db = app.read_as(link.context(nobody, none)).await?;
    let offer = store::offer(&mut db, id, app.now()).await?.ok_or_else(|| Error::new(Code::Gone))?;
    drop(db);
    let account = accounts::find(app, &offer.email).await?;
    let way = prove(app, input, account.as_ref(), &offer).await?;

    let now = app.now();
    let user = UserId::new_at(now);
    let actor =
        Actor { user: Some(user), name: input.name.as_str().to_owned(), email: Some(offer.email.as_str().to_owned()) };
    let context: Context = link.context(user, way.account());
    let mut work = app.begin_as(context, actor).await?;
    enter(&mut work, &link, id, user, &way, input.name.as_str(), &offer).await?;
    work.commit(Reply::no_content()).await
}

async fn prove(app: &App, input: &Acceptance, account: Option<&Account>, offer: &store::Offer) -> Result<Way> {
    if let Some(account) = account.filter(|account| account.email_confirmed) {
        let attempt = Attempt::begin(app, &offer.email, &input.password).await?;
        if !attempt.is_right(app, Some(account)).await? {
            let refusal = Error::field(
                "password",
                "WRONG_PASSWORD",
                "Bu e-posta adresinin zaten bir hesabı var; o hesabın parolasını yazın.",
                "This e-mail has an account already; write that account's password.",
            );
            return Err(attempt.failed(app, Some(account), refusal).await?);
        }
        attempt.succeeded(app).await?;
        return Ok(Way::Known(account.id));
    }
    let owner = Owner { email: &offer.email, names: &[input.name.as_str()], tenants: &[offer.tenant.as_str()] };
    check("password", &input.password, Strictness::of([offer.role]), &owner)?;
    let hash = app.hasher().hash(&input.password).await?;
    Ok(match account {
        Some(account) => Way::Unconfirmed(account.id, hash),
        None => Way::New(AccountId::new_at(app.now()), hash),
    })
}

fn duplicate() -> Error {
    Error::new(Code::Duplicate).detail(Detail::new(
        "token",
        "DUPLICATE",
        Words::new("Bu kuruluşta zaten bir kullanıcınız var.", "You are a user of this organisation already."),
    ))
}

async fn enter(
    work: &mut Work,
    link: &Link,
    id: InvitationId,
    user: UserId,
    way: &Way,
    name: &str,
    offer: &store::Offer,
) -> Result<()> {
    let now = work.now();
    links::redeem(work, link).await?;
    // It may have been deleted since we looked; whoever deletes it from now on sees the new user.
    if let Some(company) = offer.company
        && !users::store::hold_company(work, company).await?
    {
        return Err(Error::new(Code::Gone));
    }
    let account = way.account();
    match way {
        Way::Known(_) => {}
        Way::Unconfirmed(_, hash) => {
            // Its owner may have confirmed it since we looked; its password is not ours to set then.
            if accounts::store::lock(work, account).await? {
                return Err(Error::new(Code::InvalidState).text(Words::new(
                    "Bu e-posta adresinin hesabı az önce onaylandı; daveti o hesabın parolasıyla yeniden kabul edin.",
                    "This e-mail's account has just been confirmed; accept the invitation again with its password.",
                )));
            }
            accounts::store::set_password(work, account, hash, now).await?;
            note(work, offer.company, Audit::new(Action::PasswordChange, "account", account.as_uuid()));
            accounts::store::confirm_email(work, account, now).await?;
            let (before, after) =
                (serde_json::json!({"emailConfirmed": false}), serde_json::json!({"emailConfirmed": true}));
            note(work, offer.company, Audit::updated("account", account.as_uuid(), &before, &after));
        }
        Way::New(_, hash) => {
            accounts::store::insert(work, account, &offer.email, hash, Some(now), &offer.locale, now)
                .await
                .map_err(|error| if violated_key(&error).is_some() { duplicate() } else { error.into() })?;
        }
    }
    store::insert_user(work, user, account, name, offer, now).await.map_err(|error| {
        if violated_key(&error).as_deref() == Some("users_tenant_account_uk") { duplicate() } else { error.into() }
    })?;
    search::index(work, "USER", user.as_uuid(), offer.company, &[name, offer.email.as_str()]).await?;
    if let Some(profession) = &offer.details.profession {
        staff::save_profession(work, user, profession).await?;
    }
    if !store::accepted(work, id, user, now).await? {
        return Err(Error::new(Code::Gone));
    }
    let made = serde_json::json!({"name": name, "email": offer.email, "role": offer.role, "invitationId": id});
    let audit = Audit::created("user", user.as_uuid(), &made);
    record(work, offer.company, audit, Event::new("user.created", user.as_uuid(), 1));
    Ok(())
}
