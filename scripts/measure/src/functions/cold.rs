//! From the start of a process to its first answer.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, MySqlConnection};
use tests::harness::variable;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    event::{As, request},
    figures::{Row, Runs, Target},
    runtime::Crew,
    stage::Stage,
    trouble::{During as _, Result},
};

const STARTS: usize = 20;

async fn start(name: &str, event: &bytes::Bytes) -> Result<Duration> {
    let mut crew = Crew::new(name, &[]).await?;
    let begun = Instant::now();
    crew.start()?;
    crew.ask(event).await?;
    Ok(begun.elapsed())
}

/// What a connection to each service takes, with a first word.
async fn connections() -> Result<Duration> {
    let (database, redis) = (variable("DATABASE_URL"), variable("REDIS_URL"));
    let begun = Instant::now();
    let mut db = MySqlConnection::connect(&database).await?;
    sqlx::query("DO 1").execute(&mut db).await?;
    let step = "connect to Redis";
    let mut redis = TcpStream::connect(redis.trim_start_matches("redis://")).await.during(step)?;
    redis.write_all(b"PING\r\n").await.during(step)?;
    redis.read_exact(&mut [0; 7]).await.during(step)?;
    let took = begun.elapsed();
    db.close().await?;
    Ok(took)
}

pub(super) async fn rows(stage: &Stage) -> Result<Vec<Row>> {
    let event = stage.get(0, &format!("/api/v1/companies/{}", stage.company(0)));
    let nothing = request(As::Nobody, "GET", "/", None);
    let [mut cold, mut empty, mut bare] = [const { Vec::new() }; 3];
    for _ in 0..STARTS {
        cold.push(start("companies", &event).await?);
        empty.push(start("empty", &nothing).await?);
        bare.push(connections().await?);
    }
    let runs = |times: Vec<Duration>| times.into_iter().map(|time| time.as_secs_f64() * 1e3).collect::<Runs>();
    Ok(vec![Row {
        what: "cold start: process start to the first company read, database and Redis connected (20 starts)"
            .to_owned(),
        target: Target::AtMost(25.0),
        runs: runs(cold),
        unit: ("ms", 1),
        floor: vec![runs(bare), runs(empty)],
    }])
}
