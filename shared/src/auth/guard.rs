//! The guard: before a handler runs, one trip to Redis fetches the session and takes from the
//! limits, and the role matrix decides.

use std::{
    marker::PhantomData,
    net::{IpAddr, Ipv6Addr},
    ops::Deref,
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use redis::RedisResult;

use super::{
    AccountId, CompanyId, Grant, Permission, Role, SessionId, TenantId, UserId, agents, cookie,
    policy::{Access, Operation},
    session::{self, Over, Record, Session},
    token::Claims,
};
use crate::{
    app::App,
    db::Context,
    error::{Code, Error, Result},
    http::{again, request},
    limits::{Decision, Take},
};

/// Who is calling, proven by a session.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The session.
    pub session: SessionId,
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The account.
    pub account: AccountId,
    /// The company of a customer's user.
    pub company: Option<CompanyId>,
    /// The role.
    pub role: Role,
    /// Whether a customer's user administers the users of the company.
    pub company_admin: bool,
    /// The user's name.
    pub name: String,
    /// The account's e-mail.
    pub email: String,
}

impl Caller {
    /// Whose rows the caller sees.
    pub fn context(&self) -> Context {
        Context::new(self.tenant, self.company, self.user, self.account)
    }
}

impl From<Session> for Caller {
    fn from(session: Session) -> Self {
        Self {
            session: session.id,
            tenant: session.tenant,
            user: session.user,
            account: session.account,
            company: session.company,
            role: session.role,
            company_admin: session.company_admin,
            name: session.name,
            email: session.email,
        }
    }
}

/// A caller who may call operation `P`. Every handler that is not public asks for one.
#[derive(Debug, Clone)]
pub struct Allowed<P> {
    caller: Caller,
    /// How far the permission reaches.
    pub grant: Grant,
    operation: PhantomData<P>,
}

impl<P> Deref for Allowed<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Permission> Allowed<P> {
    /// Proves the permission of somebody for whom a background task works, with the role that he has now.
    ///
    /// # Errors
    /// When it is not for this role.
    pub fn of_task(caller: Caller) -> Result<Self> {
        match P::OPERATION.grant(caller.role) {
            Grant::None => Err(Error::new(Code::Forbidden)),
            grant => Ok(Self { caller, grant, operation: PhantomData }),
        }
    }
}

impl<P> Allowed<P> {
    /// Whether the caller sees only what belongs to assigned workplaces.
    pub fn only_assigned(&self) -> bool {
        self.grant == Grant::Assigned
    }
}

/// What the guard found, for the extractors behind it.
#[derive(Debug, Clone)]
struct Admitted {
    operation: &'static Operation,
    caller: Option<Caller>,
}

impl<P: Permission> FromRequestParts<App> for Allowed<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let admitted =
            parts.extensions.get::<Admitted>().ok_or_else(|| Error::internal("a route without its guard"))?;
        // A handler that proves another permission than its route was registered with is a mistake of ours.
        if admitted.operation.name != P::OPERATION.name {
            return Err(Error::internal(format!(
                "{} asks for the permission {}",
                admitted.operation.name,
                P::OPERATION.name
            )));
        }
        let caller = admitted.caller.clone().ok_or_else(|| Error::new(Code::Unauthorized))?;
        let grant = P::OPERATION.grant(caller.role);
        Ok(Self { caller, grant, operation: PhantomData })
    }
}

/// How the caller showed who it is.
enum Credential<'a> {
    Cookie(&'a str),
    Bearer(&'a str),
}

fn credential(headers: &HeaderMap, https: bool) -> Option<Credential<'_>> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| Credential::Bearer(token.trim()));
    bearer.or_else(|| cookie::read(headers, https).map(Credential::Cookie))
}

/// Checks that an unsafe request comes from our own pages: by `Sec-Fetch-Site`, which no page can
/// forge, else by `Origin`. A request with a bearer token needs no check: no browser adds one by itself.
pub fn check_origin(headers: &HeaderMap, allowed: &[String], local: bool, has_cookie: bool) -> Result<()> {
    let refuse = || Err(Error::new(Code::InvalidOrigin));
    if let Some(site) = headers.get("sec-fetch-site") {
        // "none" is a person's own doing: an address that was typed, a bookmark.
        return if matches!(site.as_bytes(), b"same-origin") || (!has_cookie && site.as_bytes() == b"none") {
            Ok(())
        } else {
            refuse()
        };
    }
    match headers.get(header::ORIGIN).and_then(|v| v.to_str().ok()) {
        Some(origin) => {
            let is_local = || {
                let host = origin.strip_prefix("http://").unwrap_or_default();
                matches!(host.split(':').next(), Some("localhost" | "127.0.0.1"))
            };
            if allowed.iter().any(|a| a == origin) || (local && is_local()) { Ok(()) } else { refuse() }
        }
        None if has_cookie => refuse(),
        None => Ok(()),
    }
}

