//! The functions: several copies of each binary, started again when they die.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::try_join_all;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStdout, Command};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use crate::cargo::built;
use crate::environment::Environment;
use crate::family::{Family, Layer, append};
use crate::gateway::Invoker;
use crate::metrics::Metrics;
use crate::place::{Place, binaries};
use crate::say;
use crate::template::Function;
use crate::trouble::{Result, Trouble};

/// Deaths in a row, each soon after the start, that make a function hopeless while the stack starts.
const HOPELESS: u32 = 3;

/// The running functions of a stack.
#[derive(Debug)]
pub(crate) struct Functions {
    crews: Vec<Crew>,
    started: Mutex<BTreeMap<String, SystemTime>>,
}

/// The copies of one function.
#[derive(Debug)]
struct Crew {
    function: Arc<Function>,
    binary: PathBuf,
    log: PathBuf,
    /// Counts the restarts that were asked for; each copy follows it.
    restarts: watch::Sender<u32>,
    /// How often copies died in a row without living long.
    deaths: watch::Receiver<u32>,
    copies: Vec<JoinHandle<()>>,
}

impl Functions {
    /// Starts the copies of every function; `runtime` is where they fetch their work.
    pub(crate) fn start(
        place: &Place,
        runtime: &str,
        family: &Family,
        environment: &Environment,
        functions: &[Arc<Function>],
        metrics: &Metrics,
    ) -> Result<Self> {
        let folder = binaries()?;
        let mut crews = Vec::new();
        for function in functions {
            let binary = folder.join(&function.name);
            if !binary.is_file() {
                return Err(Trouble::new("start the functions", format!("{} is not built", binary.display())).advice(
                    format!("template.yaml names an image {0}: add a binary {0} to a feature", function.name),
                ));
            }
            crews.push(crew(place, runtime, family, environment, function, binary, metrics));
        }
        let started = crews.iter().map(|crew| (crew.function.name.clone(), built(&crew.binary))).collect();
        Ok(Self { crews, started: Mutex::new(started) })
    }

    /// Waits until every function has answered.
    pub(crate) async fn ready(&self, invoker: &Invoker) -> Result<()> {
        let begun = Instant::now();
        try_join_all(self.crews.iter().map(|crew| crew.ready(invoker))).await?;
        say::done(format!("{} functions have answered", self.crews.len()), begun);
        Ok(())
    }

    /// Starts those anew whose binaries have been built since; their names.
    pub(crate) async fn restart_changed(&self) -> Vec<String> {
        let mut started = self.started.lock().await;
        let mut changed = Vec::new();
        for crew in &self.crews {
            let now = built(&crew.binary);
            if started.insert(crew.function.name.clone(), now) != Some(now) {
                crew.restarts.send_modify(|count| *count += 1);
                changed.push(crew.function.name.clone());
            }
        }
        changed
    }
}

impl Drop for Functions {
    /// Nobody starts a function again while the stack stops; the processes are the family's to end.
    fn drop(&mut self) {
        for copy in self.crews.iter().flat_map(|crew| &crew.copies) {
            copy.abort();
        }
    }
}

impl Crew {
    async fn ready(&self, invoker: &Invoker) -> Result<()> {
        let step = format!("wait for {}", self.function.name);
        let advice = "the function's log says why; it must answer before the stack is ready";
        let mut deaths = self.deaths.clone();
        tokio::select! {
            answer = invoker.alive(&self.function, Duration::from_mins(1)) => {
                answer.map_err(|why| Trouble::new(step, why).advice(advice).log(&self.log))
            }
            _ = deaths.wait_for(|&count| count >= HOPELESS) => {
                Err(Trouble::new(step, format!("it ended {HOPELESS} times right after its start")).advice(advice).log(&self.log))
            }
        }
    }
}

