//! The private instances of MariaDB, Redis, the local AWS and the mail catcher.

mod mariadb;
pub(crate) mod replica;

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::aws::Aws;
use crate::environment::{Environment, REGION};
use crate::family::{Family, Layer};
use crate::http::Http;
use crate::place::{Kind, Place, program};
use crate::say;
use crate::template::Stack;
use crate::trouble::{During, Result, Trouble};

/// The services of one stack.
#[derive(Debug, Clone)]
pub(crate) struct Services {
    place: Place,
    family: Family,
    environment: Environment,
    stack: Stack,
}

impl Services {
    /// What they are called in logs and commands.
    pub(crate) const NAMES: [&str; 4] = ["mariadb", "redis", "aws", "mail"];

    /// The services of this stack; none is started yet.
    pub(crate) fn new(place: &Place, family: &Family, environment: &Environment, stack: &Stack) -> Self {
        Self { place: place.clone(), family: family.clone(), environment: environment.clone(), stack: stack.clone() }
    }

    /// Where they live.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The processes of their stack.
    pub(crate) fn family(&self) -> &Family {
        &self.family
    }

    /// Starts one of them and waits until it has answered.
    pub(crate) async fn start(&self, name: &str) -> Result<()> {
        match name {
            "mariadb" => mariadb::start(&self.place, &self.family, &self.environment).await,
            "redis" => redis(&self.place, &self.family).await,
            "aws" => aws(&self.place, &self.family, &self.stack).await,
            "mail" => mail(&self.place, &self.family).await,
            _ => {
                Err(Trouble::new("start", format!("there is no service {name}; there are {}", Self::NAMES.join(", "))))
            }
        }
    }
}

/// Starts all of them at once and waits until each has answered.
pub(crate) async fn start(
    place: &Place,
    family: &Family,
    environment: &Environment,
    stack: &Stack,
) -> Result<Services> {
    let services = Services::new(place, family, environment, stack);
    let [mariadb, redis, aws, mail] = Services::NAMES.map(|name| Box::pin(services.start(name)));
    // A copy of the files is a replica's beginning, while nobody writes to them.
    replica::copy(place).await?;
    tokio::try_join!(mariadb, redis, aws, mail)?;
    replica::start(place, family).await?;
    Ok(services)
}

async fn redis(place: &Place, family: &Family) -> Result<()> {
    let begun = Instant::now();
    let (port, data, log) = (place.redis(), folder(place, "redis")?, place.log("redis"));
    let mut command = Command::new(program("redis-server"));
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--dir"]).arg(data);
    command.args(["--save", "60 1", "--appendonly", "no", "--daemonize", "no"]);
    let child = family.spawn("redis", Layer::Service, &mut command, &log)?;
    family.watch(until("start Redis", child, &log, async || pong(port).await.is_ok_and(|pong| pong)).await?, "redis");
    say::done(format!("Redis on {port}"), begun);
    Ok(())
}

async fn pong(port: u16) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(b"PING\r\n").await?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer).await?;
    Ok(&answer == b"+PONG")
}

async fn aws(place: &Place, family: &Family, stack: &Stack) -> Result<()> {
    let begun = Instant::now();
    let (port, data, log) = (place.aws(), folder(place, "aws")?, place.log("aws"));
    let mut command = Command::new(place.tool("ministack"));
    command
        .env("GATEWAY_PORT", port.to_string())
        .env("BIND_HOST", "127.0.0.1")
        .env("SERVICES", "sqs,s3,secretsmanager,lambda")
        .env("MINISTACK_REGION", REGION)
        // It accepts signed addresses from its own key only, so it is told the functions'.
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local");
    if matches!(place.kind, Kind::Development | Kind::Faults) {
        // What waits in a queue, and uploaded files, outlive a restart.
        command.env("PERSIST_STATE", "1").env("STATE_DIR", data.join("state"));
        command.env("S3_PERSIST", "1").env("S3_DATA_DIR", data.join("s3"));
    }
    let child = family.spawn("aws", Layer::Service, &mut command, &log)?;
    let aws = Aws::new(Http::default(), port);
    family.watch(until("start the local AWS", child, &log, async || aws.answers().await).await?, "aws");
    aws.provide(stack).await.during("make the queues and buckets").map_err(|trouble| trouble.log(&log))?;
    say::done(format!("AWS on {port}: {} queues, {} buckets", stack.queues.len(), stack.buckets.len()), begun);
    Ok(())
}

async fn mail(place: &Place, family: &Family) -> Result<()> {
    let begun = Instant::now();
    let (smtp, page, data, log) = (place.smtp(), place.mail(), folder(place, "mail")?, place.log("mail"));
    let mut command = Command::new(place.root.join(".dev/tools/node"));
    command.arg(place.root.join(".dev/tools/mail/node_modules/.bin/maildev"));
    command.args([
        "--ip",
        "127.0.0.1",
        "--smtp",
        &smtp.to_string(),
        "--web-ip",
        "127.0.0.1",
        "--web",
        &page.to_string(),
    ]);
    if place.kind == Kind::Development {
        command.args(["--max-emails", "1000", "--mail-directory"]).arg(data);
    }
    let child = family.spawn("mail", Layer::Service, &mut command, &log)?;
    let open = async || {
        TcpStream::connect(("127.0.0.1", smtp)).await.is_ok() && TcpStream::connect(("127.0.0.1", page)).await.is_ok()
    };
    family.watch(until("start the mail catcher", child, &log, open).await?, "mail");
    say::done(format!("mail catcher on {smtp}, its page on {page}"), begun);
    Ok(())
}

/// Waits until a service answers; gives up when it ends or takes a minute.
async fn until(step: &str, mut child: Child, log: &Path, mut answers: impl AsyncFnMut() -> bool) -> Result<Child> {
    const PATIENCE: Duration = Duration::from_mins(1);
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().during(step)? {
            return Err(Trouble::new(step, format!("it ended at once ({status})")).log(log));
        }
        if answers().await {
            return Ok(child);
        }
        if begun.elapsed() > PATIENCE {
            return Err(Trouble::new(step, format!("no answer within {PATIENCE:?}")).log(log));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn folder(place: &Place, name: &str) -> Result<std::path::PathBuf> {
    let folder = place.data().join(name);
    std::fs::create_dir_all(&folder).during(format!("create {}", folder.display()))?;
    Ok(folder)
}
