//! The SQL of imports.

use serde::Serialize;
use shared::{
    auth::CompanyId,
    db::{Db, Work, like_prefix},
    http::Paging,
    jobs::JobId,
};
use sqlx::{MySql, QueryBuilder, types::Json};

use super::{
    Column, Counts, FileFormat, Import, ImportField, ImportFilter, ImportId, ImportStatus, NewImport, Problem,
    RowDetail, RowNote, places::Place,
};
use crate::{listing, workplaces::WorkplaceId};

const COLUMNS: &str = "i.id, i.company_id, c.name AS company_name, i.workplace_id, i.file_name, i.file_bytes, \
     i.file_kind, i.checksum, i.choice, i.columns, i.problem, i.counts, i.check_job, k.state AS check_status, \
     i.apply_job, a.state AS apply_status, i.file_gone_at, i.requested_by, j.progress, j.total, j.error AS job_error, \
     j.file_expires_at AS report_until, i.version, i.created_at, i.updated_at";

const BESIDE: &str = " JOIN companies_all c ON c.id = i.company_id LEFT JOIN jobs k ON k.id = i.check_job \
     LEFT JOIN jobs a ON a.id = i.apply_job LEFT JOIN jobs j ON j.id = COALESCE(i.apply_job, i.check_job)";

/// Rows of one statement.
const AT_ONCE: usize = 500;

/// One page of the imports that the filter lets pass.
pub(super) async fn list(
    db: &mut Db,
    paging: &Paging,
    filter: &ImportFilter,
    order: &str,
) -> sqlx::Result<(Vec<Import>, u64)> {
    let part = listing::Part { columns: COLUMNS, from: "imports i", beside: BESIDE, order };
    listing::page(db, paging, &part, |sql: &mut QueryBuilder<'static, MySql>| {
        if let Some(company) = filter.company_id {
            sql.push(" AND i.company_id = ").push_bind(company);
        }
        if let Some(status) = filter.status {
            sql.push(standing(status));
        }
        if let Some(q) = &paging.q {
            sql.push(" AND i.file_name LIKE ").push_bind(like_prefix(q));
        }
    })
    .await
}

/// The condition that an import stands there, as `Import::status` tells it.
fn standing(status: ImportStatus) -> &'static str {
    match status {
        ImportStatus::Waiting => " AND i.apply_job IS NULL AND i.check_job IS NULL",
        ImportStatus::Checking => {
            " AND i.apply_job IS NULL AND i.check_job IN (SELECT id FROM jobs WHERE state IN ('QUEUED', 'RUNNING'))"
        }
        ImportStatus::Checked => {
            " AND i.apply_job IS NULL AND i.check_job IN (SELECT id FROM jobs WHERE state = 'DONE')"
        }
        ImportStatus::Applying => " AND i.apply_job IN (SELECT id FROM jobs WHERE state IN ('QUEUED', 'RUNNING'))",
        ImportStatus::Applied => " AND i.apply_job IN (SELECT id FROM jobs WHERE state = 'DONE')",
        ImportStatus::Failed => {
            " AND COALESCE(i.apply_job, i.check_job) IN (SELECT id FROM jobs WHERE state = 'FAILED')"
        }
        ImportStatus::Cancelled => {
            " AND COALESCE(i.apply_job, i.check_job) IN (SELECT id FROM jobs WHERE state = 'CANCELLED')"
        }
    }
}

/// An import.
pub(super) async fn find(db: &mut Db, id: ImportId) -> sqlx::Result<Option<Import>> {
    let mut sql = QueryBuilder::new(format!("SELECT {COLUMNS} FROM imports i{BESIDE} WHERE i.id = "));
    sql.push_bind(id).build_query_as().fetch_optional(db).await
}

/// An import, locked; its jobs are not, because their workers hold them for the time of a batch.
pub(super) async fn lock(db: &mut Db, id: ImportId) -> sqlx::Result<Option<Import>> {
    let locked = sqlx::query_scalar!(r#"SELECT id AS "id: ImportId" FROM imports WHERE id = ? FOR UPDATE"#, id)
        .fetch_optional(&mut *db)
        .await?;
    if locked.is_none() { Ok(None) } else { find(db, id).await }
}

/// Waits for the company's turn: its imports write one batch after another.
pub(super) async fn take_turn(db: &mut Db, company: CompanyId) -> sqlx::Result<()> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: ImportId" FROM imports WHERE company_id = ? ORDER BY id FOR UPDATE"#,
        company
    )
    .fetch_all(db)
    .await?;
    Ok(())
}

