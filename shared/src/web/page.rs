//! One page on its way to the reader.

use std::{
    borrow::Borrow,
    fmt::Display,
    sync::{Arc, OnceLock},
};

use askama::Template;
use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    FormState, assets, flash, format,
    nav::{self, Way},
    sent::Sent,
    texts::{self, Count, Texts},
    ui,
};
use crate::{
    app::App,
    auth::{Caller, cookie, guard},
    error::{Error, Language, Result},
    http::request::{self, RequestInfo},
    types::{Amount, Currency, Words},
};

/// Light, dark, or what the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The theme that the reader chose.
    fn of(headers: &HeaderMap) -> Self {
        match cookie::value(headers, "theme") {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The word in cookies, forms and the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Something to choose from: what is sent and what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub text: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Display, text: impl Into<String>) -> Self {
        Self { value: value.to_string(), text: text.into() }
    }
}

/// What a page knows of its reader, and how it is sent. Every handler of a page asks for one, and every template
/// has it as `page`.
#[derive(Debug, Clone)]
pub struct Page {
    app: App,
    pub(super) info: Arc<RequestInfo>,
    texts: Option<&'static Texts>,
    theme: Theme,
    path: String,
    query: String,
    caller: Option<Caller>,
    flash: Option<String>,
    /// Where the page leads instead, when its template finds that it shows a page of a list that is not there.
    instead: Arc<OnceLock<String>>,
}

impl FromRequestParts<App> for Page {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let texts = parts.extensions.get::<&'static Texts>().copied();
        let page = Self::new(app, &parts.headers, &parts.uri, texts, guard::admitted(&parts.extensions).cloned());
        if page.caller.as_ref().is_some_and(|caller| nav::is_elsewhere(caller, &page.path)) {
            return Err(Error::not_found());
        }
        Ok(page)
    }
}

impl Page {
    pub(super) fn new(
        app: &App,
        headers: &HeaderMap,
        uri: &axum::http::Uri,
        texts: Option<&'static Texts>,
        caller: Option<Caller>,
    ) -> Self {
        Self {
            info: request::current(),
            texts,
            theme: Theme::of(headers),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            caller,
            flash: flash::read(app, headers),
            app: app.clone(),
            instead: Arc::default(),
        }
    }

    // What a handler does with it.

    /// 200 with the template.
    pub fn show(&self, template: &impl Template) -> Result<Response> {
        self.show_as(StatusCode::OK, template)
    }

    /// The template with another status.
    pub fn show_as(&self, status: StatusCode, template: &impl Template) -> Result<Response> {
        let html = template.render().map_err(Error::internal)?;
        if let Some(to) = self.instead.get() {
            return Ok(self.redirect(to));
        }
        let mut response = Response::new(Body::from(html));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if let Ok(policy) = HeaderValue::from_str(&self.content_policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if self.flash.is_some() {
            self.add_cookie(&mut response, &flash::clear(&self.app));
        }
        Ok(response)
    }

    /// A form that was not accepted, with what was typed and the status that says why.
    pub fn show_again(&self, form: &FormState, template: &impl Template) -> Result<Response> {
        if form.is_unsaved() {
            // The summary stands before the fields that it names: at the second time they have told their names.
            template.render().map_err(Error::internal)?;
        }
        self.show_as(form.status(), template)
    }

    /// 303 to another page.
    pub fn redirect(&self, to: &str) -> Response {
        see_other(super::local_path(to).unwrap_or("/"))
    }

    /// 303 to a file in the object store, which the browser saves.
    pub fn hand_over(&self, signed: &str) -> Response {
        see_other(signed)
    }

    /// 303 to another page, which says once what has been done: the text of this name.
    pub fn done(&self, to: &str, key: &str) -> Response {
        self.done_with(to, self.t(key))
    }

    /// 303 to another page, which says this once.
    pub fn done_with(&self, to: &str, text: &str) -> Response {
        let mut response = self.redirect(to);
        self.add_cookie(&mut response, &flash::set(&self.app, text));
        response
    }

    /// Keeps a choice of how the pages look and speak in the browser, for a year.
    pub fn keep(&self, response: &mut Response, name: &str, value: &str) {
        self.add_cookie(response, &cookie::preference(self.app.config().is_https(), name, value));
    }

    /// Adds a `Set-Cookie` header.
    pub fn add_cookie(&self, response: &mut Response, cookie: &str) {
        if let Ok(cookie) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// Leads to this page in the place of the one that is being shown.
    pub(super) fn lead_to(&self, to: String) {
        self.instead.get_or_init(|| to);
    }

    /// An empty form for a new record.
    pub fn form(&self) -> FormState {
        FormState::new(&self.app, self.info.language)
    }

    /// The filters of a list as a form: what the address says, with the texts of its comboboxes.
    pub fn asked(&self) -> FormState {
        FormState::of_sent(Sent::of_address(&self.query), &self.app)
    }

    /// A form that shows a record, to be changed from this version on.
    pub fn form_of(&self, record: &impl serde::Serialize, version: i64) -> Result<FormState> {
        FormState::of(&self.app, self.info.language, record, version)
    }

    /// An empty form of a step that is taken from this version on.
    pub fn step(&self, version: i64) -> FormState {
        FormState::of_step(&self.app, self.info.language, version)
    }

    /// Nothing but our own; uploads go to the object store's own address.
    fn content_policy(&self) -> String {
        let store = self.app.config().s3_public_endpoint.as_deref().unwrap_or_default();
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
             connect-src 'self' {store}; manifest-src 'self'; worker-src 'self'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'"
        )
    }

    // What a template asks of it.

    /// A text.
    pub fn t(&self, key: &str) -> &'static str {
        texts::find(self.texts, self.info.language, key)
    }