/// Who is calling, if the guard found somebody.
pub(crate) fn admitted(extensions: &axum::http::Extensions) -> Option<&Caller> {
    extensions.get::<Admitted>()?.caller.as_ref()
}

/// What a route belongs to, which decides the limit that it takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// The JSON API.
    Api,
    /// The pages.
    Page,
}

/// The layer that stands before each route.
pub async fn guard(
    app: App,
    operation: &'static Operation,
    surface: Surface,
    mut request: Request,
    next: Next,
) -> Response {
    let admission = admit(&app, operation, surface, &mut request).await;
    // The page of an error is shown in the frame of whoever reads it.
    let caller = admitted(request.extensions()).filter(|_| surface == Surface::Page).cloned();
    let (response, decision) = match admission {
        Ok(mut taken) => {
            let response = again::run(&app, request, next).await;
            if response.status() == StatusCode::BAD_REQUEST {
                taken.give_back(&app).await;
            }
            (response, taken.decision)
        }
        Err((error, decision)) => (error.into_response(), decision),
    };
    with_limits(known_to(response, caller), decision.as_ref())
}

/// An answer with whom it is for.
fn known_to(mut response: Response, caller: Option<Caller>) -> Response {
    if let Some(caller) = caller {
        response.extensions_mut().insert(caller);
    }
    response
}

/// What a request that was let in has taken from the limits.
#[derive(Default)]
struct Taken {
    decision: Option<Decision>,
    /// Of the operation's own limits those of the user: they count orders, and one with a mistake in it is none. Those
    /// of an address count tries, whatever comes of them. With each its place in the decision.
    orders: Vec<(usize, Take)>,
    at: DateTime<Utc>,
}

impl Taken {
    async fn give_back(&mut self, app: &App) {
        let Some(decision) = &mut self.decision else { return };
        for (place, take) in &self.orders {
            match app.limits().give_back(take, self.at).await {
                Ok(()) => decision.given_back(*place),
                Err(error) => tracing::warn!(category = "application", error = %error, "redis.unavailable"),
            }
        }
    }
}

/// Answers what no route is for. It takes from the caller's general limit like everything else: whoever tries
/// addresses is slowed down, and is told how much is left.
pub async fn refuse(request: Request, error: Error) -> Response {
    let Ok(app) = app_of(&request) else { return error.into_response() };
    let https = app.config().is_https();
    let token =
        credential(request.headers(), https).map(|(Credential::Cookie(token) | Credential::Bearer(token))| token);
    let known = token.and_then(|token| app.tokens().verify(token, app.now()).ok());
    let found = async {
        let takes = takes(&app, &NO_OPERATION, Surface::Api, known.as_ref()).await.ok()?;
        let (copy, decision) =
            ask(&app, &NO_OPERATION, Surface::Api, known.as_ref(), &takes, app.now()).await.ok()?.ok()?;
        let caller = identify(&app, &NO_OPERATION, known.clone().map(Ok), copy, true).await.ok().flatten();
        Some((decision, caller))
    };
    // Without Redis or the database it is still not found, and as soon.
    let (decision, caller) = tokio::time::timeout(PATIENCE, found).await.ok().flatten().unzip();
    let error = match decision.as_ref().and_then(Decision::refused) {
        Some(wait) => Error::new(Code::RateLimited).retry_after(wait),
        None => error,
    };
    with_limits(known_to(error.into_response(), caller.flatten()), decision.as_ref())
}

/// How long an answer to nothing waits for the limits.
const PATIENCE: Duration = Duration::from_millis(300);

const NO_OPERATION: Operation = Operation { name: "none", access: Access::Public, limits: &[] };

type Refused = (Error, Option<Decision>);

