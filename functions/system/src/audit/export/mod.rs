//! The export of the audit trail: each closed day of each tenant becomes an object in a bucket in which nobody can
//! change or delete anything for seven years (docs/decisions/audit.md).

mod object;
mod store;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use shared::{
    App, Error, Result,
    auth::TenantId,
    crypto::digest::sha256,
    db::Db,
    error::Code,
    http::request::{self, RequestInfo},
    queue::worker::planned_time,
    storage::{ObjectKey, Storage, StorageError},
    telemetry,
    types::istanbul,
};
use tracing::Instrument as _;

use self::{
    object::{Closed, Packing},
    store::Day,
};
use super::chain;
use crate::{
    job_runs::run::{self, Planned, Tally},
    relay::tenant_of,
};

/// How long one run may take; what it does not reach, the next one does.
const BUDGET: Duration = Duration::from_mins(4);
/// The nightly run looks again at what was exported in so many days; once a month at all of it.
const RECENT: Days = Days::new(7);
/// No day of a tenant is packed larger: about a million entries.
const LARGEST: u64 = 128 * 1024 * 1024;
const TYPE: &str = "application/gzip";

/// What a run did.
#[derive(Debug, Default)]
struct Done {
    exported: u32,
    verified: u32,
    wrong: Vec<String>,
}

/// One run: `{time, tenantId?, verify?}`; `"verify": "all"` verifies every object that was ever written.
pub async fn run(app: App, event: Value) -> Result<Value> {
    let all = event["verify"] == "all";
    let name = if all { "audit-export-verify" } else { "audit-export" };
    let planned = Planned { name, time: planned_time(&event, &app), tenant: tenant_of(&event) };
    let id = app.new_uuid().to_string();
    let span = telemetry::message_span(name, &id, &id, None);
    let work = Box::pin(once(app, planned, all));
    request::within(Arc::new(RequestInfo::of_task(&id, None, None)), work.instrument(span)).await
}

async fn once(app: App, planned: Planned, all: bool) -> Result<Value> {
    let Some(run) = run::claim(&app, &planned).await? else {
        return Ok(json!({"skipped": true}));
    };
    let until = Instant::now() + BUDGET;
    let from = if all { NaiveDate::default() } else { istanbul::today(planned.time) - RECENT };
    let archive = app.archive()?;
    let mut db = app.system()?.connection().await?;
    let (mut tally, mut done) = (Tally::default(), Done::default());
    for tenant in chain::store::tenants(&mut db, planned.tenant).await? {
        if Instant::now() >= until {
            done.wrong.push("not every tenant was reached in time".to_owned());
            break;
        }
        if let Err(error) = tend(&mut db, &archive, tenant, from, until, &mut done).await {
            tracing::error!(category = "error", %tenant, error = %error, "audit.export_failed");
            done.wrong.push(error.code().as_str().to_owned());
        }
    }
    (tally.scanned, tally.done) = (done.exported + done.verified, done.exported);
    tally.failed = u32::try_from(done.wrong.len()).unwrap_or(u32::MAX);
    tally.errors = done.wrong;
    run::finish(&app, &planned, run, &tally).await?;
    if tally.failed > 0 {
        return Err(Error::new(Code::Internal).caused_by(tally.errors.join("; ")));
    }
    Ok(json!({"skipped": false, "exported": done.exported, "verified": done.verified}))
}

/// Exports what a tenant has not exported, and verifies what it has since `from`.
async fn tend(
    db: &mut Db,
    archive: &Storage,
    tenant: TenantId,
    from: NaiveDate,
    until: Instant,
    done: &mut Done,
) -> Result<()> {
    for day in store::days(db, tenant, NaiveDate::default()).await? {
        if Instant::now() >= until {
            done.wrong.push("not every day was reached in time".to_owned());
            break;
        }
        let key = ObjectKey::of_day(tenant.as_uuid(), "audit", day.date, "ndjson.gz");
        let closed = closed(tenant, &day);
        let well = match &day.digest {
            None => {
                done.exported += 1;
                export(db, archive, tenant, &key, closed).await?
            }
            Some(digest) if day.date >= from => {
                done.verified += 1;
                let trail = chain::store::Day { date: day.date, rows: day.entries, last: day.last };
                is_intact(archive, &key, &closed, digest).await?
                    && chain::is_intact(db, tenant, day.previous, trail).await?
            }
            Some(_) => true,
        };
        if !well {
            tracing::error!(category = "audit", %tenant, day = %day.date, "audit.export_broken");
            done.wrong.push(format!("the trail of {} and its object differ", day.date));
        }
    }
    Ok(())
}

fn closed(tenant: TenantId, day: &Day) -> Closed {
    let Day { date, entries, previous, last, .. } = *day;
    Closed { tenant: tenant.as_uuid(), day: date, entries, previous, last }
}

/// Writes a day's object and notes it. False when the trail, or an object that stands there already, is not the day as
/// it was closed: then it is not noted, and the next run looks again.
async fn export(db: &mut Db, archive: &Storage, tenant: TenantId, key: &ObjectKey, closed: Closed) -> Result<bool> {
    let mut packing = Packing::new(closed).map_err(Error::internal)?;
    let mut packed = Ok(());
    chain::walk(db, tenant, closed.day, |entry| {
        if packed.is_ok() {
            packed = packing.add(entry);
        }
    })
    .await?;
    packed.map_err(Error::internal)?;
    let Some(object) = packing.finish().map_err(Error::internal)? else { return Ok(false) };
    let mut digest = sha256(&object);
    if !archive.put_once(key, TYPE, object.into()).await? {
        // A run that died after writing has left it; another release may have packed it otherwise.
        let found = archive.get(key, LARGEST).await?;
        if !object::holds(&closed, &found) {
            return Ok(false);
        }
        digest = sha256(&found);
    }
    store::mark(db, tenant, closed.day, &digest).await?;
    // The log is kept elsewhere: with it, bucket and database can be held against a third party.
    let digest = shared::crypto::digest::hex(&digest);
    tracing::info!(category = "audit", %tenant, day = %closed.day, digest, "audit.day_exported");
    Ok(true)
}

/// Whether the object is the one that was written, and what it says is what the day was closed with.
async fn is_intact(archive: &Storage, key: &ObjectKey, closed: &Closed, digest: &[u8]) -> Result<bool> {
    match archive.get(key, LARGEST).await {
        Ok(object) => Ok(sha256(&object) == digest && object::holds(closed, &object)),
        Err(StorageError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
