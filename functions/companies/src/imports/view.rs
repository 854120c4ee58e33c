//! Imports as answers show them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    auth::CompanyId,
    error::Text as Message,
    http::{Resource, request},
    jobs::JobId,
    storage::Signed,
    types::Text,
};
use sqlx::types::Json;
use utoipa::ToSchema;

use super::{Column, Counts, FileFormat, Import, ImportField, ImportId, ImportStatus, RowDetail, RowNote};
use crate::workplaces::WorkplaceId;

impl Import {
    /// The import as an answer shows it, in the language of the request.
    pub(super) fn shown(self) -> ImportView {
        let language = request::current().language;
        let problem = self.problem.as_ref().map(|Json(problem)| ImportProblem {
            code: problem.code.clone(),
            message: Message { tr: problem.tr.clone().into(), en: problem.en.clone().into() }
                .in_language(language)
                .to_owned(),
        });
        ImportView {
            status: self.status(),
            can_apply: self.can_apply(),
            missing_fields: self.missing(),
            problem,
            id: self.id,
            company_id: self.company_id,
            company_name: self.company_name,
            workplace_id: self.workplace_id,
            file_name: self.file_name,
            file_bytes: self.file_bytes,
            file_kind: self.file_kind,
            columns: self.columns.map(|Json(columns)| columns),
            counts: self.counts.map(|Json(counts)| counts),
            check_job_id: self.check_job,
            apply_job_id: self.apply_job,
            file_deleted_at: self.file_gone_at,
            upload: None,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Why the file as a whole cannot be read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportProblem {
    /// A code for programs.
    #[schema(examples("TOO_MANY_ROWS"))]
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A header of the upload.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// How the file is brought: a request to the object store, exactly like this.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportUpload {
    /// The method.
    #[schema(examples("PUT"))]
    pub method: String,
    /// The address; whoever has it may use it.
    pub url: String,
    /// What must be sent with it; a browser sets the length by itself.
    pub headers: Vec<UploadHeader>,
    /// How long it is good for.
    pub expires_at: DateTime<Utc>,
}

impl ImportUpload {
    pub(super) fn new(signed: Signed, now: DateTime<Utc>) -> Self {
        let headers = signed.headers.into_iter().map(|(name, value)| UploadHeader { name, value }).collect();
        Self { method: "PUT".to_owned(), url: signed.url, headers, expires_at: now + signed.valid_for }
    }
}

/// An import.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    /// The id.
    pub id: ImportId,
    /// The company.
    pub company_id: CompanyId,
    /// The company's name.
    pub company_name: Text<2, 255>,
    /// Where everybody in the file works; null when the file says it.
    pub workplace_id: Option<WorkplaceId>,
    /// The file's name.
    pub file_name: Text<1, 150>,
    /// The file's size, as it was announced.
    pub file_bytes: u32,
    /// What the file is, once it has been looked at.
    pub file_kind: Option<FileFormat>,
    /// Where it stands.
    pub status: ImportStatus,
    /// Whether it can be applied now.
    pub can_apply: bool,
    /// The file's columns and what is read from each, once it has been checked.
    pub columns: Option<Vec<Column>>,
    /// What an employee needs and no column holds: choose columns and check again.
    pub missing_fields: Vec<ImportField>,
    /// Why the file as a whole cannot be read.
    pub problem: Option<ImportProblem>,
    /// What its rows lead to, by the dry run; once it has been applied, what they led to.
    pub counts: Option<Counts>,
    /// The job of the last dry run; its result is the rows with mistakes, as a file.
    pub check_job_id: Option<JobId>,
    /// The job that applies it.
    pub apply_job_id: Option<JobId>,
    /// When the file was deleted.
    pub file_deleted_at: Option<DateTime<Utc>>,
    /// How the file is brought; only in the answers that sign the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<ImportUpload>,
    /// The version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
}

impl Resource for ImportView {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/imports/{}", self.id)
    }
}

/// What is wrong in one cell.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellError {
    /// The field, by the API's name or that of the mapping.
    #[schema(examples("tckn"))]
    pub field: String,
    /// The column's header.
    pub column: Option<String>,
    /// A code for programs.
    #[schema(examples("INVALID_TCKN"))]
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A row with mistakes, or with something to look at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// The row's number, as a spreadsheet shows it.
    pub row: u32,
    /// True when the row is taken all the same, and these are hints.
    pub is_taken: bool,
    /// What is wrong, cell by cell.
    pub errors: Vec<CellError>,
}

impl ImportRow {
    /// A row in the language of the request.
    pub(super) fn new(note: RowNote) -> Self {
        let language = request::current().language;
        let shown = |detail: RowDetail| CellError {
            message: Message { tr: detail.tr.into(), en: detail.en.into() }.in_language(language).to_owned(),
            field: detail.field,
            column: detail.column,
            code: detail.code,
        };
        Self { row: note.row, is_taken: note.is_taken, errors: note.details.into_iter().map(shown).collect() }
    }
}
