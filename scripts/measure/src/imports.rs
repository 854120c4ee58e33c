//! A list of five thousand employees, from the file to the register, through the whole running system.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::harness::{Client, Tenant, employee_list, put_file};

use crate::{
    figures::{Row, Runs, Target},
    page,
    trouble::{Result, unexpected},
};

const ROWS: u32 = 5_000;
const RUNS: usize = 3;
const BELOW: &str = "A CSV of 5,000 new employees with TCKNs, all functions of the local stack in the release profile: the \
    file is in the object store already; from the request to the end of the job, the queue's way included.";

/// Starts a step and waits until its job is done.
async fn step(by: &Client, import: &str, step: &str, body: Value) -> Result<Duration> {
    let begun = Instant::now();
    let started = by.post(&format!("/api/v1/imports/{import}/{step}"), body).await.accepted();
    let job = format!("/api/v1/jobs/{}", started["jobId"].as_str().unwrap_or_default());
    loop {
        let job = by.get(&job).await.ok();
        match job["status"].as_str().unwrap_or_default() {
            "DONE" => return Ok(begun.elapsed()),
            "FAILED" | "CANCELLED" => return unexpected(format!("{step}: {job}")),
            _ if begun.elapsed() > Duration::from_mins(3) => return unexpected(format!("{step} does not end: {job}")),
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Measures and writes the section.
pub(crate) async fn measure() -> Result<bool> {
    let mut runs: [Runs; 3] = Default::default();
    let file = employee_list(ROWS);
    for _ in 0..RUNS {
        let tenant = Tenant::new().await;
        let by = tenant.office().await;
        let text = |record: &Value| record["id"].as_str().unwrap_or_default().to_owned();
        let company = text(&by.post("/api/v1/companies", json!({"name": "Yıldız Metal A.Ş."})).await.created());
        let workplace = json!({"companyId": company, "title": "Merkez fabrika", "naceCode": "251100"});
        by.post("/api/v1/workplaces", workplace).await.created();
        let import = json!({"companyId": company, "fileName": "liste.csv", "length": file.len()});
        let import = by.post("/api/v1/imports", import).await.created();
        if put_file(&import["upload"], file.as_bytes()).await != 200 {
            return unexpected("the object store refuses the file");
        }
        let id = text(&import);
        let times = [step(&by, &id, "check", json!({})).await?, step(&by, &id, "apply", json!({})).await?];
        let [check, apply] = times.map(|time| time.as_secs_f64());
        for (runs, time) in runs.iter_mut().zip([check, apply, check + apply]) {
            runs.add(time);
        }
    }
    let mut targets = [Target::None, Target::None, Target::AtMost(30.0)].into_iter();
    let mut names = ["check", "apply", "check and apply"].into_iter();
    let rows = runs.map(|runs| Row {
        what: format!("5,000 rows: {}", names.next().unwrap_or_default()),
        target: targets.next().unwrap_or(Target::None),
        runs,
        unit: ("s", 1),
        floor: Vec::new(),
    });
    page::write("imports", &rows, BELOW)?;
    Ok(rows.iter().all(Row::is_kept))
}
