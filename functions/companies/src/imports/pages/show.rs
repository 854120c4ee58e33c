//! One import: how far it is, what its rows would lead to, which column is which, and applying it.

use std::collections::HashMap;

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, Role, policy},
    http::{
        Id, Paging, Patch,
        input::{Fields, Input},
        reply::Pagination,
    },
    jobs::JobStatus,
    web::{Choice, Form, FormState, Page, PageList, Tone, settle},
};

use super::{
    super::{
        self as imports, ColumnChoice, Import, ImportApply, ImportCheck, ImportError, ImportField, ImportId, ImportRow,
        ImportStatus, ImportView, columns::shown, file::MAX_COLUMNS, report, store,
    },
    upload::Steps,
};
use crate::{companies::api::NoFilter, workplaces::WorkplaceId};

#[derive(Template)]
#[template(path = "imports/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    form: &'a FormState,
    import: &'a Import,
    view: ImportView,
    status: ImportStatus,
    steps: Steps,
    columns: Vec<(String, String)>,
    /// The headers of the columns that nothing is read from.
    unread: String,
    fields: Vec<Choice>,
    workplaces: Vec<Choice>,
    rows: Vec<ImportRow>,
    pagination: Pagination,
    /// Where the company's employees are shown.
    employees: String,
    /// Whether the caller may see the import's jobs, which are those of whoever started it.
    owns_jobs: bool,
    has_report: bool,
    /// The cells of the rows that were not taken, by their numbers.
    cells: HashMap<u32, Vec<String>>,
}

/// Which column is which, as a form says it: `column1`, `column2` …
#[derive(Debug)]
pub(super) struct Mapping(ImportCheck);

impl Input for Mapping {
    fn read_fields(fields: &mut Fields) -> Option<Self> {
        // A form that only begins the dry run shows no columns; then the headers say it.
        let is_chosen = fields.take::<Option<bool>>("mapped")?.unwrap_or(false);
        let workplace_id = fields.take::<Patch<Option<WorkplaceId>>>("workplaceId");
        let mut columns = Some(Vec::new());
        for column in 1..=MAX_COLUMNS {
            let field = fields.take::<Option<ImportField>>(&name_of(column));
            columns = columns.zip(field).map(|(mut columns, field)| {
                let column = i64::try_from(column).unwrap_or(i64::MAX);
                columns.extend(field.map(|field| ColumnChoice { column, field }));
                columns
            });
        }
        let (workplace_id, columns) = workplace_id.zip(columns)?;
        Some(Self(ImportCheck { workplace_id, columns: is_chosen.then_some(columns) }))
    }
}

fn name_of(column: impl std::fmt::Display) -> String {
    format!("column{column}")
}

/// One import. While a job of it is under way, the page asks for itself again.
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetImport>,
    Id(id): Id<ImportId>,
    list: PageList<NoFilter>,
) -> Result<Response> {
    render(&app, &page, &caller, id, &list.paging, None).await
}

/// Begins the dry run, with the columns that were chosen.
pub(super) async fn check(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CheckImport>,
    Id(id): Id<ImportId>,
    mut form: Form<Mapping>,
) -> Result<Response> {
    let mut numbers = Vec::new();
    let done = async {
        let Mapping(how) = form.read()?;
        numbers = how.columns.iter().flatten().map(|choice| choice.column).collect();
        let mut work = app.begin(&caller, form.key.take()).await?;
        let started = imports::check(&mut work, id, how).await?;
        work.commit(started.reply()?).await
    };
    match settle(done.await) {
        Ok(_) => Ok(page.redirect(&format!("/imports/{id}"))),
        Err(error) => {
            // The API names a choice by its place in the list, the form by its column.
            let error = super::renamed(error, |field| {
                let (at, _) = field.strip_prefix("columns[")?.split_once(']')?;
                numbers.get(at.parse::<usize>().ok()?).map(name_of)
            });
            render(&app, &page, &caller, id, &Paging::default(), Some(&form.refused(error)?)).await
        }
    }
}

/// Begins to apply the file.
pub(super) async fn apply(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ApplyImport>,
    Id(id): Id<ImportId>,
    mut form: Form<ImportApply>,
) -> Result<Response> {
    let done = async {
        let how = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let started = imports::apply(&mut work, id, &how).await?;
        work.commit(started.reply()?).await
    };
    match settle(done.await) {
        Ok(_) => Ok(page.redirect(&format!("/imports/{id}"))),
        Err(error) => render(&app, &page, &caller, id, &Paging::default(), Some(&form.refused(error)?)).await,
    }
}

