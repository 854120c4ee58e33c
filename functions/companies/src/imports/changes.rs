//! What is done to imports by a request.

use bytes::Bytes;
use serde_json::json;
use shared::{
    App, Code, Detail, Error, Result,
    auth::{Caller, CompanyId, TenantId},
    db::{Action, Audit, Event, Work},
    error::Text as Message,
    jobs::{self, Started},
    storage::{FileKind, StorageError},
};

use super::{
    APPLY, CHECK, ColumnChoice, ENTITY, FileFormat, Import, ImportApply, ImportCheck, ImportError, ImportField,
    ImportId, ImportStatus, ImportUpload, ImportView, JobInput, NewImport,
    file::{MAX_BYTES, MAX_COLUMNS},
    store,
};
use crate::{companies, workplaces};

/// Announces a file; the answer signs its way.
pub async fn create(work: &mut Work, caller: &Caller, new: NewImport) -> Result<ImportView> {
    let tenant = caller.tenant;
    let import = announce(work, caller, new).await?;
    sign(&work.app().clone(), tenant, import).await
}

/// Takes a file that came through the function itself: for browsers without script.
///
/// # Errors
/// Besides those of [`create`]: what the file is not, as in [`check`].
pub async fn receive(work: &mut Work, caller: &Caller, new: NewImport, bytes: Bytes) -> Result<ImportView> {
    let import =
        announce(work, caller, NewImport { length: i64::try_from(bytes.len()).unwrap_or(i64::MAX), ..new }).await?;
    let app = work.app().clone();
    app.storage()?.put(&import.key(caller.tenant), "application/octet-stream", bytes).await?;
    check(work, import.id, ImportCheck { workplace_id: shared::http::Patch::Keep, columns: None }).await?;
    Ok(store::find(work, import.id).await?.ok_or(ImportError::NotFound)?.shown())
}

async fn announce(work: &mut Work, caller: &Caller, new: NewImport) -> Result<Import> {
    let company = company_of(work, caller, &new).await?;
    let length = u64::try_from(new.length).unwrap_or_default();
    if length == 0 {
        return Err(Error::field("length", "OUT_OF_RANGE", "Dosya boş.", "The file is empty."));
    }
    if length > MAX_BYTES {
        return Err(Error::new(Code::PayloadTooLarge).detail(Detail::new(
            "length",
            "FILE_TOO_LARGE",
            Message::new("Dosya en çok 5 MB olabilir; listeyi bölün.", "A file has at most 5 MB; split the list."),
        )));
    }
    let id = ImportId::new_at(work.now());
    store::insert(work, id, company, &new, u32::try_from(length).unwrap_or(u32::MAX)).await?;
    let import = store::find(work, id).await?.ok_or(ImportError::NotFound)?;
    let made =
        json!({"fileName": import.file_name, "fileBytes": import.file_bytes, "workplaceId": import.workplace_id});
    work.audit(Audit::created(ENTITY, id.as_uuid(), &made).of_company(company));
    work.emit(Event::new("import.created", id.as_uuid(), 1).of_company(company));
    Ok(import)
}

/// The company of a new import: named, or the caller's own, or that of the workplace.
async fn company_of(work: &mut Work, caller: &Caller, new: &NewImport) -> Result<CompanyId> {
    let named = new.company_id.or(caller.company);
    if let Some(company) = named
        && !companies::store::hold(work, company).await?
    {
        return Err(ImportError::UnknownCompany.into());
    }
    let of_workplace = match new.workplace_id {
        Some(workplace) => Some(workplaces::store::hold(work, workplace).await?.ok_or(ImportError::UnknownWorkplace)?),
        None => None,
    };
    match (named, of_workplace) {
        (Some(named), Some(other)) if named != other => Err(ImportError::UnknownWorkplace.into()),
        (Some(company), _) | (None, Some(company)) => Ok(company),
        (None, None) => Err(Error::field(
            "companyId",
            "REQUIRED",
            "Şirketi ya da işyerini seçin.",
            "Choose the company or workplace.",
        )),
    }
}

/// Signs the way for an import's file.
pub(super) async fn sign(app: &App, tenant: TenantId, import: Import) -> Result<ImportView> {
    if import.file_gone_at.is_some() {
        return Err(ImportError::FileGone.into());
    }
    match import.status() {
        ImportStatus::Checking | ImportStatus::Applying => return Err(ImportError::Busy.into()),
        ImportStatus::Applied => return Err(ImportError::Applied.into()),
        _ => {}
    }
    let kind = match import.file_name.as_str().rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("xlsx") => FileKind::Xlsx.content_type(),
        Some("csv" | "txt") => FileKind::Csv.content_type(),
        _ => "application/octet-stream",
    };
    let length = u64::from(import.file_bytes);
    let signed = app.storage()?.sign_put(&import.key(tenant), kind, length).await?;
    let upload = ImportUpload::new(signed, app.now());
    Ok(ImportView { upload: Some(upload), ..import.shown() })
}