fn crew(
    place: &Place,
    runtime: &str,
    family: &Family,
    environment: &Environment,
    function: &Arc<Function>,
    binary: PathBuf,
    metrics: &Metrics,
) -> Crew {
    metrics.count("function_deaths", &[("function", &function.name)], 0.0);
    let (restarts, asked) = watch::channel(0);
    let (deaths, died) = watch::channel(0);
    let deaths = Arc::new(deaths);
    let log = place.log(&function.name);
    let variables: Vec<(String, String)> = environment
        .of(function)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .chain(lambda(runtime, function))
        .collect();
    let copies = (0..place.copies).map(|_| {
        let copy = Copy {
            name: function.name.clone(),
            binary: binary.clone(),
            root: place.root.clone(),
            log: log.clone(),
            variables: variables.clone(),
            family: family.clone(),
            deaths: Arc::clone(&deaths),
            metrics: metrics.clone(),
        };
        tokio::spawn(copy.live(asked.clone()))
    });
    let copies = copies.collect();
    Crew { function: Arc::clone(function), binary, log, restarts, deaths: died, copies }
}

/// What the Lambda service sets.
fn lambda(runtime: &str, function: &Function) -> impl Iterator<Item = (String, String)> {
    [
        ("AWS_LAMBDA_RUNTIME_API", format!("{runtime}/.rt/{}", function.name)),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory.to_string()),
        ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
}

/// One process of a function, and its successors.
struct Copy {
    name: String,
    binary: PathBuf,
    root: PathBuf,
    log: PathBuf,
    variables: Vec<(String, String)>,
    family: Family,
    deaths: Arc<watch::Sender<u32>>,
    metrics: Metrics,
}

impl Copy {
    async fn live(self, mut asked: watch::Receiver<u32>) {
        let mut pause = Duration::from_millis(200);
        loop {
            let begun = Instant::now();
            let mut command = Command::new(&self.binary);
            command.current_dir(&self.root).envs(self.variables.iter().map(|(name, value)| (name, value)));
            let ended = match self.family.spawn_read(&self.name, Layer::Function, &mut command, &self.log) {
                Ok(mut child) => {
                    self.listen(child.stdout.take());
                    tokio::select! {
                        status = child.wait() => status.map_or_else(|error| error.to_string(), |status| status.to_string()),
                        _ = asked.changed() => {
                            end(&self.family, &mut child).await;
                            pause = Duration::from_millis(200);
                            continue;
                        }
                    }
                }
                Err(trouble) => trouble.line(),
            };
            if begun.elapsed() > Duration::from_secs(10) {
                pause = Duration::from_millis(200);
                self.deaths.send_replace(0);
            } else {
                self.deaths.send_modify(|count| *count += 1);
            }
            say::notice(format!("{} has ended ({ended}); it starts again in {}", self.name, say::seconds(pause)));
            self.metrics.count("function_deaths", &[("function", &self.name)], 1.0);
            self.note(&ended);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }

    /// Reads what a process says until it ends: metrics are counted, everything else goes to the log.
    fn listen(&self, out: Option<ChildStdout>) {
        use std::io::Write;
        let (Some(out), Ok(mut log)) = (out, append(&self.log)) else { return };
        let metrics = self.metrics.clone();
        tokio::spawn(async move {
            let (mut out, mut line) = (BufReader::new(out), Vec::new());
            while out.read_until(b'\n', &mut line).await.is_ok_and(|length| length > 0) {
                if !metrics.take(&line) {
                    // A full disk must not stop the function, which waits until its line is read.
                    let _ = log.write_all(&line);
                }
                line.clear();
            }
        });
    }

    fn note(&self, ended: &str) {
        use std::io::Write;
        if let Ok(mut log) = append(&self.log) {
            let _ = writeln!(log, "local stack: the process has ended ({ended})");
        }
    }
}

/// Asks a process to end, and waits for it.
async fn end(family: &Family, child: &mut tokio::process::Child) {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
    let members: Vec<_> = family.members().into_iter().filter(|member| Some(member.identity.pid) == pid).collect();
    crate::family::stop(&members).await;
    let _ = child.wait().await;
}