    /// A text with one value in the place of `{0}`.
    pub fn t1(&self, key: &str, first: impl Display) -> String {
        self.t(key).replace("{0}", &first.to_string())
    }

    /// A text with two values in the places of `{0}` and `{1}`.
    pub fn t2(&self, key: &str, first: impl Display, second: impl Display) -> String {
        // In one pass: a value that looks like the other's place stays what it is.
        let (first, second) = (first.to_string(), second.to_string());
        self.t(key).split("{0}").map(|part| part.replace("{1}", &second)).collect::<Vec<_>>().join(&first)
    }

    /// A text for so many.
    pub fn n(&self, key: &str, count: impl Count) -> String {
        texts::plural(self.texts, self.info.language, key, count.count())
    }

    /// The text of a word of a closed list: `page.word("companyStatus", company.status)`.
    pub fn word(&self, list: &str, word: impl Display) -> &'static str {
        self.t(&format!("{list}.{word}"))
    }

    /// All words of a closed list to choose from.
    pub fn words<W: Words>(&self, list: &str) -> Vec<Choice> {
        W::WORDS.iter().map(|word| Choice::new(word.word(), self.word(list, word.word()))).collect()
    }

    /// Yes or no.
    pub fn yes_no(&self, yes: impl Borrow<bool>) -> &'static str {
        self.t(if *yes.borrow() { "form.yes" } else { "form.no" })
    }

    /// A whole number.
    pub fn whole(&self, number: impl Count) -> String {
        format::whole(number.count(), self.info.language)
    }

    /// A decimal number.
    pub fn number(&self, number: impl Borrow<rust_decimal::Decimal>) -> String {
        format::number(*number.borrow(), self.info.language)
    }

    /// A percentage, of a number as it is written.
    pub fn percent(&self, number: impl Display) -> String {
        format::percent(number, self.info.language)
    }

    /// An amount.
    pub fn money(&self, amount: impl Borrow<Amount>, currency: impl Borrow<Currency>) -> String {
        format::money(*amount.borrow(), *currency.borrow(), self.info.language)
    }

    /// A date.
    pub fn date(&self, date: impl Borrow<NaiveDate>) -> String {
        format::date(*date.borrow(), self.info.language)
    }

    /// An instant.
    pub fn time(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        format::time(*at.borrow(), self.info.language)
    }

    /// An icon, which says nothing to a screen reader.
    pub fn icon(&self, name: &'static str) -> ui::Icon {
        ui::Icon { name }
    }

    /// The address of an asset.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The language's tag.
    pub fn lang(&self) -> &'static str {
        self.info.language.tag()
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.info.language
    }

    /// The theme that was chosen.
    pub fn theme(&self) -> &'static str {
        self.theme.as_str()
    }

    /// The request's id, for the support.
    pub fn request_id(&self) -> &str {
        &self.info.id
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Path and query.
    pub fn here(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The query as it came.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Who reads it.
    pub fn caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }

    /// Whether the reader may call the operation of this name: whether to show a button.
    pub fn may(&self, operation: &str) -> bool {
        let operation = crate::auth::policy::Operation::find(operation);
        let is_open = |caller: &Caller| operation.is_some_and(|it| it.is_open_to(caller.role, caller.company_admin));
        self.caller.as_ref().is_some_and(is_open)
    }

    /// Whether the reader is one of the tenant's staff, and no customer.
    pub fn is_staff(&self) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.role.is_staff())
    }

    /// The reader's name.
    pub fn name(&self) -> &str {
        self.caller.as_ref().map_or("", |caller| caller.name.as_str())
    }

    /// The reader's e-mail.
    pub fn email(&self) -> &str {
        self.caller.as_ref().map_or("", |caller| caller.email.as_str())
    }

    /// The reader's role in words.
    pub fn role(&self) -> &'static str {
        self.caller.as_ref().map_or("", |caller| self.word("role", caller.role))
    }

    /// The ways that the reader has.
    pub fn ways(&self) -> Vec<&'static Way> {
        self.caller.as_ref().map(|caller| nav::ways(caller).collect()).unwrap_or_default()
    }

    /// Whether the page lies on this way.
    pub fn is_on(&self, way: &Way) -> bool {
        let below = self.path.strip_prefix(way.path);
        if nav::PANEL
            .iter()
            .chain(nav::PORTAL)
            .any(|other| other.path.len() < way.path.len() && way.path.starts_with(other.path))
        {
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        } else {
            below == Some("")
        }
    }

    /// Where the reader begins.
    pub fn home(&self) -> &'static str {
        self.caller.as_ref().map_or("/login", nav::home)
    }

    /// What has just been done, said once.
    pub fn flash(&self) -> &str {
        self.flash.as_deref().unwrap_or_default()
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Whether this is a developer's machine, whose pages may say so.
    pub fn is_local(&self) -> bool {
        self.app.config().environment.is_local()
    }
}

/// 303 to this address.
fn see_other(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}
