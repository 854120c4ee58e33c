//! Everything at once: thirty-two requests in flight over all functions that answer HTTP.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::future::try_join_all;

use super::RUNS;
use crate::{
    event::{As, request},
    figures::{Row, Runs, Target, Times},
    runtime::Crew,
    stage::Stage,
    trouble::Result,
};

const IN_FLIGHT: usize = 32;
const LONG: Duration = Duration::from_secs(6);

/// Processes of each function: as many as requests in flight, as Lambda has them.
const COPIES: [(&str, usize); 5] = [("companies", 16), ("identity", 6), ("system", 4), ("site", 3), ("sign-in", 3)];

/// Of fifty requests: how many, which function, which path; `{}` stands for a company.
const MIX: [(usize, &str, &str); 13] = [
    (10, "companies", "/api/v1/companies/{}"),
    (9, "companies", "/api/v1/companies?limit=20"),
    (3, "companies", "/api/v1/companies?q=metal"),
    (4, "companies", "/api/v1/workplaces?limit=20"),
    (4, "companies", "/api/v1/employees?limit=20"),
    (3, "companies", "POST"),
    (5, "identity", "/api/v1/auth/me"),
    (2, "identity", "/api/v1/auth/sessions"),
    (2, "identity", "/api/v1/staff?limit=20"),
    (2, "system", "/api/v1/audit?limit=20"),
    (2, "system", "/api/v1/jobs?limit=20"),
    (2, "site", "/offline"),
    (2, "sign-in", "/login"),
];

fn event(stage: &Stage, number: usize) -> (&'static str, Bytes) {
    let order: Vec<_> = MIX.iter().flat_map(|&(weight, function, path)| vec![(function, path); weight]).collect();
    // A step that has no divisor in common with fifty goes through all of them, well mixed.
    let (function, path) = order[number * 27 % order.len()];
    let event = match (function, path) {
        (_, "POST") => stage.create(&format!("Karma {number} Ltd. Şti.")),
        ("site" | "sign-in", path) => request(As::Nobody, "GET", path, None),
        (_, path) => stage.get(number, &path.replace("{}", stage.company(number))),
    };
    (function, event)
}

/// Keeps so many requests in flight for a while; how many a second, and their times.
async fn run(ask: impl AsyncFn() -> Result<Duration>) -> Result<(f64, Times)> {
    let begun = Instant::now();
    let lanes = (0..IN_FLIGHT).map(|_| async {
        let mut times = Vec::new();
        while begun.elapsed() < LONG {
            times.push(ask().await?);
        }
        Result::Ok(times)
    });
    let times: Vec<Duration> = try_join_all(lanes).await?.into_iter().flatten().collect();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok((times.len() as f64 / begun.elapsed().as_secs_f64(), times.into_iter().collect()))
}

pub(super) async fn rows(stage: &Stage) -> Result<Vec<Row>> {
    let mut crews = BTreeMap::new();
    for (name, copies) in COPIES {
        crews.insert(name, Arc::new(Crew::of(name, &[], copies).await?));
    }
    let mixed = async || {
        let (function, event) = event(stage, stage.next());
        Ok(crews[function].ask(&event).await?.0)
    };
    let empty = Crew::of("empty", &[], IN_FLIGHT).await?;
    let nothing = request(As::Nobody, "GET", "/", None);
    run(mixed).await?;
    let mut seen: [[Runs; 2]; 2] = Default::default();
    for _ in 0..RUNS {
        let (rate, times) = run(mixed).await?;
        let (floor_rate, floor_times) = run(async || Ok(empty.ask(&nothing).await?.0)).await?;
        seen[0][0].add(rate);
        seen[0][1].add(floor_rate);
        seen[1][0].add(times.at(99));
        seen[1][1].add(floor_times.at(99));
    }
    let [[rate, most], [tail, least]] = seen;
    let row =
        |what: &str, target, runs, unit, floor| Row { what: what.to_owned(), target, runs, unit, floor: vec![floor] };
    Ok(vec![
        row(
            "mixed, 32 in flight over all HTTP functions (floor: `empty` alone)",
            Target::AtLeast(1500.0),
            rate,
            ("/s", 0),
            most,
        ),
        row("mixed, p99, the wait for a free process included", Target::AtMost(60.0), tail, ("ms", 1), least),
    ])
}
