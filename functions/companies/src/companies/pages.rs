//! `/panel/companies`: the list, one company, and its forms.

use askama::Template;
use axum::{extract::State, response::Response, routing::get};
use shared::{
    App, Result,
    auth::{Allowed, Caller, CompanyId, policy},
    http::{Id, Paging, Reply, Routes, reply::Pagination},
    types::Currency,
    web::{Choice, Form, FormState, Page, PageList, Tone, last_change, settle},
};

use super::{
    Company, CompanyError, CompanyFilter, CompanyKind, CompanyStatus, CompanyView, NewCompany, PatchCompany,
    StatusStep, api, store,
};
use crate::{danger::DangerClass, reach::Reach, reference::kept};

/// The order that the list has by itself.
const ORDER: &str = "name";
/// The steps of its way that a company's page shows.
const STEPS: u32 = 20;

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListCompanies>("/panel/companies", get(list))
        .page::<policy::CreateCompany>("/panel/companies/new", get(new).post(create))
        .page::<policy::GetCompany>("/panel/companies/{id}", get(show))
        .page::<policy::UpdateCompany>("/panel/companies/{id}/edit", get(edit).post(save))
}

#[derive(Template)]
#[template(path = "companies/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    rows: Vec<Company>,
    pagination: Pagination,
    q: &'a str,
    filter: &'a CompanyFilter,
    statuses: Vec<Choice>,
    classes: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "companies/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    view: CompanyView,
    steps: Vec<StatusStep>,
    city: String,
}

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
    district: String,
}

/// The companies that the caller reaches.
async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListCompanies>,
    list: PageList<CompanyFilter>,
) -> Result<Response> {
    let order = list
        .paging
        .order_by(api::SORT, "c.name", "c.id")
        .or_else(|_| Paging::default().order_by(api::SORT, "c.name", "c.id"))?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, Reach::of(&caller), &list.paging, &list.filter, &order).await?;
    page.show(&ListPage {
        rows,
        pagination: list.paging.pagination(counted),
        q: list.paging.q.as_deref().unwrap_or_default(),
        filter: &list.filter,
        statuses: page.words::<CompanyStatus>("companyStatus"),
        classes: page.words::<DangerClass>("dangerClass"),
        page: &page,
    })
}

/// One company, with what is counted for it and its way so far.
async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetCompany>,
    Id(id): Id<CompanyId>,
) -> Result<Response> {
    let mut db = app.read(&caller).await?;
    let company = store::find(&mut db, Reach::of(&caller), id).await?.ok_or(CompanyError::NotFound)?;
    let facts = store::facts(&mut db, id).await?;
    let steps = if page.may("list_company_status_history") {
        store::list_status(&mut db, id.as_uuid(), &Paging::first(STEPS)).await?.0
    } else {
        Vec::new()
    };
    drop(db);
    let city = match &company.city_code {
        Some(code) => {
            let all = kept::provinces(&app, &caller).await?;
            all.into_iter().find(|city| city.code.as_str() == code.as_str()).map(|city| city.name.to_string())
        }
        None => None,
    };
    let view = CompanyView::new(company, facts, Vec::new());
    page.show(&ShowPage { page: &page, view, steps, city: city.unwrap_or_default() })
}

/// An empty form.
async fn new(State(app): State<App>, page: Page, caller: Allowed<policy::CreateCompany>) -> Result<Response> {
    let form = page.form().with("status", CompanyStatus::Lead).with("kind", CompanyKind::Employer);
    show_form(&app, &page, &caller, &form, None).await
}

/// Adds the company; a form that is sent twice adds one.
async fn create(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateCompany>,
    mut form: Form<NewCompany>,
) -> Result<Response> {
    let done = async {
        let new = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let company = super::create(&mut work, new).await?;
        work.commit(Reply::created(&company)?).await
    };
    match settle(done.await) {
        Ok(reply) => {
            Ok(page.done(&format!("/panel/companies/{}", reply.id().unwrap_or_default()), "companies.created"))
        }
        Err(error) => show_form(&app, &page, &caller, &form.refused(error)?, None).await,
    }
}

/// The form with the company's values.
async fn edit(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateCompany>,
    Id(id): Id<CompanyId>,
) -> Result<Response> {
    let company = find(&app, &caller, id).await?;
    let form = page.form_of(&company, company.version)?;
    show_form(&app, &page, &caller, &form, Some(&company)).await
}

/// Changes the company; what somebody else changed meanwhile is put beside what was typed.
async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateCompany>,
    Id(id): Id<CompanyId>,
    mut form: Form<PatchCompany>,
) -> Result<Response> {
    let done = async {
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let company = super::update(&mut work, id, version, patch).await?;
        work.commit(Reply::found(&company)?).await
    };
    let Err(error) = settle(done.await) else {
        return Ok(page.done(&format!("/panel/companies/{id}"), "companies.saved"));
    };
    let mut form = form.refused(error)?;
    let company = find(&app, &caller, id).await?;
    if form.is_conflict() {
        let change = last_change(&mut *app.read(&caller).await?, "company", id.as_uuid()).await?;
        form = form.meets(&company, company.version, change)?;
    }
    show_form(&app, &page, &caller, &form, Some(&company)).await
}

async fn find(app: &App, caller: &Caller, id: CompanyId) -> Result<Company> {
    let mut db = app.read(caller).await?;
    Ok(store::find(&mut db, Reach::All, id).await?.ok_or(CompanyError::NotFound)?)
}

async fn show_form(
    app: &App,
    page: &Page,
    caller: &Caller,
    form: &FormState,
    company: Option<&Company>,
) -> Result<Response> {
    let cities = kept::provinces(app, caller).await?;
    let district = match (form.value("cityCode"), form.value("districtCode")) {
        (city, code) if !city.is_empty() && !code.is_empty() => match shared::types::FromText::from_text(city) {
            Ok(city) => {
                let all = kept::districts(app, caller, &city).await?;
                all.into_iter().find(|found| found.code.as_str() == code).map(|found| found.name.to_string())
            }
            Err(_) => None,
        },
        _ => None,
    };
    let view = FormPage {
        page,
        form,
        company,
        kinds: page.words::<CompanyKind>("companyKind"),
        statuses: page.words::<CompanyStatus>("companyStatus"),
        classes: page.words::<DangerClass>("dangerClass"),
        currencies: Currency::ALL
            .iter()
            .map(|currency| Choice::new(currency, format!("{currency} ({})", currency.sign())))
            .collect(),
        cities: cities.iter().map(|city| Choice::new(city.code.as_str(), city.name.as_str())).collect(),
        district: district.unwrap_or_default(),
    };
    page.show_again(form, &view)
}

impl CompanyStatus {
    /// What the status means on a screen.
    pub fn tone(self) -> Tone {
        match self {
            Self::Lead => Tone::Plain,
            Self::Prospect | Self::Negotiation => Tone::Info,
            Self::Customer => Tone::Ok,
            Self::Churned => Tone::Danger,
        }
    }
}

impl DangerClass {
    /// What the class means on a screen.
    pub fn tone(self) -> Tone {
        match self {
            Self::LessDangerous => Tone::Plain,
            Self::Dangerous => Tone::Warn,
            Self::VeryDangerous => Tone::Danger,
        }
    }
}
