//! Load: clients that never pause, each with a user of its own, over sign-in, lists, writes and imports at once. No
//! answer may be a 5xx; what the clients were told is afterwards what the database holds; no function dies or grows.
//!
//! `LOAD_SECONDS` (20) and `LOAD_CLIENTS` (60) say how long and how many; the local gateway takes 80 at once.

mod client;
mod exports;
mod ledger;
mod lists;
mod memory;

use std::time::{Duration, Instant};

use client::Part;
use ledger::Ledger;
use memory::Memory;
use tests::harness::Tenant;
use tokio::task::JoinSet;

/// Tenants that the clients belong to.
const TENANTS: usize = 6;

/// A number of the environment, or the usual one.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect(name))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_clients_at_once_get_their_answers_and_nothing_is_lost_doubled_or_leaked() {
    let (seconds, count) = (number("LOAD_SECONDS", 20), number("LOAD_CLIENTS", 60));
    let mut tenants = Vec::new();
    for _ in 0..TENANTS {
        tenants.push(Tenant::new().await);
    }
    let mut clients = Vec::new();
    for index in 0..usize::try_from(count).unwrap() {
        clients.push(Part::of(index, &tenants[index % TENANTS]).await);
    }
    let memory = Memory::watch();
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let mut running = JoinSet::new();
    for part in clients {
        running.spawn(part.play(until));
    }
    let mut ledger = Ledger::default();
    while let Some(ended) = running.join_next().await {
        ledger.add(ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
    }
    let took = begun.elapsed();
    let memory = memory.end().await;
    ledger.print(took);
    memory.print();
    ledger.is_plausible();
    for tenant in &tenants {
        tenant.is_tidy().await;
        ledger.agrees(tenant).await;
    }
    memory.is_flat(took);
}
