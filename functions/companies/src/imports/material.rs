//! What a job of an import works with: the import, its file as rows, and the workplaces that they may name.

use shared::{
    App, Error,
    auth::{Allowed, Permission},
    crypto::digest::sha256,
    jobs::run::{Run, Stop},
    storage::StorageError,
    types::istanbul,
};
use sqlx::types::Json;

use super::{
    Import, ImportError, ImportId, JobInput,
    columns::{Mapping, Sheet},
    file::{self, FileProblem, MAX_BYTES},
    places::Places,
    rows::{self, Looked},
    store,
};

/// The file of an import.
pub(super) struct Material {
    pub(super) import: Import,
    pub(super) checksum: [u8; 32],
    pub(super) sheet: Result<Sheet, FileProblem>,
    pub(super) places: Places,
}

impl Material {
    /// Fetches and reads the file, for somebody who may do what the job does.
    pub(super) async fn load<P: Permission>(run: &Run) -> Result<Self, Stop> {
        let app = run.app();
        let id = ImportId::from_uuid(run.input::<JobInput>()?.import_id);
        let (import, places) = {
            let caller = requester::<P>(run).await?;
            let mut db = app.read(&caller).await?;
            let import = store::find(&mut db, id).await?.ok_or(ImportError::NotFound)?;
            let places = store::places(&mut db, import.company_id).await?;
            (import, places)
        };
        let places = Places::new(&places, import.workplace_id);
        let bytes = app.storage()?.get(&import.key(run.tenant()), MAX_BYTES).await.map_err(|error| match error {
            StorageError::NotFound => ImportError::FileGone.into(),
            error => Error::from(error),
        })?;
        let checksum = sha256(&bytes);
        let kind = import.file_kind.ok_or(ImportError::NotChecked)?.kind();
        // Unpacking may take a second, in which the job's other statements go on.
        let table = tokio::task::spawn_blocking(move || file::read(kind, &bytes)).await.map_err(Error::internal)?;
        let chosen = import.choice.as_ref().map(|Json(choice)| Mapping::chosen(choice));
        let sheet = table.and_then(|table| Sheet::new(table, chosen).bounded());
        Ok(Self { import, checksum, sheet, places })
    }

    /// Every row, looked at by itself.
    pub(super) fn look(&self, app: &App, sheet: &Sheet) -> Vec<Looked> {
        rows::look(sheet, &self.places, istanbul::today(app.now()))
    }
}

/// Who asked for the job, if he may still do this.
pub(super) async fn requester<P: Permission>(run: &Run) -> Result<Allowed<P>, Stop> {
    Ok(Allowed::of_task(run.caller().await?)?)
}
