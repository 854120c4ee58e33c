//! The worker's side: reads the list as it stands at one moment, writes it away, ends the job.

use std::{collections::HashMap, pin::Pin};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{MAX_ROWS, Table, cell::Cell, sink::Sink, wanted::Wanted};
use crate::{
    app::App,
    auth::Allowed,
    db::{Action, Actor, Audit, Db, Work},
    error::{Error, Result},
    http::input::TYPED,
    jobs::run::{ResultFile, Run, Stop, work_off},
    queue::{Message, worker::Failure},
    storage::ObjectKey,
    telemetry::redact,
    types::{istanbul, slugify},
};

/// How long a file can be fetched.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Rows that are read at once.
const BATCH: usize = 500;

type Making = Pin<Box<dyn Future<Output = Result<(), Stop>> + Send>>;

/// The lists that one worker makes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Registry(&'static [Entry]);

/// One list of a registry.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    kind: &'static str,
    make: fn(Run) -> Making,
}

impl Entry {
    /// The entry of a list.
    pub const fn of<T: Table>() -> Self {
        Self { kind: T::KIND.name, make: |run| Box::pin(make::<T>(run)) }
    }
}

impl Registry {
    /// A registry of these lists.
    pub const fn new(entries: &'static [Entry]) -> Self {
        Self(entries)
    }

    /// Does one message: for `serve_queue`.
    pub async fn work(self, app: App, message: Message) -> Result<(), Failure> {
        let Some(entry) = self.0.iter().find(|entry| entry.kind == message.topic) else {
            return Err(Failure::GiveUp(format!("nobody makes {}", message.topic)));
        };
        // Boxed: the compiler gives up on the layout of so deep a nest of futures.
        Box::pin(work_off(app, message, entry.make)).await
    }
}

/// What a run leaves behind when it is killed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Left {
    key: String,
    upload_id: Option<String>,
}

async fn make<T: Table>(mut run: Run) -> Result<(), Stop> {
    clear(&run).await?;
    let who = Allowed::<T::Permission>::of_task(run.caller().await?)?;
    let wanted = Wanted::<T::Filter>::read(run.input::<Map<String, Value>>()?)?;
    // What only an ADMIN may have he may not have any more when he is none by now.
    wanted.check(&who, T::MASKED)?;

    let key = ObjectKey::new(who.tenant.as_uuid(), "exports", run.app().new_uuid());
    run.mark(&Left { key: key.to_string(), upload_id: None }).await?;
    let storage = run.app().storage()?.clone();
    let name = T::NAME;
    let name = name.in_language(run.language());
    let columns = T::columns(&who);
    let mut sink = Sink::new(&storage, key.clone(), (wanted.format, name), &columns, run.language()).await?;
    let rows = match fill::<T>(&mut run, &who, &wanted, &key, &mut sink).await {
        Ok(rows) => rows,
        Err(stop) => {
            if let Err(error) = sink.abort().await {
                tracing::warn!(category = "application", error = %error, "export.not_aborted");
            }
            return Err(stop);
        }
    };
    sink.finish().await?;

    let file = ResultFile { key: key.clone(), name: file_name(run.app(), name, wanted.format.as_str()), kept: KEPT };
    let mut work = run.app().begin_as(who.context(), Actor::from(&*who)).await?;
    record::<T>(&mut work, &run, &wanted, rows, &who);
    let ended = run.finish_with_file(work, &json!({"rows": rows, "format": wanted.format}), &file).await;
    if ended.is_err() {
        // Nobody will ever fetch it.
        storage.delete(&key).await?;
    }
    ended
}

/// Removes what an earlier run of the job left when it was killed.
async fn clear(run: &Run) -> Result<(), Stop> {
    let Some(left) = run.checkpoint::<Left>()? else { return Ok(()) };
    let Some(key) = ObjectKey::kept(run.tenant().as_uuid(), &left.key) else { return Ok(()) };
    let storage = run.app().storage()?;
    if let Some(id) = &left.upload_id {
        storage.abort(&key, id).await.map_err(Error::from)?;
    }
    storage.delete(&key).await.map_err(Error::from)?;
    Ok(())
}

/// Writes all rows. All of them are read from one snapshot, so the file shows the list as it was at one moment,
/// whatever changes meanwhile.
async fn fill<T: Table>(
    run: &mut Run,
    who: &Allowed<T::Permission>,
    wanted: &Wanted<T::Filter>,
    key: &ObjectKey,
    sink: &mut Sink,
) -> Result<u32, Stop> {
    let app = run.app().clone();
    let mut db = app.snapshot(who).await?;
    // Sixteen bytes a row are all that grows with the list; the rows themselves are read by their keys.
    let keys = T::keys(&app, &mut db, who, wanted).await?;
    if keys.len() > MAX_ROWS {
        return Err(too_many().into());
    }
    let total = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    let (mut done, mut marked) = (0, false);
    run.note(done, Some(total)).await?;
    for batch in keys.chunks(BATCH) {
        sink.add(&read::<T>(&app, &mut db, who, wanted, run, batch).await?).await?;
        done += u32::try_from(batch.len()).unwrap_or(u32::MAX);
        if let (false, Some(id)) = (marked, sink.upload_id()) {
            run.mark(&Left { key: key.to_string(), upload_id: Some(id.to_owned()) }).await?;
            marked = true;
        }
        run.note(done, Some(total)).await?;
    }
    drop(db);
    sink.close().await?;
    Ok(total)
}

/// Rows in the order of their keys. The snapshot has every one of them.
async fn read<T: Table>(
    app: &App,
    db: &mut Db,
    who: &Allowed<T::Permission>,
    wanted: &Wanted<T::Filter>,
    run: &Run,
    keys: &[Uuid],
) -> Result<Vec<Vec<Cell>>> {
    let rows = T::rows(app, db, who, wanted, run.language(), keys).await?;
    let mut rows: HashMap<Uuid, Vec<Cell>> = rows.into_iter().collect();
    Ok(keys.iter().filter_map(|key| rows.remove(key)).collect())
}

/// Who took which rows out of the system. What was typed is kept without numbers of people.
fn record<T: Table>(work: &mut Work, run: &Run, wanted: &Wanted<T::Filter>, rows: u32, who: &Allowed<T::Permission>) {
    let filters = wanted.kept().iter().filter(|(name, _)| *name != TYPED).map(|(name, value)| match value {
        Value::String(text) => (name.clone(), Value::from(redact(text))),
        value => (name.clone(), value.clone()),
    });
    let filters: Map<String, Value> = filters.collect();
    let of = |audit: Audit| match who.company {
        Some(company) => audit.of_company(company),
        None => audit,
    };
    let audit = Audit::new(Action::Export, "job", run.id().as_uuid()).note("kind", T::KIND.name);
    work.audit(of(audit.note("filters", filters).note("rows", rows)));
    if wanted.reveal {
        let audit = Audit::new(Action::ViewSensitive, "job", run.id().as_uuid());
        work.audit(of(audit.note("fields", json!(T::MASKED)).note("rows", rows)));
    }
}

/// `calisanlar-2026-11-25.csv`
fn file_name(app: &App, name: &str, extension: &str) -> String {
    let day = istanbul::today(app.now());
    let name = slugify(name).map_or_else(|_| "list".to_owned(), |slug| slug.as_str().to_owned());
    format!("{name}-{day}.{extension}")
}

fn too_many() -> Error {
    Error::rule(
        "filter",
        "TOO_MANY_ROWS",
        "Liste 1.048.575 satırdan uzun; filtrelerle daraltın.",
        "The list has more than 1,048,575 rows; narrow it by filters.",
    )
}