/// Begins the dry run of a file that is there and looks like one.
pub async fn check(work: &mut Work, id: ImportId, how: ImportCheck) -> Result<Started> {
    let mut import = lock(work, id).await?;
    how.workplace_id.apply(&mut import.workplace_id);
    if let Some(workplace) = import.workplace_id
        && workplaces::store::hold(work, workplace).await? != Some(import.company_id)
    {
        return Err(ImportError::UnknownWorkplace.into());
    }
    let choice = how.columns.as_deref().map(chosen).transpose()?;
    let format = confirm(work, &import).await?;
    let started = jobs::start(work, CHECK, &JobInput { import_id: id.as_uuid() }, Some(import.company_id)).await?;
    store::begin_check(work, &import, format, choice.as_deref(), started.job_id).await?;
    let audit = Audit::new(Action::Update, ENTITY, id.as_uuid()).of_company(import.company_id);
    work.audit(audit.note("checkJobId", started.job_id.to_string()));
    Ok(started)
}

/// Begins to apply the file of the last dry run.
pub async fn apply(work: &mut Work, id: ImportId, how: &ImportApply) -> Result<Started> {
    let import = lock(work, id).await?;
    if import.status() != ImportStatus::Checked || import.problem.is_some() || !import.missing().is_empty() {
        return Err(ImportError::NotChecked.into());
    }
    if !import.can_apply() {
        return Err(ImportError::NothingToApply.into());
    }
    let skip_errors = how.skip_errors.unwrap_or(false);
    let counts = import.counts.as_ref().map(|counts| counts.0).unwrap_or_default();
    if counts.failed > 0 && !skip_errors {
        return Err(ImportError::HasErrors.into());
    }
    let started = jobs::start(work, APPLY, &JobInput { import_id: id.as_uuid() }, Some(import.company_id)).await?;
    store::begin_apply(work, id, started.job_id).await?;
    let audit = Audit::new(Action::Import, ENTITY, id.as_uuid()).of_company(import.company_id);
    let audit = audit.note("applyJobId", started.job_id.to_string()).note("skipErrors", skip_errors);
    work.audit(audit.note("counts", serde_json::to_value(counts)?));
    Ok(started)
}

/// Locks an import with which nothing is going on.
async fn lock(work: &mut Work, id: ImportId) -> Result<Import> {
    // Asked before the lock is: a batch that is under way holds it for its time.
    free(&store::find(work, id).await?.ok_or(ImportError::NotFound)?)?;
    let import = store::lock(work, id).await?.ok_or(ImportError::NotFound)?;
    free(&import)?;
    Ok(import)
}

/// Whether nothing stands in the way of a job.
fn free(import: &Import) -> Result<(), ImportError> {
    match import.status() {
        ImportStatus::Checking | ImportStatus::Applying => Err(ImportError::Busy),
        ImportStatus::Applied => Err(ImportError::Applied),
        _ if import.file_gone_at.is_some() => Err(ImportError::FileGone),
        _ => Ok(()),
    }
}

/// Looks at the file's size and first bytes; what is no list is deleted.
async fn confirm(work: &Work, import: &Import) -> Result<FileFormat> {
    let key = import.key(work.context().tenant());
    let found = work.app().storage()?.confirm(&key, &[FileKind::Csv, FileKind::Xlsx], MAX_BYTES).await;
    match found {
        Ok(FileKind::Xlsx) => Ok(FileFormat::Xlsx),
        Ok(_) => Ok(FileFormat::Csv),
        Err(StorageError::NotFound) => Err(ImportError::NotUploaded.into()),
        Err(StorageError::OtherKind { .. }) => Err(Error::rule(
            "file",
            "FILE_KIND",
            "Dosya CSV ya da Excel (.xlsx) değil; listeyi Excel’de açıp parolasız .xlsx olarak kaydedin ve yeniden yükleyin.",
            "The file is neither CSV nor Excel (.xlsx); save it in Excel as .xlsx without a password and upload it again.",
        )),
        Err(error) => Err(error.into()),
    }
}

/// The columns that were chosen, each once and for one field.
fn chosen(columns: &[ColumnChoice]) -> Result<Vec<(u16, ImportField)>> {
    let mut choice: Vec<(u16, ImportField)> = Vec::new();
    for (at, ColumnChoice { column, field }) in columns.iter().enumerate() {
        let number = u16::try_from(*column).ok().filter(|number| (1..=MAX_COLUMNS).contains(&usize::from(*number)));
        let Some(number) = number else {
            let text = Message {
                tr: format!("1 ile {MAX_COLUMNS} arasında bir sütun numarası gönderin.").into(),
                en: format!("Send the number of a column, from 1 to {MAX_COLUMNS}.").into(),
            };
            return Err(Error::new(Code::Validation).detail(Detail::new(
                format!("columns[{at}].column"),
                "OUT_OF_RANGE",
                text,
            )));
        };
        if choice.iter().any(|(known, of)| *known == number || of == field) {
            return Err(Error::field(
                format!("columns[{at}].field"),
                "DUPLICATE_COLUMN",
                "Her sütunu ve her alanı bir kez seçin.",
                "Choose each column and each field once.",
            ));
        }
        choice.push((number, *field));
    }
    Ok(choice)
}
