//! `/login` and `/logout`.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shared::{
    App, Code, Error, Result,
    auth::{TenantId, cookie},
    http::Reply,
    types::Email,
    web::{Choice, Form, FormState, Kept, Page, list::query_value, local_path},
};

use crate::{
    accounts::{self, Account, Membership},
    sessions::{
        self, Client,
        sign_in::{self, Beginning, SignIn},
    },
};

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    page: &'a Page,
    form: &'a FormState,
    kept: Option<&'a str>,
    registration_open: bool,
}

#[derive(Template)]
#[template(path = "login_tenant.html")]
struct ChooseTenant<'a> {
    page: &'a Page,
    tenants: Vec<Choice>,
    proof: String,
    kept: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "login_resume.html")]
struct Resume<'a> {
    page: &'a Page,
    kept: &'a Kept,
}

/// The form; whoever is signed in goes on.
pub(super) async fn show(State(app): State<App>, page: Page) -> Result<Response> {
    if page.caller().is_some() {
        return Ok(page.redirect(&next(&page)));
    }
    let form = page.form();
    page.show(&Login { page: &page, form: &form, kept: None, registration_open: app.config().registration_open })
}

/// Where to after the sign-in.
fn next(page: &Page) -> String {
    let next = query_value(page.query(), "next");
    next.as_deref().and_then(local_path).unwrap_or(page.home()).to_owned()
}

/// Signs in.
pub(super) async fn send(State(app): State<App>, page: Page, mut form: Form<SignIn>) -> Result<Response> {
    let kept = form.kept.take();
    let proved = match form.read() {
        Ok(input) => sign_in::prove(&app, &input).await.map(|account| (input, account)),
        Err(error) => Err(error),
    };
    let (input, account) = match proved {
        Ok(proved) => proved,
        Err(error) if error.code().status().is_server_error() => return Err(error),
        Err(error) => {
            let form = form.state.with_error(&error);
            let registration_open = app.config().registration_open;
            return page
                .show_again(&form, &Login { page: &page, form: &form, kept: kept.as_deref(), registration_open });
        }
    };
    match sign_in::choose(&account, input.tenant_id)? {
        Some(place) => {
            let reply = sign_in::start(&app, &account, place, Beginning::from(&input)).await?;
            let language = chosen_language(&app, &account, place).await?;
            welcome(&app, &page, &reply, kept.as_deref(), language.as_deref())
        }
        None => ask_tenant(&app, &page, &account, &input, kept.as_deref()),
    }
}

/// What shows in the next request that the password was right, for some minutes.
#[derive(Serialize, Deserialize)]
struct Proof {
    email: String,
    remember: bool,
    /// A pseudonym of the stored hash: another password makes the proof void.
    hash: String,
    until: i64,
}

const PURPOSE: &str = "TENANT_CHOICE";
const PROOF_SECONDS: i64 = 600;

fn mark(app: &App, account: &Account) -> String {
    app.signer().pseudonym(PURPOSE, account.password_hash.as_deref().unwrap_or_default().as_bytes())
}

fn ask_tenant(app: &App, page: &Page, account: &Account, input: &SignIn, kept: Option<&str>) -> Result<Response> {
    let proof = Proof {
        email: input.email.as_str().to_owned(),
        remember: input.remember.unwrap_or(false),
        hash: mark(app, account),
        until: app.now().timestamp() + PROOF_SECONDS,
    };
    let proof = app.signer().seal(PURPOSE, &serde_json::to_vec(&proof)?);
    let tenants = sign_in::options(account);
    let tenants = tenants
        .iter()
        .map(|tenant| Choice::new(tenant.id, format!("{}\n{}", tenant.name, page.word("role", tenant.role))));
    page.show(&ChooseTenant { page, tenants: tenants.collect(), proof, kept })
}

shared::input! {
    /// The choice of a tenant.
    pub struct TenantChosen {
        /// The tenant.
        pub tenant_id: TenantId,
        /// That the password was right.
        pub proof: String,
    }
}

/// Signs in to the tenant that was chosen.
pub(super) async fn choose_tenant(
    State(app): State<App>,
    page: Page,
    mut form: Form<TenantChosen>,
) -> Result<Response> {
    let input = form.read()?;
    let too_late = || Error::new(Code::Unauthorized);
    let proof = app.signer().open(PURPOSE, &input.proof).ok_or_else(too_late)?;
    let proof: Proof = serde_json::from_slice(&proof)?;
    let email = Email::parse(&proof.email).map_err(Error::internal)?;
    let account = accounts::find(&app, &email).await?.ok_or_else(too_late)?;
    if proof.until <= app.now().timestamp() || proof.hash != mark(&app, &account) {
        return Ok(page.done("/login", "login.too_late"));
    }
    let place = sign_in::choose(&account, Some(input.tenant_id))?.ok_or_else(too_late)?;
    // The password is not asked for again: the proof stands for it.
    let beginning = Beginning { email: &email, password: None, remember: proof.remember, client: Client::Browser };
    let reply = sign_in::start(&app, &account, place, beginning).await?;
    let language = chosen_language(&app, &account, place).await?;
    welcome(&app, &page, &reply, form.kept.as_deref(), language.as_deref())
}

/// The language that the account's owner chose: his pages speak it in whichever browser he signs in.
async fn chosen_language(app: &App, account: &Account, place: &Membership) -> Result<Option<String>> {
    let mut db = app.read_as(account.context(place)).await?;
    Ok(accounts::store::chosen_locale(&mut db, account.id).await?)
}

/// Signed in: on to where it was going, with what was typed if a form was interrupted.
fn welcome(app: &App, page: &Page, reply: &Reply, kept: Option<&str>, language: Option<&str>) -> Result<Response> {
    let kept = kept.and_then(|kept| Kept::open(app, kept)).filter(|kept| !kept.fields.is_empty());
    let mut response = if let Some(kept) = &kept {
        page.show(&Resume { page, kept })?
    } else {
        let is_client = reply.data().is_some_and(|data| data["user"]["role"] == "CLIENT");
        let home = if is_client { "/portal" } else { "/panel" };
        let next = query_value(page.query(), "next");
        page.redirect(next.as_deref().and_then(local_path).unwrap_or(home))
    };
    for cookie in reply.cookies() {
        page.add_cookie(&mut response, cookie);
    }
    if let Some(language) = language {
        page.keep(&mut response, "language", language);
    }
    Ok(response)
}

/// Signs out; whose session is over already has nothing to end.
pub(super) async fn sign_out(State(app): State<App>, page: Page) -> Result<Response> {
    if let Some(caller) = page.caller() {
        let mut work = app.begin(caller, None).await?;
        sessions::end(&mut work, caller, caller.session, "SIGNED_OUT").await?;
        work.finish().await?;
    }
    let mut response = page.done("/login", "login.signed_out").into_response();
    page.add_cookie(&mut response, &cookie::clear(app.config().is_https()));
    Ok(response)
}
