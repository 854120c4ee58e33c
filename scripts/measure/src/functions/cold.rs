//! From the start of a process to its first answer.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::{Connection as _, MySqlConnection};
use tests::harness::variable;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{
    event::{As, request},
    figures::{Row, Runs, Target},
    runtime::Crew,
    stage::Stage,
    trouble::{During as _, Result},
};

const STARTS: usize = 20;

/// What is a secret in the cloud (template.yaml, infra/data.yaml), and the name of the secret that holds it.
const SECRETS: [(&str, &str); 5] = [
    ("DATABASE_URL", "database"),
    ("REDIS_URL", "cache"),
    ("SIGNING_KEYS", "keys"),
    ("FIELD_KEYS", "keys"),
    ("INDEX_KEY", "keys"),
];

/// Stands in for AWS's extension for secrets, which answers at once here; the settings of a function beside it.
async fn beside_an_extension() -> Result<Vec<(String, String)>> {
    let step = "stand in for the extension";
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.during(step)?;
    let port = listener.local_addr().during(step)?.port();
    let texts: serde_json::Map<_, _> =
        SECRETS.iter().map(|(name, _)| ((*name).to_owned(), json!(variable(name)))).collect();
    let secret = json!({ "SecretString": serde_json::Value::from(texts).to_string() }).to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(format!("HTTP/1.0 200 OK\r\n\r\n{secret}").as_bytes()).await;
        }
    });
    let referring = SECRETS.iter().map(|(name, of)| ((*name).to_owned(), format!("{{{{{of}#{name}}}}}")));
    let extension = ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT".to_owned(), port.to_string());
    Ok(referring.chain([extension]).collect())
}

async fn start(name: &str, settings: &[(String, String)], event: &bytes::Bytes) -> Result<Duration> {
    let mut crew = Crew::new(name, settings).await?;
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
    let referring = beside_an_extension().await?;
    let [mut cold, mut fetching, mut empty, mut bare] = [const { Vec::new() }; 4];
    for _ in 0..STARTS {
        cold.push(start("companies", &[], &event).await?);
        fetching.push(start("companies", &referring, &event).await?);
        empty.push(start("empty", &[], &nothing).await?);
        bare.push(connections().await?);
    }
    let runs = |times: Vec<Duration>| times.into_iter().map(|time| time.as_secs_f64() * 1e3).collect::<Runs>();
    let (cold, fetching) = (runs(cold), runs(fetching));
    let row = |what: &str, target, runs, floor| Row { what: what.to_owned(), target, runs, unit: ("ms", 1), floor };
    Ok(vec![
        row(
            "cold start: process start to the first company read, database and Redis connected (20 starts)",
            Target::AtMost(25.0),
            cold.clone(),
            vec![runs(bare), runs(empty)],
        ),
        row(
            "the same with three secrets fetched from a stand-in for AWS's extension (floor: without)",
            Target::None,
            fetching,
            vec![cold],
        ),
    ])
}