async fn render(
    app: &App,
    page: &Page,
    caller: &Caller,
    id: ImportId,
    paging: &Paging,
    refused: Option<&FormState>,
) -> Result<Response> {
    let mut db = app.read(caller).await?;
    let import = store::find(&mut db, id).await?.ok_or(ImportError::NotFound)?;
    let (notes, counted) = store::list_notes(&mut db, &import, paging).await?;
    let workplaces = store::places(&mut db, import.company_id).await?;
    drop(db);
    let owns_jobs = caller.role == Role::Admin || caller.user == import.requested_by;
    let has_report = import.report_until.is_some_and(|until| until > app.now());
    let cells = match import.job() {
        // The page does without what stands in the cells rather than not at all.
        Some(job) if owns_jobs && has_report => report::read(app, caller.tenant, job).await.unwrap_or_default(),
        _ => HashMap::new(),
    };
    let form = filled(refused.cloned().unwrap_or_else(|| page.form()), &import);
    let view = import.clone().shown();
    let unread = view.columns.iter().flatten().filter(|column| column.field.is_none() && !column.header.is_empty());
    let unread = unread.map(|column| column.header.clone()).collect::<Vec<_>>().join(", ");
    let columns = view.columns.iter().flatten().map(|column| {
        let header = if column.header.is_empty() { page.t("imports.no_header") } else { &column.header };
        (name_of(column.number), format!("{}. {header}", column.number))
    });
    let shown = ShowPage {
        page,
        form: &form,
        columns: columns.collect(),
        unread,
        fields: page.words::<ImportField>("importField"),
        workplaces: workplaces.iter().map(|place| Choice::new(place.id, place.title.as_str())).collect(),
        rows: notes.into_iter().map(ImportRow::new).collect(),
        pagination: paging.pagination(counted),
        owns_jobs,
        cells,
        employees: match caller.company {
            Some(_) => "/portal/employees".to_owned(),
            None => format!("/panel/employees?companyId={}", import.company_id),
        },
        has_report,
        status: import.status(),
        steps: Steps::of(caller),
        view,
        import: &import,
    };
    page.show_again(&form, &shown)
}

/// The form with what the dry run has read from each column, unless somebody has just chosen otherwise.
fn filled(mut form: FormState, import: &Import) -> FormState {
    if let Some(workplace) = import.workplace_id {
        form = form.or("workplaceId", workplace);
    }
    let columns = import.columns.iter().flat_map(|columns| columns.iter());
    for column in columns {
        if let Some(field) = column.field {
            form = form.or(&name_of(column.number), field);
        }
    }
    form
}

impl ShowPage<'_> {
    /// What stands in the column of a field, without what may be somebody's number.
    fn cell(&self, row: u32, field: &str) -> String {
        let columns = self.view.columns.iter().flatten();
        let column = columns.into_iter().find(|column| column.field.is_some_and(|of| of.as_str() == field));
        let place = column.and_then(|column| usize::from(column.number).checked_sub(1));
        let cell = place.and_then(|place| self.cells.get(&row)?.get(place));
        cell.map(|cell| shown(cell)).unwrap_or_default()
    }

    /// Whom a row is about.
    fn person(&self, row: u32) -> String {
        let names = [ImportField::FullName, ImportField::FirstName, ImportField::LastName];
        let names = names.map(|field| self.cell(row, field.as_str()));
        names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Whether a job is under way.
    fn is_busy(&self) -> bool {
        matches!(self.status, ImportStatus::Checking | ImportStatus::Applying)
    }

    /// Where the job that is under way stands.
    fn job_status(&self) -> JobStatus {
        let status = if self.import.apply_job.is_some() { self.import.apply_status } else { self.import.check_status };
        status.unwrap_or(JobStatus::Queued)
    }

    /// The step that is at hand.
    fn step(&self) -> usize {
        self.steps.at(match self.status {
            ImportStatus::Waiting => 0,
            ImportStatus::Applying => 2,
            ImportStatus::Applied => 3,
            _ if self.import.apply_job.is_some() => 2,
            _ => 1,
        })
    }

    /// Whether somebody has to say which column is which.
    fn needs_columns(&self) -> bool {
        !self.view.missing_fields.is_empty()
    }

    /// Whether the next thing to do is to look at the file again, with these columns or others.
    fn wants_columns(&self) -> bool {
        self.needs_columns() || matches!(self.status, ImportStatus::Failed | ImportStatus::Cancelled)
    }

    /// Whether the file can be looked at again.
    fn can_check(&self) -> bool {
        self.import.file_gone_at.is_none()
            && self.import.check_job.is_some()
            && !self.is_busy()
            && self.status != ImportStatus::Applied
    }
}
