//! `/api/v1/imports`.

use axum::extract::State;
use shared::{
    App, Result,
    auth::{Allowed, policy},
    http::{Id, IdempotencyKey, List, Paging, Reply, Routes, Valid, page::SortField, routes},
    jobs::Started,
};

use super::{ImportApply, ImportCheck, ImportError, ImportFilter, ImportId, ImportRow, ImportView, NewImport, store};
use crate::companies::api::NoFilter;

const SORT: &[SortField] = &[("createdAt", "i.created_at"), ("fileName", "i.file_name")];

/// The routes of imports.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_imports))
        .add(routes!(create_import))
        .add(routes!(get_import))
        .add(routes!(sign_import_upload))
        .add(routes!(check_import))
        .add(routes!(list_import_errors))
        .add(routes!(apply_import))
}

/// The order that a list asks for; the newest first if it asks for none.
pub(super) fn order(paging: &Paging) -> Result<String> {
    paging.order_by(SORT, "i.created_at DESC", "i.id DESC")
}

/// List imports, the newest first; `q` is the beginning of a file's name.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", params(List<ImportFilter>),
    responses((status = 200, description = "The imports", body = Vec<ImportView>)))]
pub async fn list_imports(
    State(app): State<App>,
    caller: Allowed<policy::ListImports>,
    list: List<ImportFilter>,
) -> Result<Reply> {
    list.paging.check(&caller)?;
    let order = order(&list.paging)?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order).await?;
    let shown: Vec<ImportView> = rows.into_iter().map(super::Import::shown).collect();
    Reply::list(&shown, list.paging.pagination(counted))
}

/// Announce a file of employees. The answer says how to bring it to the object store, within five minutes.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", params(IdempotencyKey), request_body = NewImport,
    responses((status = 201, description = "The new import", body = ImportView)))]
pub async fn create_import(
    State(app): State<App>,
    caller: Allowed<policy::CreateImport>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(new): Valid<NewImport>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let import = super::create(&mut work, &caller, new).await?;
    work.commit(Reply::created(&import)?).await
}

/// Show an import.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports",
    params(("id" = ImportId, Path, description = "The import")),
    responses((status = 200, description = "The import", body = ImportView)))]
pub async fn get_import(
    State(app): State<App>,
    caller: Allowed<policy::GetImport>,
    Id(id): Id<ImportId>,
) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    let import = store::find(&mut db, id).await?.ok_or(ImportError::NotFound)?;
    Reply::found(&import.shown())
}

/// Sign the way to the object store again, for a file that was not brought in time.
#[utoipa::path(post, path = "/api/v1/imports/{id}/upload", tag = "imports",
    params(("id" = ImportId, Path, description = "The import")),
    responses((status = 200, description = "The import, with the way for its file", body = ImportView)))]
pub async fn sign_import_upload(
    State(app): State<App>,
    caller: Allowed<policy::SignImportUpload>,
    Id(id): Id<ImportId>,
) -> Result<Reply> {
    let mut db = app.read(&caller).await?;
    let import = store::find(&mut db, id).await?.ok_or(ImportError::NotFound)?;
    Reply::found(&super::sign(&app, caller.tenant, import).await?)
}

/// Begin the dry run of a file that was brought: nothing is changed by it.
///
/// The job finds out for every row what it would add and what is wrong with it. Its result file is the rows with
/// mistakes. The columns are found by their headers, Turkish or English, unless they are chosen.
#[utoipa::path(post, path = "/api/v1/imports/{id}/check", tag = "imports",
    params(("id" = ImportId, Path, description = "The import"), IdempotencyKey), request_body = ImportCheck,
    responses((status = 202, description = "The job of the dry run", body = Started)))]
pub async fn check_import(
    State(app): State<App>,
    caller: Allowed<policy::CheckImport>,
    Id(id): Id<ImportId>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(how): Valid<ImportCheck>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let started = super::check(&mut work, id, how).await?;
    work.commit(started.reply()?).await
}

/// List the rows with mistakes, and those that are taken and should be looked at.
///
/// They are those of the last dry run; once the file is being applied, those that were not taken then.
#[utoipa::path(get, path = "/api/v1/imports/{id}/errors", tag = "imports",
    params(("id" = ImportId, Path, description = "The import"), List<NoFilter>),
    responses((status = 200, description = "The rows", body = Vec<ImportRow>)))]
pub async fn list_import_errors(
    State(app): State<App>,
    caller: Allowed<policy::ListImportErrors>,
    Id(id): Id<ImportId>,
    list: List<NoFilter>,
) -> Result<Reply> {
    list.paging.check(&caller)?;
    list.paging.order_by(&[], "sheet_row", "sheet_row")?;
    let mut db = app.read(&caller).await?;
    let import = store::find(&mut db, id).await?.ok_or(ImportError::NotFound)?;
    let (rows, counted) = store::list_notes(&mut db, &import, &list.paging).await?;
    let shown: Vec<ImportRow> = rows.into_iter().map(ImportRow::new).collect();
    Reply::list(&shown, list.paging.pagination(counted))
}

/// Apply a file after its dry run: its rows become employees.
///
/// Rows whose employment is there already change nothing, so the same file twice adds nobody twice. The file is
/// deleted afterwards.
#[utoipa::path(post, path = "/api/v1/imports/{id}/apply", tag = "imports",
    params(("id" = ImportId, Path, description = "The import"), IdempotencyKey), request_body = ImportApply,
    responses((status = 202, description = "The job that applies it", body = Started)))]
pub async fn apply_import(
    State(app): State<App>,
    caller: Allowed<policy::ApplyImport>,
    Id(id): Id<ImportId>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(how): Valid<ImportApply>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let started = super::apply(&mut work, id, &how).await?;
    work.commit(started.reply()?).await
}
