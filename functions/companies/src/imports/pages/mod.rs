//! `/imports`: a file of employees from its choice to the register, in steps that each have an address.
//!
//! With the script the file goes past the function to the object store; without it a form brings up to 4 MB.

mod show;
mod upload;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use shared::{
    App, Detail, Error, Result,
    auth::{Allowed, policy},
    http::{Paging, Routes, reply::Pagination},
    web::{Choice, Page, PageList, Tone},
};

use super::{Counts, Import, ImportField, ImportFilter, ImportStatus, api, store};

/// The order that the list has by itself.
const ORDER: &str = "-createdAt";
/// What the file that is given as a sample has columns for.
const SAMPLE: [ImportField; 13] = [
    ImportField::Tckn,
    ImportField::FirstName,
    ImportField::LastName,
    ImportField::StartDate,
    ImportField::Position,
    ImportField::Department,
    ImportField::BirthDate,
    ImportField::Gender,
    ImportField::Phone,
    ImportField::Email,
    ImportField::EmploymentType,
    ImportField::IsSubcontractor,
    ImportField::Workplace,
];

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListImports>("/imports", get(list))
        .page::<policy::ListImports>("/imports/sample", get(sample))
        .page::<policy::CreateImport>("/imports/new", get(upload::new).post(upload::bring))
        .page::<policy::CreateImport>("/imports/announce", post(upload::announce))
        .page::<policy::GetImport>("/imports/{id}", get(show::show))
        .page::<policy::CheckImport>("/imports/{id}/check", post(show::check))
        .page::<policy::ApplyImport>("/imports/{id}/apply", post(show::apply))
}

#[derive(Template)]
#[template(path = "imports/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    rows: Vec<Import>,
    pagination: Pagination,
    q: &'a str,
    filter: &'a ImportFilter,
    statuses: Vec<Choice>,
    shows_company: bool,
}

/// The imports so far.
async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListImports>,
    list: PageList<ImportFilter>,
) -> Result<Response> {
    let order = api::order(&list.paging).or_else(|_| api::order(&Paging::default()))?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order).await?;
    page.show(&ListPage {
        rows,
        pagination: list.paging.pagination(counted),
        q: list.paging.q.as_deref().unwrap_or_default(),
        shows_company: caller.company.is_none(),
        filter: &list.filter,
        statuses: page.words::<ImportStatus>("importStatus"),
        page: &page,
    })
}

/// A file with nothing but the headers that an import knows.
async fn sample(page: Page, _: Allowed<policy::ListImports>) -> Result<Response> {
    let headers = SAMPLE.map(|field| page.word("importField", field));
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(headers).map_err(Error::internal)?;
    // The mark of UTF-8, without which Excel in Turkey takes it for Windows-1254.
    let body =
        ["\u{feff}".as_bytes(), &writer.into_inner().map_err(|error| Error::internal(error.into_error()))?].concat();
    let mut response = body.into_response();
    let headers = response.headers_mut();
    // As bytes: of an answer that is text, the runtime takes the mark away again.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let name = HeaderValue::from_static("attachment; filename=\"calisanlar.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// An error that names fields as the API does, with the names that they have in a form.
fn renamed(error: Error, name: impl Fn(&str) -> Option<String>) -> Error {
    if error.list().iter().all(|detail| name(&detail.field).is_none()) {
        return error;
    }
    let details = error.list().iter().map(|detail| {
        Detail::new(
            name(&detail.field).unwrap_or_else(|| detail.field.clone()),
            detail.code.clone(),
            detail.text.clone(),
        )
    });
    Error::new(error.code()).details(details.collect::<Vec<_>>())
}

impl ImportStatus {
    /// What the status means on a screen.
    pub fn tone(self) -> Tone {
        match self {
            Self::Waiting => Tone::Plain,
            Self::Checking | Self::Applying => Tone::Info,
            Self::Checked | Self::Cancelled => Tone::Warn,
            Self::Applied => Tone::Ok,
            Self::Failed => Tone::Danger,
        }
    }
}

impl Counts {
    /// Employees that a file adds.
    fn added(&self) -> u32 {
        self.new_persons + self.new_employments
    }
}

#[cfg(test)]
mod tests {
    use shared::error::Language;

    use super::*;
    use crate::TEXTS;

    #[test]
    fn every_header_of_the_sample_is_known() {
        for field in SAMPLE {
            for language in [Language::Tr, Language::En] {
                let header = TEXTS.find(language, &format!("importField.{field}")).unwrap();
                assert_eq!(ImportField::of_header(header), Some(field), "{header}");
            }
        }
    }
}
