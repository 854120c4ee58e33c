//! One request at a time to a warm process.

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

use super::RUNS;
use crate::{
    event::{As, data, request},
    figures::{Row, Runs, Target, Times},
    floor::Floor,
    runtime::Crew,
    stage::Stage,
    trouble::Result,
};

/// One kind of request.
struct Case<'a> {
    what: &'static str,
    function: &'static str,
    /// Of the median and of the 99th percentile, in milliseconds.
    targets: [Target; 2],
    requests: usize,
    event: Box<dyn Fn(usize, usize) -> Bytes + 'a>,
    writes: bool,
}

fn cases(stage: &Stage) -> Vec<Case<'_>> {
    // One person stays for a while, as at work; his limit is a minute's.
    let person = |run: usize, number: usize| 10 * run + number / 150;
    let read = move |path: &'static str| move |run, number| stage.get(person(run, number), path);
    // Pages have a narrow limit of each user's own, so there the people take turns.
    let page = |path: String| move |_, _| stage.get(stage.next(), &path);
    let (at_most, none) = (Target::AtMost, Target::None);
    vec![
        Case {
            what: "warm read: a company by id",
            function: "companies",
            targets: [at_most(1.0), at_most(4.0)],
            requests: 1_000,
            event: Box::new(move |run, number| {
                stage.get(person(run, number), &format!("/api/v1/companies/{}", stage.company(number)))
            }),
            writes: false,
        },
        Case {
            what: "warm list: 20 companies of 1,000 with the total",
            function: "companies",
            targets: [at_most(1.5), at_most(6.0)],
            requests: 1_000,
            event: Box::new(read("/api/v1/companies?limit=20")),
            writes: false,
        },
        Case {
            what: "create: a company with audit, outbox and the send to SQS",
            function: "companies",
            targets: [at_most(5.0), at_most(15.0)],
            requests: 300,
            event: Box::new(|_, number| stage.create(&format!("Yeni {number} Gıda Ltd. Şti."))),
            writes: true,
        },
        Case {
            what: "page: sign-in",
            function: "sign-in",
            targets: [at_most(10.0), none],
            requests: 200,
            event: Box::new(|_, _| request(As::Nobody, "GET", "/login", None)),
            writes: false,
        },
        Case {
            what: "page: list of companies",
            function: "companies",
            targets: [at_most(10.0), none],
            requests: 200,
            event: Box::new(page("/panel/companies".to_owned())),
            writes: false,
        },
        Case {
            what: "page: a company",
            function: "companies",
            targets: [at_most(10.0), none],
            requests: 200,
            event: Box::new(page(format!("/panel/companies/{}", stage.company(0)))),
            writes: false,
        },
    ]
}

pub(super) async fn rows(stage: &Stage) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for case in cases(stage) {
        rows.extend(case.rows(stage).await?);
    }
    Ok(rows)
}

async fn times(crew: &Crew, count: usize, event: impl Fn(usize) -> Bytes) -> Result<Times> {
    let mut times = Vec::with_capacity(count);
    for number in 0..count {
        times.push(crew.ask(&event(number)).await?.0);
    }
    Ok(times.into_iter().collect())
}

impl Case<'_> {
    async fn rows(&self, stage: &Stage) -> Result<[Row; 2]> {
        let crew = Crew::of(self.function, &[], 1).await?;
        let empty = Crew::of("empty", &[], 1).await?;
        let floor = Floor::beneath(self.function).await?;
        let nothing = request(As::Nobody, "GET", "/", None);
        // The statements are made known, the caches are filled.
        times(&crew, 50, |number| (self.event)(0, number)).await?;
        times(&empty, 50, |_| nothing.clone()).await?;
        let mut seen: [[Runs; 3]; 2] = Default::default();
        for run in 0..RUNS {
            let measured = [
                times(&crew, self.requests, |number| (self.event)(run, number)).await?,
                self.bare(stage, &floor).await?,
                times(&empty, self.requests, |_| nothing.clone()).await?,
            ];
            for (percent, seen) in [50, 99].into_iter().zip(&mut seen) {
                for (times, runs) in measured.iter().zip(seen) {
                    runs.add(times.at(percent));
                }
            }
        }
        let mut names = ["p50", "p99"].into_iter().zip(self.targets);
        Ok(seen.map(|[runs, bare, empty]| {
            let (percent, target) = names.next().unwrap_or(("", Target::None));
            Row { what: format!("{}, {percent}", self.what), target, runs, unit: ("ms", 2), floor: vec![bare, empty] }
        }))
    }

    /// The calls alone. They are taken down anew each time, for a service closes a connection that nobody uses.
    async fn bare(&self, stage: &Stage, floor: &Floor) -> Result<Times> {
        // By somebody who asks for nothing else: what is done again takes from his limits each time.
        let beside = RUNS + 1 + stage.next() % 5;
        let (calls, answer) = floor.calls(|| (self.event)(beside, 0)).await?;
        let ids = if self.writes { made(stage, &answer).await? } else { Vec::new() };
        let mut times = Vec::with_capacity(self.requests);
        for _ in 0..self.requests {
            let others: Vec<_> = ids.iter().map(|id| (*id.as_bytes(), *tests::harness::new_id().as_bytes())).collect();
            times.push(floor.again(&calls, &others).await?);
        }
        Ok(times.into_iter().collect())
    }
}

/// The ids of everything that the creation of a company made: what is done again must be as new.
async fn made(stage: &Stage, answer: &Value) -> Result<Vec<Uuid>> {
    let company = data(answer)["id"].as_str().and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default();
    let mut ids = vec![company];
    for sql in [
        "SELECT id FROM audit_log_rows WHERE tenant_id = ? AND entity_id = ?",
        "SELECT id FROM outbox_rows WHERE tenant_id = ? AND aggregate_id = ?",
        "SELECT id FROM company_status_history_rows WHERE tenant_id = ? AND company_id = ?",
    ] {
        let found = sqlx::query_scalar::<_, Uuid>(sql).bind(stage.tenant.id).bind(company);
        ids.extend(found.fetch_all(&mut stage.tenant.sql().await).await?);
    }
    Ok(ids)
}
