//! Imports of employees: a file that somebody brought, its dry run, and its rows in the register.
//!
//! The file goes past the function to the bucket; two jobs of the queue `imports` read it there. The first finds out
//! what would happen and what is wrong; the second does it, batch by batch. Both decide by the same code.

pub mod api;
mod apply;
mod batch;
mod changes;
mod check;
pub mod columns;
pub mod fields;
pub mod file;
mod input;
mod known;
mod material;
pub mod pages;
mod places;
mod plan;
mod report;
pub mod rows;
mod store;
mod values;
mod view;
pub mod worker;

use changes::sign;
pub use changes::{apply, check, create, receive};
use chrono::{DateTime, Utc};
pub use columns::Column;
pub use fields::ImportField;
pub use input::{ColumnChoice, ImportApply, ImportCheck, ImportFilter, NewImport};
use serde::{Deserialize, Serialize};
use shared::{
    Code, Detail, Error,
    auth::{CompanyId, TenantId, UserId},
    error::Text as Message,
    jobs::{JobId, JobStatus, Kind},
    storage::{FileKind, ObjectKey},
    types::Text,
};
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;
pub use view::{CellError, ImportProblem, ImportRow, ImportUpload, ImportView, UploadHeader};

use crate::workplaces::WorkplaceId;

shared::id! {
    /// A file of employees.
    ImportId
}

/// The queue of the worker.
const QUEUE: &str = "imports";
/// The dry run.
const CHECK: Kind = Kind { name: "employees.import.check", queue: QUEUE };
/// The applying.
const APPLY: Kind = Kind { name: "employees.import", queue: QUEUE };
/// The API's resource in the audit trail's words.
const ENTITY: &str = "import";

shared::text_enum! {
    /// Where an import stands.
    pub enum ImportStatus {
        /// Its file has not been looked at.
        Waiting = "WAITING",
        /// The dry run is queued or under way.
        Checking = "CHECKING",
        /// The dry run has ended.
        Checked = "CHECKED",
        /// It is being applied.
        Applying = "APPLYING",
        /// It has been applied.
        Applied = "APPLIED",
        /// Its last job has failed; a new dry run begins anew.
        Failed = "FAILED",
        /// Its last job was cancelled; what was applied before stays, and a new dry run finds it there.
        Cancelled = "CANCELLED",
    }
}

shared::text_enum! {
    /// What the file is, by its first bytes.
    pub enum FileFormat {
        /// Separated text.
        Csv = "CSV",
        /// A workbook.
        Xlsx = "XLSX",
    }
}

impl FileFormat {
    const fn kind(self) -> FileKind {
        match self {
            Self::Csv => FileKind::Csv,
            Self::Xlsx => FileKind::Xlsx,
        }
    }
}

/// What the rows of a file lead to: in the dry run what they would, then what they did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Rows below the header.
    pub rows: u32,
    /// Rows that add a person with an employment.
    pub new_persons: u32,
    /// Rows that add an employment to a person whom the company knows.
    pub new_employments: u32,
    /// Rows whose employment is there already; nothing is changed.
    pub existing: u32,
    /// Rows that cannot be taken.
    pub failed: u32,
}

/// Why the file as a whole cannot be read, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Problem {
    code: String,
    tr: String,
    en: String,
}

impl From<&Detail> for Problem {
    fn from(detail: &Detail) -> Self {
        Self { code: detail.code.to_string(), tr: detail.text.tr.to_string(), en: detail.text.en.to_string() }
    }
}

/// An import as it stands in the table, with where its jobs stand.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Import {
    id: ImportId,
    company_id: CompanyId,
    company_name: Text<2, 255>,
    workplace_id: Option<WorkplaceId>,
    file_name: Text<1, 150>,
    file_bytes: u32,
    file_kind: Option<FileFormat>,
    checksum: Option<Vec<u8>>,
    choice: Option<Json<Vec<(u16, ImportField)>>>,
    columns: Option<Json<Vec<Column>>>,
    problem: Option<Json<Problem>>,
    counts: Option<Json<Counts>>,
    check_job: Option<JobId>,
    check_status: Option<JobStatus>,
    apply_job: Option<JobId>,
    apply_status: Option<JobStatus>,
    file_gone_at: Option<DateTime<Utc>>,
    requested_by: UserId,
    /// How far the last job is.
    progress: Option<u32>,
    total: Option<u32>,
    /// Why it has failed, in the language of whoever started it.
    job_error: Option<Text<0, 2000, true>>,
    /// Until when its file with the refused rows is kept.
    report_until: Option<DateTime<Utc>>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Import {
    fn status(&self) -> ImportStatus {
        use ImportStatus as S;
        let (job, doing, done) = match self.apply_job {
            Some(_) => (self.apply_status, S::Applying, S::Applied),
            None if self.check_job.is_none() => return S::Waiting,
            None => (self.check_status, S::Checking, S::Checked),
        };
        match job {
            Some(JobStatus::Queued | JobStatus::Running) => doing,
            Some(JobStatus::Done) => done,
            Some(JobStatus::Cancelled) => S::Cancelled,
            Some(JobStatus::Failed) | None => S::Failed,
        }
    }

    /// The last job.
    fn job(&self) -> Option<JobId> {
        self.apply_job.or(self.check_job)
    }

    /// The object that holds the file.
    fn key(&self, tenant: TenantId) -> ObjectKey {
        ObjectKey::new(tenant.as_uuid(), "imports", self.id.as_uuid())
    }

    fn missing(&self) -> Vec<ImportField> {
        let Some(columns) = self.columns.as_ref().filter(|_| self.problem.is_none()) else { return Vec::new() };
        columns::missing(|field| columns.iter().any(|column| column.field == Some(field)))
    }

    /// Whether there is something to apply.
    fn can_apply(&self) -> bool {
        let adds = self.counts.as_ref().is_some_and(|counts| counts.new_persons + counts.new_employments > 0);
        self.status() == ImportStatus::Checked && self.problem.is_none() && self.missing().is_empty() && adds
    }
}

