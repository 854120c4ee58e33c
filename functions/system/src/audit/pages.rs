//! `/panel/audit`: who did what, in words.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response, routing::get};
use shared::{
    App, Code, Result,
    auth::{Allowed, policy},
    db::Action,
    http::{Id, Pagination, Routes},
    web::{Choice, Page, PageQuery, list::query_value},
};
use uuid::Uuid;

use super::{
    AuditEntry,
    api::AuditQuery,
    names::Names,
    view,
    words::{Line, known_word},
};

/// The kinds of record that the list can be narrowed to.
const ENTITIES: [&str; 15] = [
    "company",
    "workplace",
    "employee",
    "assignment",
    "import",
    "job",
    "user",
    "account",
    "session",
    "invitation",
    "link_token",
    "tenant",
    "flag",
    "suppression",
    "cache",
];
/// Lines of an entry that the list shows; its own page shows all.
const SHOWN: usize = 4;

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListAudit>("/panel/audit", get(list))
        .page::<policy::ListAudit>("/panel/audit/{id}", get(show))
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    next: Option<String>,
    query: &'a AuditQuery,
    actions: Vec<Choice>,
    entities: Vec<Choice>,
    /// Why the entries cannot be shown.
    problems: Vec<String>,
}

#[derive(Template)]
#[template(path = "audit/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    entry: &'a AuditEntry,
    record: Option<String>,
    path: Option<String>,
    lines: Vec<Line>,
}

/// An entry with what is shown of it in the list.
struct Row {
    entry: AuditEntry,
    /// What the record is called.
    record: Option<String>,
    /// Where it is shown.
    path: Option<String>,
    lines: Vec<Line>,
    /// Lines that only the entry's own page shows.
    more: usize,
}

/// The trail, the latest first.
async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListAudit>,
    PageQuery(mut query): PageQuery<AuditQuery>,
) -> Result<Response> {
    query.limit = query.limit.map(|limit| limit.clamp(1, 100));
    let mut found = view::list(&app, &caller, &query).await;
    if found.as_ref().is_err_and(|error| error.code() == Code::InvalidCursor) {
        // An address that is old, or whose filters somebody has changed, begins at the beginning.
        query.cursor = None;
        found = view::list(&app, &caller, &query).await;
    }
    let (rows, pagination, problems, status) = match found {
        Ok((rows, pagination)) => (rows, Some(pagination), Vec::new(), StatusCode::OK),
        Err(error) if error.code() == Code::Validation => {
            let problems = error.list().iter().map(|detail| detail.text.in_language(page.language()).to_owned());
            (Vec::new(), None, problems.collect(), error.code().status())
        }
        Err(error) => return Err(error),
    };
    let next = match pagination {
        Some(Pagination::Cursor { next_cursor, .. }) => next_cursor,
        _ => None,
    };
    let names = view::names(&app, &caller, &rows).await?;
    let shown = ListPage {
        rows: rows.into_iter().map(|entry| Row::new(&page, &names, entry)).collect(),
        next: next.map(|cursor| page.with_query("cursor", Some(&cursor))),
        query: &query,
        actions: page.words::<Action>("auditAction"),
        entities: ENTITIES.iter().map(|entity| Choice::new(entity, known_word("auditEntity", &page, entity))).collect(),
        problems,
        page: &page,
    };
    page.show_as(status, &shown)
}

/// One entry with all that is known of it.
async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListAudit>,
    Id(id): Id<Uuid>,
) -> Result<Response> {
    let entry = view::find(&app, &caller, id).await?;
    let names = view::names(&app, &caller, std::slice::from_ref(&entry)).await?;
    page.show(&ShowPage {
        record: entry.record(&page, &names),
        path: entry.record_path(&names),
        lines: entry.lines(&page, &names),
        entry: &entry,
        page: &page,
    })
}

impl Row {
    fn new(page: &Page, names: &Names, entry: AuditEntry) -> Self {
        let mut lines = entry.lines(page, names);
        let all = lines.len();
        lines.retain(|line| !line.is_id);
        lines.truncate(SHOWN);
        let more = all - lines.len();
        Self { record: entry.record(page, names), path: entry.record_path(names), entry, lines, more }
    }
}

impl ListPage<'_> {
    /// What the address says for a filter that is typed.
    fn typed(&self, name: &str) -> String {
        query_value(self.page.query(), name).unwrap_or_default()
    }

    /// Whether the list is narrowed to one record, user or company, which no field of the form says.
    fn narrowed(&self) -> Vec<(&'static str, String, &'static str)> {
        let of = |name: &'static str, id: Option<String>, key| id.map(|id| (name, id, self.page.t(key)));
        let query = self.query;
        [
            of("entityId", query.entity_id.map(|id| id.to_string()), "audit.one_record"),
            of("userId", query.user_id.map(|id| id.to_string()), "audit.one_user"),
            of("companyId", query.company_id.map(|id| id.to_string()), "audit.one_company"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
