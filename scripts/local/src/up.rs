//! From nothing to a stack that has answered.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::aws::Aws;
use crate::cargo::{build_command, cargo, run};
use crate::environment::{Environment, REGION};
use crate::family::{self, Family, Running};
use crate::functions::Functions;
use crate::gateway::{self, Invoker};
use crate::gauges::Gauges;
use crate::http::Http;
use crate::metrics::Metrics;
use crate::place::Place;
use crate::template::{Function, Stack};
use crate::trouble::{During, Result, Trouble};
use crate::{control, ports, say, services, triggers, watch};

/// What `./scripts/dev` builds.
const BUILD: [&str; 3] = ["build", "--workspace", "--bins"];

/// Serves everything until a signal comes.
pub(crate) async fn dev(place: &Place, watching: bool) -> Result<()> {
    make_room(place, &place.port_numbers()).await?;
    let family = Family::new(place, "dev")?;
    until_signal(&family, async {
        let stack = read(place)?;
        let environment = Environment::prepare(place, &stack)?;
        let (services, ()) = tokio::try_join!(
            services::start(place, &family, &environment, &stack),
            cargo(place, &family, "build", &BUILD),
        )?;
        run(place, &family, &environment, "migrate").await?;
        run(place, &family, &environment, "seed").await?;
        let served = serve(place, &family, &environment, stack).await?;
        family.ready();
        welcome(place);
        let rebuild = async {
            if watching { watch::rebuild(place, &family, &environment, &served.functions).await } else { Ok(()) }
        };
        tokio::try_join!(control::serve(&services), rebuild).map(drop)
    })
    .await
}

/// Serves MariaDB, Redis, the local AWS and the mail catcher until a signal comes; queues and schedules start
/// the functions of whatever serves them, as plain `cargo lambda watch` does.
pub(crate) async fn only_services(place: &Place) -> Result<()> {
    let ports = place.port_numbers();
    make_room(place, &ports[1..]).await?;
    let family = Family::new(place, "services")?;
    until_signal(&family, async {
        let stack = read(place)?;
        let environment = Environment::prepare(place, &stack)?;
        let services = services::start(place, &family, &environment, &stack).await?;
        if let Err(trouble) = prepare_database(place, &family, &environment).await {
            say::line(trouble.to_string());
            say::notice("the services run; the database is not prepared");
        }
        let http = Http::default();
        let functions: Vec<_> = stack.functions.into_iter().map(Arc::new).collect();
        let aws = Aws::new(http.clone(), place.aws());
        let _triggers = triggers::start(place, &functions, &aws, &Invoker::new(http, place))?;
        family.ready();
        say::line(format!(
            "services ready: MariaDB {}, Redis {}, AWS {}, SMTP {}, mail page http://localhost:{}\n\
             environment of the functions: {}",
            place.mariadb(),
            place.redis(),
            place.aws(),
            place.smtp(),
            place.mail(),
            place.env_file().display(),
        ));
        control::serve(&services).await
    })
    .await
}

async fn prepare_database(place: &Place, family: &Family, environment: &Environment) -> Result<()> {
    for name in ["migrate", "seed"] {
        build_command(place, family, name).await?;
        run(place, family, environment, name).await?;
    }
    Ok(())
}

/// Reads the template.
pub(crate) fn read(place: &Place) -> Result<Stack> {
    Stack::read(&place.root.join("template.yaml"), REGION)
        .during("read template.yaml and its nested stacks")
        .map_err(|trouble| trouble.advice("correct the template"))
}

/// The running functions and what starts them.
#[derive(Debug)]
pub(crate) struct Served {
    /// The functions.
    pub(crate) functions: Functions,
    _triggers: JoinSet<()>,
    _front: JoinSet<()>,
}

