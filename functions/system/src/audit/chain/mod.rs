//! The hash chain of the audit trail: each night a task closes the days that are over, and verifies what was
//! closed before (docs/decisions/audit.md).

pub(super) mod link;
pub(super) mod store;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use shared::{
    App, Error, Result,
    auth::TenantId,
    db::Db,
    error::Code,
    http::request::{self, RequestInfo},
    queue::worker::planned_time,
    telemetry,
    types::istanbul,
};
use sqlx::Connection as _;
use tracing::Instrument as _;

use self::{
    link::{Entry, Hash, NOTHING},
    store::Day,
};
use crate::{
    job_runs::run::{self, Planned, Tally},
    relay::tenant_of,
};

/// How long one run may take; tenants that it does not reach make it a failed one, which is tried again.
const BUDGET: Duration = Duration::from_mins(4);
/// The nightly run verifies what was closed in so many days; all of it is verified once a month.
const RECENT: Days = Days::new(7);

/// What a run found of one tenant.
#[derive(Debug, Default)]
struct Found {
    closed: u32,
    verified: u32,
    broken: Vec<NaiveDate>,
}

/// One run: `{time, tenantId?, verify?}`; `"verify": "all"` verifies every day that was ever closed.
pub async fn run(app: App, event: Value) -> Result<Value> {
    let all = event["verify"] == "all";
    let name = if all { "audit-verify" } else { "audit-chain" };
    let planned = Planned { name, time: planned_time(&event, &app), tenant: tenant_of(&event) };
    let id = app.new_uuid().to_string();
    let span = telemetry::message_span(name, &id, &id, None);
    request::within(Arc::new(RequestInfo::of_task(&id, None, None)), once(app, planned, all).instrument(span)).await
}

async fn once(app: App, planned: Planned, all: bool) -> Result<Value> {
    let Some(run) = run::claim(&app, &planned).await? else {
        return Ok(json!({"skipped": true}));
    };
    let until = Instant::now() + BUDGET;
    let today = istanbul::today(planned.time);
    let from = if all { NaiveDate::default() } else { today - RECENT };
    let mut db = app.system()?.connection().await?;
    let mut tally = Tally::default();
    let (mut closed, mut verified) = (0, 0);
    for tenant in store::tenants(&mut db, planned.tenant).await? {
        if Instant::now() >= until {
            fail(&mut tally, "not every tenant was reached in time");
            break;
        }
        match tend(&mut db, tenant, today, from).await {
            Ok(found) => {
                closed += found.closed;
                verified += found.verified;
                for day in found.broken {
                    fail(&mut tally, &format!("the trail of {day} was changed"));
                }
            }
            Err(error) => {
                tracing::error!(category = "error", %tenant, error = %error, "audit.chain_failed");
                fail(&mut tally, error.code().as_str());
            }
        }
    }
    (tally.scanned, tally.done) = (closed + verified, closed);
    run::finish(&app, &planned, run, &tally).await?;
    if tally.failed > 0 {
        return Err(Error::new(Code::Internal).caused_by(tally.errors.join("; ")));
    }
    Ok(json!({"skipped": false, "closed": closed, "verified": verified}))
}

fn fail(tally: &mut Tally, what: &str) {
    tally.failed += 1;
    tally.errors.push(what.to_owned());
}

/// Verifies a tenant's closed days and closes those that are over.
async fn tend(db: &mut Db, tenant: TenantId, today: NaiveDate, from: NaiveDate) -> Result<Found> {
    let mut found = Found::default();
    let (days, before) = store::days(db, tenant, from).await?;
    let mut last = before;
    for day in days {
        found.verified += 1;
        if !is_intact(db, tenant, last.map_or(NOTHING, |day| day.last), day).await? {
            tracing::error!(category = "audit", %tenant, day = %day.date, "audit.chain_broken");
            found.broken.push(day.date);
        }
        last = Some(day);
    }
    for day in store::busy_days(db, tenant, last.map(|day| day.date), today).await? {
        let Some(closed) = close(db, tenant, last.map_or(NOTHING, |day| day.last), day).await? else { break };
        // Beyond the reach of whoever can write in the database: the log is kept elsewhere.
        let last_hash = shared::crypto::digest::hex(&closed.last);
        tracing::info!(category = "audit", %tenant, day = %day, rows = closed.rows, last_hash, "audit.day_closed");
        found.closed += 1;
        last = Some(closed);
    }
    Ok(found)
}

/// Goes through the entries of a day in the order of the chain.
pub(super) async fn walk(
    db: &mut Db,
    tenant: TenantId,
    day: NaiveDate,
    mut seen: impl FnMut(&Entry),
) -> sqlx::Result<()> {
    let mut behind: Option<Entry> = None;
    loop {
        let entries = store::entries(db, tenant, day, behind.as_ref()).await?;
        entries.iter().for_each(&mut seen);
        if !store::is_full(&entries) {
            return Ok(());
        }
        behind = entries.into_iter().next_back();
    }
}

/// Whether a closed day has the rows that it was closed with.
pub(super) async fn is_intact(db: &mut Db, tenant: TenantId, previous: Hash, day: Day) -> Result<bool> {
    let (mut head, mut rows, mut holds) = (previous, 0, true);
    walk(db, tenant, day.date, |entry| {
        let own = link::hash(&head, tenant.as_uuid(), entry);
        holds &= link::holds(&head, &own, entry);
        head = own;
        rows += 1;
    })
    .await?;
    Ok(holds && rows == day.rows && head == day.last)
}

/// Closes a day. None when another run was first: what it closed is verified the next time.
async fn close(db: &mut Db, tenant: TenantId, previous: Hash, day: NaiveDate) -> Result<Option<Day>> {
    let mut transaction = db.begin().await?;
    let (mut head, mut links) = (previous, Vec::new());
    walk(&mut transaction, tenant, day, |entry| {
        let own = link::hash(&head, tenant.as_uuid(), entry);
        links.push((entry.id, head, own));
        head = own;
    })
    .await?;
    let closed = Day { date: day, rows: u32::try_from(links.len()).unwrap_or(u32::MAX), last: head };
    if !store::close(&mut transaction, tenant, closed, &links).await? {
        return Ok(None);
    }
    transaction.commit().await?;
    Ok(Some(closed))
}