async fn admit(
    app: &App,
    operation: &'static Operation,
    surface: Surface,
    request: &mut Request,
) -> std::result::Result<Taken, Refused> {
    let bare = |error| (error, None);
    if operation.access == Access::Open {
        return Ok(Taken::default());
    }
    let headers = request.headers();
    let is_public_page =
        operation.access == Access::Public && request.method().is_safe() && !request.uri().path().starts_with("/api/");
    agents::check(app.config(), headers, is_public_page).map_err(bare)?;
    let https = app.config().is_https();
    let credential = credential(headers, https);
    if !request.method().is_safe() && !matches!(credential, Some(Credential::Bearer(_))) {
        let has_cookie = credential.is_some();
        check_origin(headers, &app.config().allowed_origins, app.config().environment.is_local(), has_cookie)
            .map_err(bare)?;
    }
    let token = credential.map(|(Credential::Cookie(token) | Credential::Bearer(token))| token);
    let claims = token.map(|token| app.tokens().verify(token, app.now()));
    let known = claims.as_ref().and_then(|claims| claims.as_ref().ok());

    let (takes, at) = (takes(app, operation, surface, known).await.map_err(bare)?, app.now());
    let (copy, decision) = match ask(app, operation, surface, known, &takes, at).await.map_err(bare)? {
        Ok((copy, decision)) => (copy, Some(decision)),
        // Without Redis what must not be tried at will is closed, everything else goes on by the database.
        Err(error) if takes.iter().any(Take::fails_closed) => return Err(bare(Error::unavailable(error, 5))),
        Err(error) => {
            tracing::warn!(category = "application", error = %error, "redis.unavailable");
            (None, None)
        }
    };
    if let Some(wait) = decision.as_ref().and_then(Decision::refused) {
        return Err((Error::new(Code::RateLimited).retry_after(wait), decision));
    }
    let caller = match identify(app, operation, claims, copy, decision.is_some()).await {
        Ok(caller) => caller,
        Err(error) => return Err((error, decision)),
    };
    let has_roles = matches!(operation.access, Access::Roles(_));
    let is_refused = caller.as_ref().is_some_and(|caller| has_roles && operation.grant(caller.role) == Grant::None);
    if let Some(caller) = caller.as_ref().filter(|_| !is_refused) {
        crate::telemetry::record_caller(&caller.tenant.to_string(), &caller.user.to_string());
    }
    // Whoever is refused too: the page that says so is in his frame.
    request.extensions_mut().insert(Admitted { operation, caller });
    if is_refused {
        return Err((Error::new(Code::Forbidden), decision));
    }
    let orders = takes.into_iter().enumerate().skip(1).filter(|(_, take)| take.is_per_user()).collect();
    Ok(Taken { decision, orders, at })
}

/// The name of a caller's address in the limits. Of IPv6 the network counts: a household has a whole /64.
pub fn address_of(app: &App, address: Option<IpAddr>) -> String {
    match address {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(v4)) => app.digest(&v4.to_string()),
        Some(IpAddr::V6(v6)) => app.digest(&Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).to_string()),
    }
}

/// The limits that this call takes from: those of the user whom its token names, else of its address.
async fn takes(app: &App, operation: &Operation, surface: Surface, known: Option<&Claims>) -> Result<Vec<Take>> {
    let info = request::current();
    let address = address_of(app, info.address);
    let (general, subject) = match known {
        Some(claims) if claims.role == Role::Admin => ("ADMIN", claims.uid.to_string()),
        Some(claims) => ("AUTHENTICATED", claims.uid.to_string()),
        None => ("API", address.clone()),
    };
    // Pages have a limit of their own: by user where there is one, so that no office stops itself.
    let general = if surface == Surface::Page { "PAGE" } else { general };
    let mut takes = vec![app.limit(general).await?.take(&subject)];
    for name in operation.limits {
        let limit = app.limit(name).await?;
        let subject = if limit.is_per_user() { &subject } else { &address };
        takes.push(limit.take(subject));
    }
    Ok(takes)
}

/// The one trip to Redis: the copy of the session that the token names, and what the limits say.
async fn ask(
    app: &App,
    operation: &Operation,
    surface: Surface,
    known: Option<&Claims>,
    takes: &[Take],
    at: DateTime<Utc>,
) -> Result<RedisResult<(Option<String>, Decision)>> {
    let Some(claims) = known else {
        return Ok(app.limits().take(takes, at).await.map(|decision| (None, decision)));
    };
    let others = self::takes(app, operation, surface, None).await?;
    Ok(app.limits().take_of_session(&session::copy_key(claims.sid), takes, &others, at).await)
}

