//! Housekeeping: clears away what nobody needs any more, in small transactions.

mod classes;
mod invitations;
mod jobs;
mod registrations;
pub mod rotation;
mod sweep;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use shared::{
    App, Error, Result,
    auth::TenantId,
    error::Code,
    http::request::{self, RequestInfo},
    queue::worker::planned_time,
    telemetry,
};
use tracing::Instrument as _;

use crate::{
    job_runs::run::{self, Planned, Tally},
    relay::tenant_of,
};

/// The task's name in `job_runs`.
const NAME: &str = "housekeeping";
/// How long one run may take; what is left is the next hour's.
const BUDGET: Duration = Duration::from_secs(90);

/// What a run works with.
struct Round<'a> {
    app: &'a App,
    time: DateTime<Utc>,
    tenant: Option<TenantId>,
    until: Instant,
}

impl Round<'_> {
    /// The instant so long before the planned time.
    fn ago(&self, age: TimeDelta) -> DateTime<Utc> {
        self.time - age
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }
}

/// One run: `{time, tenantId?}`. The same time twice does nothing the second time.
pub async fn run(app: App, event: Value) -> Result<Value> {
    let planned = Planned { name: NAME, time: planned_time(&event, &app), tenant: tenant_of(&event) };
    let id = app.new_uuid().to_string();
    let span = telemetry::message_span(NAME, &id, &id, None);
    request::within(Arc::new(RequestInfo::of_task(&id, None, None)), once(app, planned).instrument(span)).await
}

async fn once(app: App, planned: Planned) -> Result<Value> {
    let Some(run) = run::claim(&app, &planned).await? else {
        return Ok(json!({"skipped": true}));
    };
    let round = Round { app: &app, time: planned.time, tenant: planned.tenant, until: Instant::now() + BUDGET };
    let mut tally = Tally::default();
    let mut cleared = serde_json::Map::new();
    for sweep in sweep::ALL {
        let count = note(&mut tally, sweep.name, sweep.run(&round).await);
        cleared.insert(sweep.name.to_owned(), count.into());
    }
    let count = note(&mut tally, "invitations", invitations::expire(&round).await);
    cleared.insert("invitations".to_owned(), count.into());
    let count = note(&mut tally, "registrations", registrations::clear(&round).await);
    cleared.insert("registrations".to_owned(), count.into());
    let count = note(&mut tally, "lostJobs", jobs::give_up(&round).await);
    cleared.insert("lostJobs".to_owned(), count.into());
    let count = note(&mut tally, "rotatedFields", rotation::rotate(&round).await);
    cleared.insert("rotatedFields".to_owned(), count.into());
    let count = note(&mut tally, "dangerClasses", classes::follow(&round).await);
    cleared.insert("dangerClasses".to_owned(), count.into());
    run::finish(&app, &planned, run, &tally).await?;
    tracing::info!(category = "application", done = tally.done, failed = tally.failed, "housekeeping.done");
    if tally.failed > 0 {
        // The schedule tries again, and takes over the run that is marked as failed.
        return Err(Error::new(Code::Internal).caused_by(tally.errors.join("; ")));
    }
    Ok(json!({"skipped": false, "cleared": cleared}))
}

/// Adds a step to the tally: one that fails does not keep the others from their work.
fn note(tally: &mut Tally, step: &str, outcome: Result<u32>) -> u32 {
    match outcome {
        Ok(count) => {
            tally.scanned += count;
            tally.done += count;
            count
        }
        Err(error) => {
            tracing::error!(category = "error", step, error = %error, "housekeeping.step_failed");
            tally.failed += 1;
            tally.errors.push(format!("{step}: {}", error.code().as_str()));
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_is_named_without_its_cause() {
        let mut tally = Tally::default();
        assert_eq!(note(&mut tally, "inbox", Ok(3)), 3);
        assert_eq!(note(&mut tally, "outbox", Err(Error::unavailable("10.0.0.7 refused", 5))), 0);
        assert_eq!((tally.scanned, tally.done, tally.failed), (3, 3, 1));
        assert_eq!(tally.errors, ["outbox: SERVICE_UNAVAILABLE"]);
    }
}