/// What is wrong with one cell of a row, or to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RowDetail {
    field: String,
    column: Option<String>,
    code: String,
    tr: String,
    en: String,
}

impl RowDetail {
    fn of(detail: &Detail, sheet: &columns::Sheet) -> Self {
        // The API names the workplace by its id, a file by what it calls it.
        let field = if detail.field == "workplaceId" { "workplace" } else { &detail.field };
        Self {
            field: field.to_owned(),
            column: sheet.header_of(field),
            code: detail.code.to_string(),
            tr: detail.text.tr.to_string(),
            en: detail.text.en.to_string(),
        }
    }
}

/// A row with mistakes, or one that is taken and should be looked at.
#[derive(Debug, Clone)]
struct RowNote {
    row: u32,
    is_taken: bool,
    details: Vec<RowDetail>,
}

/// Why an import cannot be had or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImportError {
    NotFound,
    UnknownCompany,
    UnknownWorkplace,
    NotUploaded,
    Busy,
    NotChecked,
    NothingToApply,
    Applied,
    FileGone,
    HasErrors,
}

impl From<ImportError> for Error {
    fn from(error: ImportError) -> Self {
        let state = |name: &'static str, tr, en| {
            Self::new(Code::InvalidState).detail(Detail::new("status", name, Message::new(tr, en)))
        };
        match error {
            ImportError::NotFound => Self::not_found(),
            ImportError::UnknownCompany => Self::not_found_in("companyId"),
            ImportError::UnknownWorkplace => Self::not_found_in("workplaceId"),
            ImportError::NotUploaded => state(
                "NOT_UPLOADED",
                "Dosya henüz yüklenmemiş; önce dosyayı yükleyin.",
                "The file has not been uploaded yet; upload it first.",
            ),
            ImportError::Busy => state(
                "IMPORT_BUSY",
                "Dosya şu anda işleniyor; bitmesini bekleyin ya da işi iptal edin.",
                "The file is being worked on; wait until that has ended, or cancel the job.",
            ),
            ImportError::NotChecked => state(
                "NOT_CHECKED",
                "Dosya önce hatasız okunarak denetlenmeli.",
                "The file has to be checked first, and be readable.",
            ),
            ImportError::NothingToApply => {
                state("NOTHING_TO_APPLY", "Dosyada eklenecek yeni çalışan yok.", "The file adds no employee.")
            }
            ImportError::Applied => state(
                "ALREADY_APPLIED",
                "Bu dosya uygulanmış; yeni bir dosya yükleyin.",
                "This file has been applied; upload a new one.",
            ),
            ImportError::FileGone => state(
                "FILE_DELETED",
                "Dosya silinmiş; yeniden yükleyin.",
                "The file has been deleted; upload it again.",
            ),
            ImportError::HasErrors => Self::rule(
                "skipErrors",
                "IMPORT_HAS_ERRORS",
                "Dosyada hatalı satırlar var; düzeltip yeniden yükleyin ya da hatalı satırları atlamayı seçin.",
                "Some rows have mistakes; correct and upload the file again, or choose to skip those rows.",
            )
            .text(Message::new(
                "Henüz kimse eklenmedi; hatalı satırlar için karar verin.",
                "Nobody has been added yet; decide about the rows with mistakes.",
            )),
        }
    }
}

/// The object with the rows that failed, which the bucket keeps as long as any file that is made to be fetched.
fn report_key(tenant: TenantId, job: JobId) -> ObjectKey {
    ObjectKey::new(tenant.as_uuid(), "exports", job.as_uuid())
}

/// An id of a job's input.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct JobInput {
    import_id: Uuid,
}
