//! The applying: batch by batch, each one unit of work with its checkpoint, so that a run that is killed is gone on
//! with where it was, and nothing is lost or done twice.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use shared::{
    Error,
    auth::policy,
    jobs::run::{Run, Stop},
};

use super::{
    APPLY, Counts, Import,
    batch::{self, Outcome},
    check::changed,
    columns::Sheet,
    material::{Material, requester},
    report, store,
};

/// Rows of one unit of work.
const BATCH: usize = 100;
/// How often a batch is begun again when somebody else has just added one of its persons.
const TRIES: u32 = 5;
/// How long one call of the function works; what is left then is the next call's.
const BUDGET: Duration = Duration::from_mins(1);

/// Where to go on.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
struct Checkpoint {
    /// Rows that are done.
    next: usize,
    counts: Counts,
}

/// Applies the file that was checked.
pub(super) async fn run(mut run: Run) -> Result<(), Stop> {
    let begun = Instant::now();
    let material = Material::load::<policy::ApplyImport>(&run).await?;
    if material.import.checksum.as_deref() != Some(material.checksum.as_slice()) {
        return Err(changed().into());
    }
    let sheet = material.sheet.as_ref().map_err(|_| changed())?;
    let looked = material.look(run.app(), sheet);
    let total = u32::try_from(looked.len()).ok();
    let mut at: Checkpoint = run.checkpoint()?.unwrap_or_default();
    while at.next < looked.len() {
        if begun.elapsed() > BUDGET {
            let caller = requester::<policy::ApplyImport>(&run).await?;
            let work = run.app().begin(&caller, None).await?;
            return run.hand_on(APPLY, work).await;
        }
        let rows = &looked[at.next..looked.len().min(at.next + BATCH)];
        let mut tries = 0;
        at = loop {
            // With the rights that he has now, asked before each batch.
            let caller = requester::<policy::ApplyImport>(&run).await?;
            // A batch in which every row is there already, or wrong, changes nothing that is audited.
            let mut work = run.app().begin(&caller, None).await?.bookkeeping();
            match batch::apply(&mut work, &run, &material.import, sheet, rows, at.counts).await? {
                Outcome::Done(counts) => {
                    let next = Checkpoint { next: at.next + rows.len(), counts };
                    run.keep(&mut work, u32::try_from(next.next).unwrap_or(u32::MAX), total, &next).await?;
                    work.finish().await?;
                    break next;
                }
                Outcome::Collided if tries < TRIES => {
                    tries += 1;
                    work.roll_back().await;
                }
                Outcome::Collided => return Err(Error::unavailable("others add the same persons", 5).into()),
            }
        };
    }
    end(run, &material, sheet, at.counts).await
}

async fn end(run: Run, material: &Material, sheet: &Sheet, counts: Counts) -> Result<(), Stop> {
    let import: &Import = &material.import;
    let app = run.app().clone();
    let caller = requester::<policy::ApplyImport>(&run).await?;
    let refused = {
        let mut db = app.read(&caller).await?;
        store::refused(&mut db, run.id()).await?
    };
    let file = report::store(&run, import, sheet, &refused).await?;
    let key = import.key(run.tenant());
    let mut work = app.begin(&caller, None).await?;
    store::end_apply(&mut work, import.id, counts).await?;
    let result = serde_json::json!({"importId": import.id, "counts": counts});
    match file {
        Some(file) => run.finish_with_file(work, &result, &file).await?,
        None => run.finish(work, &result).await?,
    }
    // The employees stand; a file that stays behind is housekeeping's.
    if let Err(error) = app.storage()?.delete(&key).await {
        tracing::warn!(category = "application", error = %error, "import.file_not_deleted");
        return Ok(());
    }
    let mut work = app.begin(&caller, None).await?.bookkeeping();
    store::set_file_gone(&mut work, import.id).await?;
    Ok(work.finish().await?)
}
