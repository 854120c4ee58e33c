//! The first steps: whose employees, and which file.

use askama::Template;
use axum::{extract::State, response::Response};
use serde_json::Value;
use shared::{
    App, Code, Detail, Error, Result,
    auth::{Allowed, Caller, CompanyId, policy},
    http::{Paging, Reply, reply::Pagination},
    types::Text,
    web::{Choice, FileForm, Form, FormState, Page, PageList, PageQuery, list::query_value, settle},
};

use super::super::{self as imports, ImportError, NewImport, store};
use crate::{
    companies::{self, Company, CompanyFilter},
    reach::Reach,
    workplaces::WorkplaceId,
};

shared::input! {
    /// Whose employees are in the file, as the page's address says it.
    pub(super) struct Of {
        /// The company; a customer's user has one.
        pub company_id: Option<CompanyId>,
    }
}

shared::input! {
    /// What a form says besides its file.
    pub(super) struct Place {
        /// Where everybody in the file works.
        pub workplace_id: Option<WorkplaceId>,
    }
}

shared::input! {
    /// A file that is to go past the function.
    pub(super) struct Announcement {
        /// Where everybody in the file works.
        pub workplace_id: Option<WorkplaceId>,
        /// The file's name.
        pub file_name: Text<1, 150>,
        /// Its size in bytes.
        pub length: i64,
    }
}

#[derive(Template)]
#[template(path = "imports/company.html")]
struct CompanyPage<'a> {
    page: &'a Page,
    rows: Vec<Company>,
    pagination: Pagination,
    q: &'a str,
}

#[derive(Template)]
#[template(path = "imports/upload.html")]
struct UploadPage<'a> {
    page: &'a Page,
    form: &'a FormState,
    company: &'a Company,
    workplaces: Vec<Choice>,
    steps: Steps,
}

#[derive(Template)]
#[template(path = "imports/sending.html")]
struct SendingPage<'a> {
    page: &'a Page,
    form: FormState,
    id: &'a str,
    file_name: &'a str,
    url: &'a str,
    headers: String,
}

/// The way of an import. A customer's user has no company to choose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    has_company: bool,
}

impl Steps {
    pub(super) fn of(caller: &Caller) -> Self {
        Self { has_company: caller.company.is_none() }
    }

    /// The names of the steps.
    pub(super) fn names(self, page: &Page) -> Vec<&str> {
        let all = ["imports.step_company", "imports.step_file", "imports.step_check", "imports.step_apply"];
        all.iter().skip(usize::from(!self.has_company)).map(|key| page.t(key)).collect()
    }

    /// The place of a step, counted from the choice of the file.
    pub(super) fn at(self, step: usize) -> usize {
        step + usize::from(self.has_company)
    }
}

/// Asks whose employees they are, then for the file.
pub(super) async fn new(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateImport>,
    PageQuery(of): PageQuery<Of>,
    list: PageList<CompanyFilter>,
) -> Result<Response> {
    if let Some(company) = of.company_id.or(caller.company) {
        let form = page.form().with("workplaceId", query_value(page.query(), "workplaceId").unwrap_or_default());
        return show_form(&app, &page, &caller, company, &form).await;
    }
    let order = companies::api::order(&Paging::default())?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) =
        companies::store::list(&mut db, Reach::of(&caller), &list.paging, &list.filter, &order).await?;
    let q = list.paging.q.as_deref().unwrap_or_default();
    page.show(&CompanyPage { page: &page, rows, pagination: list.paging.pagination(counted), q })
}

/// Takes a form with its file.
pub(super) async fn bring(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateImport>,
    PageQuery(of): PageQuery<Of>,
    FileForm { mut form, file }: FileForm<Place>,
) -> Result<Response> {
    let company_id = company_of(&caller, &of)?;
    let done = async {
        let Place { workplace_id } = form.read()?;
        let file = file.ok_or_else(no_file)?;
        let file_name =
            file.name.parse().map_err(|e| Error::new(Code::Validation).detail(Detail::invalid("file", e)))?;
        let new = NewImport { company_id: Some(company_id), workplace_id, file_name, length: 0 };
        let mut work = app.begin(&caller, form.key.take()).await?;
        let import = imports::receive(&mut work, &caller, new, file.bytes).await?;
        work.commit(Reply::created(&import)?).await
    };
    match settle(done.await) {
        Ok(reply) => Ok(page.redirect(&format!("/imports/{}", reply.id().unwrap_or_default()))),
        Err(error) => show_form(&app, &page, &caller, company_id, &refused(form.state, error)?).await,
    }
}

/// Says where the page's script may bring the file.
pub(super) async fn announce(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateImport>,
    PageQuery(of): PageQuery<Of>,
    mut form: Form<Announcement>,
) -> Result<Response> {
    let company_id = company_of(&caller, &of)?;
    let done = async {
        let Announcement { workplace_id, file_name, length } = form.read()?;
        let new = NewImport { company_id: Some(company_id), workplace_id, file_name, length };
        let mut work = app.begin(&caller, form.key.take()).await?;
        let import = imports::create(&mut work, &caller, new).await?;
        work.commit(Reply::created(&import)?).await
    };
    let reply = match settle(done.await) {
        Ok(reply) => reply,
        Err(error) => return show_form(&app, &page, &caller, company_id, &refused(form.state, error)?).await,
    };
    let import = reply.data().unwrap_or(&Value::Null);
    let text = |value: &'static str| import[value].as_str().unwrap_or_default();
    page.show(&SendingPage {
        form: page.form(),
        id: text("id"),
        file_name: text("fileName"),
        url: import["upload"]["url"].as_str().unwrap_or_default(),
        headers: import["upload"]["headers"].to_string(),
        page: &page,
    })
}

async fn show_form(
    app: &App,
    page: &Page,
    caller: &Allowed<policy::CreateImport>,
    id: CompanyId,
    form: &FormState,
) -> Result<Response> {
    let mut db = app.read(caller).await?;
    let company = companies::store::find(&mut db, Reach::of(caller), id).await?.ok_or(ImportError::NotFound)?;
    let workplaces = store::places(&mut db, id).await?;
    let workplaces = workplaces.iter().map(|place| Choice::new(place.id, place.title.as_str())).collect();
    page.show_again(form, &UploadPage { page, form, company: &company, workplaces, steps: Steps::of(caller) })
}

fn company_of(caller: &Caller, of: &Of) -> Result<CompanyId> {
    of.company_id.or(caller.company).ok_or_else(|| ImportError::UnknownCompany.into())
}

fn no_file() -> Error {
    Error::field("file", "REQUIRED", "Bir dosya seçin.", "Choose a file.")
}

/// The form again. What is wrong with the file stands where the file is chosen, and one that is too large can be
/// mended there as well.
fn refused(form: FormState, error: Error) -> Result<FormState> {
    let error = super::renamed(error, |field| matches!(field, "length" | "fileName").then(|| "file".to_owned()));
    if error.code() == Code::PayloadTooLarge { Ok(form.with_error(&error)) } else { form.refused(error) }
}
