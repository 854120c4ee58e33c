//! What a process takes of the machine: time of the processor for each answer, and memory after many.

use bytes::Bytes;

use super::RUNS;
use crate::{
    event::{As, request},
    figures::{Row, Runs, Target},
    runtime::Crew,
    stage::Stage,
    trouble::{During as _, Result},
};

/// Reads whose processor time is summed up.
const READS: u32 = 2_000;
/// Requests after which memory is looked at.
const MANY: usize = 10_000;

/// The time that all threads of a process have been on a processor, in milliseconds, from the kernel's own books.
fn processor_time(id: u32) -> Result<f64> {
    let step = "read the processor time of a function";
    let mut nanoseconds = 0_u64;
    for thread in std::fs::read_dir(format!("/proc/{id}/task")).during(step)?.flatten() {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        nanoseconds += text.split(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default();
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a figure")]
    Ok(nanoseconds as f64 / 1e6)
}

/// The resident memory of a process, in megabytes.
fn resident(id: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).during("read the memory of a function")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
    Ok(kibibytes * 1024.0 / 1e6)
}

async fn time_of_each(crew: &Crew, event: impl Fn(usize) -> Bytes) -> Result<f64> {
    let id = crew.ids()[0];
    let before = processor_time(id)?;
    for number in 0..READS {
        crew.ask(&event(number as usize)).await?;
    }
    Ok((processor_time(id)? - before) / f64::from(READS))
}

pub(super) async fn rows(stage: &Stage) -> Result<Vec<Row>> {
    let read = |number: usize| stage.get(number / 50, &format!("/api/v1/companies/{}", stage.company(number)));
    let nothing = request(As::Nobody, "GET", "/", None);
    let [mut time, mut empty_time, mut memory, mut empty_memory] = [const { Vec::new() }; 4];
    for _ in 0..RUNS {
        let (crew, empty) = (Crew::of("companies", &[], 1).await?, Crew::of("empty", &[], 1).await?);
        crew.ask(&read(0)).await?;
        empty.ask(&nothing).await?;
        time.push(time_of_each(&crew, read).await?);
        empty_time.push(time_of_each(&empty, |_| nothing.clone()).await?);
    }
    for _ in 0..2 {
        let (crew, empty) = (Crew::of("companies", &[], 1).await?, Crew::of("empty", &[], 1).await?);
        for number in 0..MANY {
            crew.ask(&several(stage, number)).await?;
            empty.ask(&nothing).await?;
        }
        memory.push(resident(crew.ids()[0])?);
        empty_memory.push(resident(empty.ids()[0])?);
    }
    let row = |what: &str, limit, runs: Vec<f64>, unit, floor: Vec<f64>| Row {
        what: what.to_owned(),
        target: Target::AtMost(limit),
        runs: runs.into_iter().collect::<Runs>(),
        unit,
        floor: vec![floor.into_iter().collect()],
    };
    Ok(vec![
        row(
            "processor time of a warm read, the runtime's share included (floor: `empty`)",
            0.35,
            time,
            ("ms", 3),
            empty_time,
        ),
        row("resident memory of `companies` after 10,000 requests of ten kinds", 16.0, memory, ("MB", 1), empty_memory),
    ])
}

/// Requests of ten kinds, pages and changes among them.
fn several(stage: &Stage, number: usize) -> Bytes {
    let company = stage.company(number);
    match number % 10 {
        0 => stage.create(&format!("Bellek {number} A.Ş.")),
        1 => stage.get(number, "/api/v1/companies?limit=100"),
        2 => stage.get(number, "/api/v1/companies?q=metal&page=2"),
        3 => stage.get(number, "/api/v1/workplaces"),
        4 => stage.get(number, "/api/v1/employees"),
        5 => stage.get(number, "/panel/companies"),
        6 => stage.get(number, &format!("/panel/companies/{company}")),
        7 => stage.get(number, "/api/v1/reference/nace?q=25"),
        8 => stage.get(number, &format!("/api/v1/companies/{company}/status-history")),
        _ => stage.get(number, &format!("/api/v1/companies/{company}")),
    }
}
