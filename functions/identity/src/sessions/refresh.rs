//! Refresh tokens: each is good once; one that comes back later than a repeated request would was stolen.

use shared::{
    App, Code, Error, Result,
    auth::{
        AccountId, SessionId, TenantId, UserId,
        session::{REFRESH_GRACE, Session},
        token::RefreshClaim,
    },
    crypto::{digest, random},
    db::{Action, Actor, Audit, Context, Event, Work},
    http::reply::Reply,
    types::Text,
};
use uuid::Uuid;

use super::{SignedIn, SignedInUser, store, tokens};
use crate::record::record;

shared::input! {
    /// The refresh token of an app.
    pub struct Refresh {
        /// The token, as it was given.
        pub refresh_token: Text<1, 500>,
    }
}

/// Answers with the next pair of tokens.
pub(super) async fn refresh(app: &App, input: &Refresh) -> Result<Reply> {
    let claim =
        app.tokens().read_refresh(input.refresh_token.as_str()).ok_or_else(|| Error::new(Code::Unauthorized))?;
    let found = lookup(app, claim.account, claim.session).await?;
    let session = match found {
        Some(found) if found.is_open => found.session,
        _ => return Err(Error::new(Code::SessionRevoked)),
    };
    if session.expires_at <= app.now() {
        return Err(Error::new(Code::TokenExpired));
    }
    let actor = Actor { user: Some(session.user), name: session.name.clone(), email: Some(session.email.clone()) };
    let mut work = app.begin_as(session.context(), actor).await?;
    let Some(nonce) = rotate(&mut work, &claim, &session).await? else {
        // The end of the session stands, so this is no roll-back.
        work.finish().await?;
        return Err(Error::new(Code::SessionRevoked));
    };
    let answer = SignedIn {
        user: SignedInUser::from(&session),
        expires_at: session.expires_at,
        tokens: Some(tokens(app, &session, &nonce)?),
    };
    // A rotation is the system's own bookkeeping; the sign-in it belongs to was audited.
    work.bookkeeping().commit(Reply::ok(&answer)?).await
}

async fn lookup(app: &App, account: AccountId, session: SessionId) -> Result<Option<store::Found>> {
    let (tenant, user) = (TenantId::from_uuid(Uuid::nil()), UserId::from_uuid(Uuid::nil()));
    let mut db = app.read_as(Context::new(tenant, None, user, account)).await?;
    Ok(store::find(&mut db, session, app.now()).await?)
}

/// The nonce of the tokens to be given out; none when the token was used before and the session is over now.
async fn rotate(work: &mut Work, claim: &RefreshClaim, session: &Session) -> Result<Option<[u8; 32]>> {
    let now = work.now();
    // The row's lock lets one of several at once rotate; the others find it done.
    let Some(row) = store::lock_nonces(work, claim.session).await? else {
        return Err(Error::new(Code::SessionRevoked));
    };
    if digest::equal(&row.current, &claim.nonce) {
        let next: [u8; 32] = random::bytes();
        store::rotate(work, claim.session, &claim.nonce, &next, now).await?;
        return Ok(Some(next));
    }
    let repeated = row.previous.is_some_and(|previous| digest::equal(&previous, &claim.nonce));
    if repeated && row.rotated_at.is_some_and(|at| now - at <= REFRESH_GRACE) {
        return Ok(Some(row.current.try_into().map_err(|_| Error::internal("a nonce of the wrong length"))?));
    }
    store::end(work, claim.session, "REFRESH_REUSED", now).await?;
    work.end_session(claim.session);
    let audit = Audit::new(Action::Logout, "session", claim.session.as_uuid()).note("reason", "REFRESH_REUSED");
    record(work, session.company, audit, Event::new("session.ended", claim.session.as_uuid(), 1));
    Ok(None)
}