/// Adds an import.
pub(super) async fn insert(
    work: &mut Work,
    id: ImportId,
    company: CompanyId,
    new: &NewImport,
    bytes: u32,
) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    let user = work.actor().user;
    sqlx::query!(
        "INSERT INTO imports (tenant_id, id, company_id, workplace_id, file_name, file_bytes, requested_by, created_at, \
         updated_at) VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        company,
        new.workplace_id,
        new.file_name,
        bytes,
        user,
        now,
        now
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Notes that a dry run has been started; what an earlier one found is void.
pub(super) async fn begin_check(
    work: &mut Work,
    import: &Import,
    format: FileFormat,
    choice: Option<&[(u16, ImportField)]>,
    job: JobId,
) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!(
        "UPDATE imports SET workplace_id = ?, file_kind = ?, choice = ?, checksum = NULL, problem = NULL, counts = NULL, \
         check_job = ?, apply_job = NULL, version = version + 1, updated_at = ? WHERE id = ?",
        import.workplace_id,
        format,
        choice.map(Json),
        job,
        now,
        import.id
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// What a dry run has found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The checksum of the file.
    pub(super) checksum: Vec<u8>,
    /// Its columns.
    pub(super) columns: Vec<Column>,
    /// Why it cannot be read.
    pub(super) problem: Option<Problem>,
    /// What its rows lead to.
    pub(super) counts: Option<Counts>,
}

/// Keeps what a dry run has found.
pub(super) async fn end_check(work: &mut Work, id: ImportId, found: &Findings) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!(
        "UPDATE imports SET checksum = ?, columns = ?, problem = ?, counts = ?, version = version + 1, updated_at = ? \
         WHERE id = ?",
        found.checksum,
        Json(&found.columns),
        found.problem.as_ref().map(Json),
        found.counts.map(Json),
        now,
        id
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Notes that the applying has been started.
pub(super) async fn begin_apply(work: &mut Work, id: ImportId, job: JobId) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!("UPDATE imports SET apply_job = ?, version = version + 1, updated_at = ? WHERE id = ?", job, now, id)
        .execute(&mut **work)
        .await?;
    Ok(())
}

/// Keeps what the rows have led to.
pub(super) async fn end_apply(work: &mut Work, id: ImportId, counts: Counts) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!(
        "UPDATE imports SET counts = ?, version = version + 1, updated_at = ? WHERE id = ?",
        Json(counts),
        now,
        id
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Notes that the file has been deleted.
pub(super) async fn set_file_gone(work: &mut Work, id: ImportId) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!(
        "UPDATE imports SET file_gone_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
        now,
        now,
        id
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// The live workplaces of a company.
pub(super) async fn places(db: &mut Db, company: CompanyId) -> sqlx::Result<Vec<Place>> {
    sqlx::query_as!(
        Place,
        r#"SELECT id AS "id: _", title AS "title: _", sgk_no AS "sgk_no: _" FROM workplaces WHERE company_id = ?"#,
        company
    )
    .fetch_all(db)
    .await
}

/// Which of these workplaces are live; they stay so until the end of the unit of work.
pub(super) async fn hold_places(
    db: &mut Db,
    company: CompanyId,
    ids: impl Iterator<Item = WorkplaceId>,
) -> sqlx::Result<Vec<WorkplaceId>> {
    let mut sql = QueryBuilder::new("SELECT id FROM workplaces WHERE company_id = ");
    sql.push_bind(company).push(" AND id IN (");
    push_list(&mut sql, ids);
    sql.push(" ORDER BY id LOCK IN SHARE MODE").build_query_scalar().fetch_all(db).await
}

/// Adds `value, value, …)`; without any value, `NULL)`.
pub(super) fn push_list<'a, T>(sql: &mut QueryBuilder<'a, MySql>, values: impl Iterator<Item = T>)
where
    T: 'a + sqlx::Encode<'a, MySql> + sqlx::Type<MySql>,
{
    let mut any = false;
    let mut list = sql.separated(", ");
    for value in values {
        list.push_bind(value);
        any = true;
    }
    sql.push(if any { ")" } else { "NULL)" });
}

/// Keeps what is wrong with rows, as this job has found it.
pub(super) async fn insert_notes(work: &mut Work, import: &Import, job: JobId, notes: &[RowNote]) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    for notes in notes.chunks(AT_ONCE) {
        let mut sql = QueryBuilder::new(
            "INSERT INTO import_errors (tenant_id, company_id, import_id, job_id, sheet_row, is_taken, details, created_at) ",
        );
        sql.push_values(notes, |mut row, note| {
            row.push("current_tenant()")
                .push_bind(import.company_id)
                .push_bind(import.id)
                .push_bind(job)
                .push_bind(note.row)
                .push_bind(note.is_taken)
                .push_bind(details(&note.details))
                .push_bind(now);
        });
        sql.build().execute(&mut **work).await?;
    }
    Ok(())
}

fn details(details: &impl Serialize) -> String {
    serde_json::to_string(details).unwrap_or_else(|_| "[]".to_owned())
}

#[derive(sqlx::FromRow)]
struct Note {
    sheet_row: u32,
    is_taken: bool,
    details: Json<Vec<RowDetail>>,
}

impl From<Note> for RowNote {
    fn from(Note { sheet_row, is_taken, details: Json(details) }: Note) -> Self {
        Self { row: sheet_row, is_taken, details }
    }
}

/// One page of what is wrong with the rows, by the last job that looked at them.
pub(super) async fn list_notes(db: &mut Db, import: &Import, paging: &Paging) -> sqlx::Result<(Vec<RowNote>, u64)> {
    let job = import.job();
    let part = listing::Part {
        columns: "sheet_row, is_taken, details",
        from: "import_errors",
        beside: "",
        order: "sheet_row",
    };
    let (notes, counted): (Vec<Note>, u64) = listing::page(db, paging, &part, |sql| {
        sql.push(" AND job_id = ").push_bind(job);
    })
    .await?;
    Ok((notes.into_iter().map(RowNote::from).collect(), counted))
}

/// The rows that this job has not taken, with what is wrong.
pub(super) async fn refused(db: &mut Db, job: JobId) -> sqlx::Result<Vec<RowNote>> {
    let mut sql = QueryBuilder::new("SELECT sheet_row, is_taken, details FROM import_errors WHERE job_id = ");
    sql.push_bind(job).push(" AND NOT is_taken ORDER BY sheet_row");
    let notes: Vec<Note> = sql.build_query_as().fetch_all(db).await?;
    Ok(notes.into_iter().map(RowNote::from).collect())
}