/// Starts the gateway, the functions and the triggers, and waits until every function has answered.
pub(crate) async fn serve(place: &Place, family: &Family, environment: &Environment, stack: Stack) -> Result<Served> {
    let http = Http::default();
    let invoker = Invoker::new(http.clone(), place);
    let metrics = Metrics::default();
    let aws = Aws::new(http.clone(), place.aws());
    let gauges = Gauges::new(metrics.clone(), &aws, &stack, &place.gateway(), place.metrics()?).with_replica(place);
    let list: Vec<Arc<Function>> = stack.functions.into_iter().map(Arc::new).collect();
    let (runtime, front) = gateway::start(place, family, &list, gauges).await?;
    let functions = Functions::start(place, &runtime, family, environment, &list, &metrics)?;
    functions.ready(&invoker).await?;
    let triggers = triggers::start(place, &list, &aws, &invoker)?;
    Ok(Served { functions, _triggers: triggers, _front: front })
}

/// Stops what an earlier run left, then makes sure that the ports are free.
pub(crate) async fn make_room(place: &Place, wanted: &[u16]) -> Result<()> {
    if let Some(running) = Running::read(place) {
        if running.supervised() && running.what != "services" {
            let pid = running.supervisor.map_or(0, |supervisor| supervisor.pid);
            return Err(Trouble::new(
                "start",
                format!("it runs already at http://localhost:{} (process {pid})", running.port),
            )
            .advice("./scripts/dev status tells more, ./scripts/dev stop ends it"));
        }
        end(place, &running).await?;
    }
    std::fs::create_dir_all(place.logs()).during("create the log folder")?;
    crate::environment::private_folder(place)?;
    for log in std::fs::read_dir(place.logs()).during("read the log folder")?.flatten() {
        // The log of a detached run is being written by this very process.
        if log.file_name() != "dev.log" {
            let _ = std::fs::write(log.path(), "");
        }
    }
    let variable = if place.kind == crate::place::Kind::Development { "DEV_PORT" } else { "TEST_PORT" };
    ports::free(place, variable, wanted)
}

/// Ends a recorded stack: through its supervisor, or, where that is dead, process by process.
pub(crate) async fn end(place: &Place, running: &Running) -> Result<()> {
    if let Some(supervisor) = running.supervisor.as_ref().filter(|supervisor| supervisor.lives()) {
        supervisor.ask_to_end();
        for _ in 0..600 {
            if !supervisor.lives() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        if supervisor.lives() {
            return Err(Trouble::new("stop", format!("process {} does not end", supervisor.pid))
                .advice(format!("kill -9 {} and run ./scripts/dev stop once more", supervisor.pid)));
        }
    }
    family::stop(&running.members).await;
    match std::fs::remove_file(place.running_file()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).during("stop"),
        _ => Ok(()),
    }
}

/// Works until it ends or a signal comes; then stops the family, however far the work has come.
pub(crate) async fn until_signal<T>(family: &Family, work: impl Future<Output = Result<T>>) -> Result<()> {
    let outcome = tokio::select! {
        outcome = work => outcome.map(drop),
        signalled = signalled() => signalled,
    };
    family.stop().await;
    outcome
}

/// Waits for a signal to end, and says that work ends.
pub(crate) async fn signalled() -> Result<()> {
    let step = "listen for signals";
    let (mut interrupt, mut terminate, mut hang_up) = (
        signal(SignalKind::interrupt()).during(step)?,
        signal(SignalKind::terminate()).during(step)?,
        signal(SignalKind::hangup()).during(step)?,
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    say::begins("stopping");
    Ok(())
}

/// The demo accounts, as the seeding command makes them.
const ACCOUNTS: &str = "
  Anadolu OSGB   admin@anadolu.test   manages everything
                 ofis@anadolu.test    office
                 hekim@anadolu.test   physician, sees assigned workplaces
                 uzman@anadolu.test   safety expert, sees assigned workplaces
                 musteri@yildiz.test  customer, Yıldız Metal A.Ş.
                 musteri@cinar.test   customer, Çınar Gıda Ltd. Şti.
  Ege OSGB       admin@ege.test       manages everything
                 musteri@deniz.test   customer, Deniz Lojistik A.Ş.
  password of each: Prosektor-Demo-2026";

fn welcome(place: &Place) {
    say::line(format!("\ndemo accounts{ACCOUNTS}"));
    say::line(format!(
        "\nmail     http://localhost:{}\nAPI      {}/docs\nlogs     ./scripts/dev logs [name]",
        place.mail(),
        place.url()
    ));
    say::line(format!("\nready {}", place.url()));
}
