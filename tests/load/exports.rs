//! A file of a list is made in bounded memory: ten times as many rows need no more of it.
//!
//! `LOAD_EXPORT_ROWS` (20,000) is the larger number of rows.

use std::time::{Duration, Instant};

use serde_json::json;
use tests::harness::{Client, Tenant, many_employees, with_tenant};

use crate::{
    memory::{Peak, mebibytes},
    number,
};

/// What a file of any size may need beside the idle function, in MiB.
const MOST: f64 = 64.0;
/// What the larger file may need beside the smaller: the part that is on its way, and the one that is filled.
const MORE: f64 = 24.0;

/// Makes the file of a tenant with so many employees; what it needed beside the idle function, in MiB.
async fn exported(by: &Client, format: &str, idle: u64) -> f64 {
    let peak = Peak::begin("exports");
    let begun = Instant::now();
    let started = by.post("/api/v1/employees/export", json!({"format": format})).await.accepted();
    let path = format!("/api/v1/jobs/{}", started["jobId"].as_str().unwrap());
    let job = loop {
        let job = by.get(&path).await.ok();
        if job["status"] == "DONE" {
            break job;
        }
        assert!(["QUEUED", "RUNNING"].contains(&job["status"].as_str().unwrap()), "{job}");
        assert!(begun.elapsed() < Duration::from_mins(5), "waited in vain for {job}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let needed = mebibytes(peak.end().saturating_sub(idle));
    let took = begun.elapsed().as_secs_f64();
    println!("export: {:>7} rows as {format:<4} in {took:>5.1} s, {needed:.1} MiB over idle", job["result"]["rows"]);
    needed
}

async fn filled(t: &Tenant, rows: u64) -> Client {
    let office = t.office().await;
    many_employees(t, &office, u32::try_from(rows).unwrap()).await;
    office
}

#[tokio::test]
async fn an_export_of_ten_times_as_many_rows_needs_no_more_memory() {
    let rows = number("LOAD_EXPORT_ROWS", 20_000);
    let idle = Peak::begin("exports").end();
    with_tenant(async |few| {
        with_tenant(async |many| {
            let (few, many) = (filled(few, rows / 10).await, filled(many, rows).await);
            for format in ["csv", "xlsx"] {
                let (small, large) = (exported(&few, format, idle).await, exported(&many, format, idle).await);
                assert!(large < MOST, "{format}: {large:.1} MiB over the idle function");
                assert!(large < small + MORE, "{format}: {small:.1} MiB grew to {large:.1} MiB");
            }
        })
        .await;
    })
    .await;
}
