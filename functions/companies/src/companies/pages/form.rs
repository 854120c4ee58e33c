//! The form of a new company and of a change.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, CompanyId, policy},
    http::{Id, Reply},
    types::Currency,
    web::{Choice, Form, FormState, Page, last_change, settle},
};

use super::{
    super::{Company, CompanyKind, CompanyStatus, NewCompany, PatchCompany, create as add, update},
    find,
};
use crate::{
    danger::DangerClass,
    pages::{
        done, look_up,
        places::{self, Shown},
    },
};

#[derive(Template)]
#[template(path = "companies/form.html")]
struct FormPage<'a> {
    page: &'a Page,
    form: &'a FormState,
    /// The company that is changed; none for a new one.
    company: Option<&'a Company>,
    kinds: Vec<Choice>,
    statuses: Vec<Choice>,
    classes: Vec<Choice>,
    currencies: Vec<Choice>,
    cities: Vec<Choice>,
    shown: Shown,
}

/// An empty form.
pub(super) async fn new(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateCompany>,
) -> Result<Response> {
    let form = page.form().with("status", CompanyStatus::Lead).with("kind", CompanyKind::Employer);
    show(&app, &page, &caller, &form, None).await
}

/// Adds the company; a form that is sent twice adds one.
pub(super) async fn create(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateCompany>,
    mut form: Form<NewCompany>,
) -> Result<Response> {
    let mut warnings = Vec::new();
    let result = async {
        look_up::settle(&app, &page, &caller, &mut form).await?;
        let new = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let company = add(&mut work, new).await?;
        warnings.clone_from(&company.warnings);
        work.commit(Reply::created(&company)?).await
    };
    match settle(result.await) {
        Ok(reply) => {
            let to = format!("/panel/companies/{}", reply.id().unwrap_or_default());
            Ok(done(&page, &to, "companies.created", &warnings))
        }
        Err(error) => show(&app, &page, &caller, &form.refused(error)?, None).await,
    }
}

/// The form with the company's values.
pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateCompany>,
    Id(id): Id<CompanyId>,
) -> Result<Response> {
    let company = find(&app, &caller, id).await?;
    let form = page.form_of(&company, company.version)?;
    show(&app, &page, &caller, &form, Some(&company)).await
}

/// Changes the company; what somebody else changed meanwhile is put beside what was typed.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateCompany>,
    Id(id): Id<CompanyId>,
    mut form: Form<PatchCompany>,
) -> Result<Response> {
    let mut warnings = Vec::new();
    let result = async {
        look_up::settle(&app, &page, &caller, &mut form).await?;
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let company = update(&mut work, id, version, patch).await?;
        warnings.clone_from(&company.warnings);
        work.commit(Reply::found(&company)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(done(&page, &format!("/panel/companies/{id}"), "companies.saved", &warnings));
    };
    let mut form = form.refused(error)?;
    let company = find(&app, &caller, id).await?;
    if form.is_conflict() {
        let change = last_change(&mut *app.read(&caller).await?, "company", id.as_uuid()).await?;
        form = form.meets(&company, company.version, change)?;
    }
    show(&app, &page, &caller, &form, Some(&company)).await
}

async fn show(
    app: &App,
    page: &Page,
    caller: &Caller,
    form: &FormState,
    company: Option<&Company>,
) -> Result<Response> {
    let currency = |currency: &Currency| Choice::new(currency, format!("{currency} ({})", currency.sign()));
    let view = FormPage {
        page,
        form,
        company,
        kinds: page.words::<CompanyKind>("companyKind"),
        statuses: page.words::<CompanyStatus>("companyStatus"),
        classes: page.words::<DangerClass>("dangerClass"),
        currencies: Currency::ALL.iter().map(currency).collect(),
        cities: places::provinces(app, caller).await?,
        shown: Shown::of(app, caller, page, form, "cityCode").await?,
    };
    page.show_again(form, &view)
}