/// The caller, if there is one; an error when the operation needs one.
async fn identify(
    app: &App,
    operation: &Operation,
    claims: Option<Result<Claims>>,
    copy: Option<String>,
    has_redis: bool,
) -> Result<Option<Caller>> {
    let found = match claims {
        None => Err(Error::new(Code::Unauthorized)),
        Some(Err(error)) => Err(error),
        Some(Ok(claims)) => session_of(app, &claims, copy, has_redis).await,
    };
    match (found, operation.access) {
        (Ok(session), _) => Ok(Some(session.into())),
        // A public operation does not mind a stale cookie. That the database is away it does mind.
        (Err(error), Access::Public) if error.code() != Code::Unavailable => Ok(None),
        (Err(error), _) => Err(error),
    }
}

async fn session_of(app: &App, claims: &Claims, kept: Option<String>, has_redis: bool) -> Result<Session> {
    if let Some(kept) = kept {
        if let Some(over) = Over::read(&kept) {
            return Err(over.error());
        }
        if let Ok(session) = serde_json::from_str::<Session>(&kept) {
            if session.expires_at <= app.now() {
                return Err(Error::new(Code::TokenExpired));
            }
            return Ok(session);
        }
    }
    let record = session::load(app, claims).await?;
    let key = session::copy_key(claims.sid);
    // What is kept is a convenience: when it cannot be, the next request asks the database again.
    match record {
        Record::Live(session) => {
            if has_redis {
                app.remember_session(&key, serde_json::to_string(&session)?).await;
            }
            Ok(*session)
        }
        Record::Over(over) => {
            if has_redis {
                app.remember_over(&key, over, claims.exp).await;
            }
            Err(over.error())
        }
        Record::Suspended => Err(Error::new(Code::SessionRevoked)),
    }
}

fn with_limits(mut response: Response, decision: Option<&Decision>) -> Response {
    if let Some(decision) = decision {
        for (name, value) in decision.headers() {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
    response
}

/// The caller's own part in the logs and limits of a public operation that found out who calls.
pub(crate) fn app_of(request: &Request) -> Result<App> {
    request
        .extensions()
        .get::<Arc<App>>()
        .map(|app| App::clone(app))
        .ok_or_else(|| Error::internal("a router without its application"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    /// Headers, whether it is a local machine, whether there is a cookie, and whether the request passes.
    type Case<'a> = (&'a [(&'a str, &'a str)], bool, bool, bool);

    #[test]
    fn unsafe_requests_pass_only_from_our_own_pages() {
        let allowed = ["https://app.example".to_owned()];
        let cases: &[Case<'_>] = &[
            (&[("sec-fetch-site", "same-origin")], false, true, true),
            (&[("sec-fetch-site", "same-site")], false, true, false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://app.example")], false, true, false),
            (&[("sec-fetch-site", "none")], false, true, false),
            (&[("sec-fetch-site", "none")], false, false, true),
            (&[("sec-fetch-site", "cross-site")], false, false, false),
            (&[("origin", "https://app.example")], false, true, true),
            (&[("origin", "https://app.example.evil.test")], false, true, false),
            (&[("origin", "null")], false, true, false),
            (&[("origin", "http://localhost:9000")], true, true, true),
            (&[("origin", "http://localhost.evil.test")], true, true, false),
            (&[("origin", "http://localhost:9000")], false, true, false),
            (&[], false, true, false),
            (&[], false, false, true),
        ];
        for (pairs, local, has_cookie, passes) in cases {
            let pairs: Vec<(&'static str, &str)> = pairs.iter().map(|(a, b)| (*a, *b)).collect();
            let checked = check_origin(&headers(&pairs), &allowed, *local, *has_cookie);
            assert_eq!(checked.is_ok(), *passes, "{pairs:?} local={local} cookie={has_cookie}");
        }
    }

    #[test]
    fn a_bearer_token_goes_before_a_cookie() {
        let both = headers(&[("authorization", "Bearer abc"), ("cookie", "session=def")]);
        assert!(matches!(credential(&both, false), Some(Credential::Bearer("abc"))));
        let basic = headers(&[("authorization", "Basic abc"), ("cookie", "session=def")]);
        assert!(matches!(credential(&basic, false), Some(Credential::Cookie("def"))));
        assert!(credential(&HeaderMap::new(), false).is_none());
    }
}
