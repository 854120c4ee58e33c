//! `/jobs`: long work, how far it is, its file, and stopping it.

use askama::Template;
use axum::{extract::State, response::Response, routing::get};
use serde_json::Value;
use shared::{
    App, Code, Error, Result,
    auth::{Allowed, Caller, Role, policy},
    error::Text,
    http::{Id, List, Paging, Reply, Routes, reply::Pagination},
    jobs::{JobId, JobStatus},
    web::{Choice, Form, FormState, Page, PageList, list::query_value, local_path, settle},
};

use super::{Job, JobFilter, changes, store, view};

/// The order that the list has by itself.
const ORDER: &str = "-createdAt";
/// The kinds that have a name of their own; others are long work like any.
const KINDS: [&str; 5] =
    ["employees.import.check", "employees.import", "companies.export", "workplaces.export", "employees.export"];

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListJobs>("/jobs", get(list))
        .page::<policy::GetJob>("/jobs/{id}", get(show))
        .page::<policy::GetJob>("/jobs/{id}/file", get(file))
        .page::<policy::CancelJob>("/jobs/{id}/cancel", get(ask).post(cancel))
}

#[derive(Template)]
#[template(path = "jobs/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    rows: Vec<Job>,
    pagination: Pagination,
    q: &'a str,
    filter: &'a JobFilter,
    kinds: Vec<Choice>,
    statuses: Vec<Choice>,
    sees_all: bool,
}

#[derive(Template)]
#[template(path = "jobs/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    job: &'a Job,
    rows: Option<u64>,
    import: Option<&'a str>,
    form: FormState,
}

#[derive(Template)]
#[template(path = "jobs/cancel.html")]
struct CancelPage<'a> {
    page: &'a Page,
    job: &'a Job,
    form: &'a FormState,
    back: String,
}

shared::input! {
    /// Stopping a job takes no word.
    struct Stop {}
}

/// The jobs that the caller sees.
async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListJobs>,
    PageList { paging, filter }: PageList<JobFilter>,
) -> Result<Response> {
    let order = store::order(&paging).or_else(|_| store::order(&Paging::default()))?;
    let list = List { paging, filter };
    let (rows, counted) = view::list(&app, &caller, &list, &order).await?;
    page.show(&ListPage {
        rows,
        pagination: list.paging.pagination(counted),
        q: list.paging.q.as_deref().unwrap_or_default(),
        filter: &list.filter,
        kinds: KINDS.iter().map(|kind| Choice::new(kind, kind_name(&page, kind))).collect(),
        statuses: page.words::<JobStatus>("jobStatus"),
        sees_all: caller.role == Role::Admin,
        page: &page,
    })
}

/// One job. While it is not over, the page asks for itself again.
async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetJob>,
    Id(id): Id<JobId>,
) -> Result<Response> {
    let job = view::find(&app, &caller, id).await?;
    let of_result = |name: &str| job.result.as_ref().map(|result| &result[name]);
    page.show(&ShowPage {
        rows: of_result("rows").and_then(Value::as_u64),
        import: of_result("importId").and_then(Value::as_str),
        job: &job,
        form: page.form(),
        page: &page,
    })
}

/// The job's file: to where it can be fetched for the next five minutes.
async fn file(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetJob>,
    Id(id): Id<JobId>,
) -> Result<Response> {
    let job = view::find(&app, &caller, id).await?;
    match job.result_url {
        Some(url) => Ok(page.hand_over(&url)),
        None if job.file_name.is_some() => Err(Error::new(Code::Gone).text(Text::new(
            "Dosya silinmiş; listeyi yeniden dışa aktarın ya da dosyayı yeniden denetleyin.",
            "The file has been deleted; export the list or check the file again.",
        ))),
        None => Err(Error::not_found()),
    }
}

/// Asks whether the job is to be stopped.
async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CancelJob>,
    Id(id): Id<JobId>,
) -> Result<Response> {
    show_question(&app, &page, &caller, id, &page.form()).await
}

/// Stops the job and goes back to where it was shown.
async fn cancel(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CancelJob>,
    Id(id): Id<JobId>,
    mut form: Form<Stop>,
) -> Result<Response> {
    let done = async {
        form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let job = changes::cancel(&mut work, id, view::sees_all(&caller)).await?;
        work.commit(Reply::found(&job)?).await
    };
    match settle(done.await) {
        Ok(_) => Ok(page.done(&back(&page, id), "jobs.stopped")),
        Err(error) => show_question(&app, &page, &caller, id, &form.refused(error)?).await,
    }
}

async fn show_question(app: &App, page: &Page, caller: &Caller, id: JobId, form: &FormState) -> Result<Response> {
    let job = view::find(app, caller, id).await?;
    page.show_again(form, &CancelPage { page, job: &job, form, back: back(page, id) })
}

/// The page that shows the job: the one that led here, or the job's own.
fn back(page: &Page, id: JobId) -> String {
    let next = query_value(page.query(), "next");
    next.as_deref().and_then(local_path).map_or_else(|| format!("/jobs/{id}"), str::to_owned)
}

/// The name of a kind of work, if it has one.
pub(crate) fn known_kind(page: &Page, kind: &str) -> Option<&'static str> {
    KINDS.contains(&kind).then(|| page.word("jobKind", kind.replace('.', "_")))
}

/// The name of a kind of work.
fn kind_name(page: &Page, kind: &str) -> &'static str {
    known_kind(page, kind).unwrap_or_else(|| page.word("jobKind", "other"))
}

impl ListPage<'_> {
    /// The kind that the list is narrowed to.
    fn kind(&self) -> Option<&str> {
        self.filter.kind.as_ref().map(shared::types::Text::as_str)
    }
}

impl Job {
    fn name(&self, page: &Page) -> &'static str {
        kind_name(page, &self.kind)
    }

    /// Whether somebody can still stop it.
    fn can_stop(&self) -> bool {
        !self.status.is_final() && self.cancel_requested_at.is_none()
    }
}
