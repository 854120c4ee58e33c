//! The processes that a stack has started: who they are, and how they end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};
use tokio::process::{Child, Command};

use crate::place::Place;
use crate::say;
use crate::trouble::{During, Result, Trouble};

/// When a process is stopped: later layers first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layer {
    /// MariaDB, Redis, the local AWS, the mail catcher.
    Service,
    /// The gateway.
    Gateway,
    /// A copy of a function.
    Function,
    /// A command that ends by itself: a build, a migration.
    Command,
}

/// A process, told apart from a later one with the same id by its start time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The process id, which is also its group's.
    pub(crate) pid: i32,
    started: u64,
}

impl Identity {
    /// A living process by its id.
    pub(crate) fn of(pid: i32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name may hold spaces and brackets; what follows the last bracket is regular.
        let fields: Vec<_> = stat[stat.rfind(')')? + 1..].split_whitespace().collect();
        let dead = matches!(*fields.first()?, "Z" | "X");
        let started = fields.get(19)?.parse().ok()?;
        (!dead).then_some(Self { pid, started })
    }

    /// Whether the process still runs.
    pub(crate) fn lives(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    /// Sends a signal to the process's group, if it is still the same process.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid).filter(|_| self.lives()) {
            // It may have ended in the meantime, which is what was wanted.
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Asks the process alone to end: a supervisor shares its group with the shell that started it.
    pub(crate) fn ask_to_end(&self) {
        if let Some(pid) = Pid::from_raw(self.pid).filter(|_| self.lives()) {
            let _ = kill_process(pid, Signal::TERM);
        }
    }
}

/// One process of a stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Member {
    /// The name of its log.
    pub(crate) name: String,
    /// When it is stopped.
    pub(crate) layer: Layer,
    /// Who it is.
    pub(crate) identity: Identity,
}

/// The record of a running stack.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct Running {
    /// The process that looks after the others.
    pub(crate) supervisor: Option<Identity>,
    /// Whether everything has answered.
    pub(crate) ready: bool,
    /// What serves, in words: `dev` or `services`.
    pub(crate) what: String,
    /// The HTTP port.
    pub(crate) port: u16,
    /// The processes.
    pub(crate) members: Vec<Member>,
    /// Whether nothing more may be started.
    #[serde(skip)]
    closing: bool,
    /// Processes that were told to end.
    #[serde(skip)]
    told: BTreeSet<i32>,
}

impl Running {
    /// Reads the record of a place; none when there is none or it is damaged.
    pub(crate) fn read(place: &Place) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(place.running_file()).ok()?).ok()
    }

    /// Whether the process that looks after the stack lives.
    pub(crate) fn supervised(&self) -> bool {
        self.supervisor.as_ref().is_some_and(Identity::lives)
    }
}

/// The processes of this run; clones are the same family.
#[derive(Debug, Clone)]
pub(crate) struct Family {
    /// None for a command beside a running stack, whose record it leaves alone.
    file: Option<PathBuf>,
    state: Arc<Mutex<Running>>,
}

impl Family {
    /// An empty family that keeps its record in the place.
    pub(crate) fn new(place: &Place, what: &str) -> Result<Self> {
        std::fs::create_dir_all(place.logs()).during("create the log folder")?;
        let family = Self::blank(place, what);
        family.update(|_| {});
        Ok(family)
    }

    fn blank(place: &Place, what: &str) -> Self {
        Self {
            file: Some(place.running_file()),
            state: Arc::new(Mutex::new(Running {
                supervisor: Identity::of(i32::try_from(std::process::id()).unwrap_or_default()),
                what: what.to_owned(),
                port: place.port,
                ..Running::default()
            })),
        }
    }

    /// A family for a command beside a running stack, whose record it leaves alone.
    pub(crate) fn unrecorded(place: &Place) -> Result<Self> {
        let mut family = Self::blank(place, "");
        family.file = None;
        std::fs::create_dir_all(place.logs()).during("create the log folder")?;
        Ok(family)
    }

    /// Marks the stack ready.
    pub(crate) fn ready(&self) {
        self.update(|running| running.ready = true);
    }

    /// Starts a process in a group of its own, its output in a log.
    pub(crate) fn spawn(&self, name: &str, layer: Layer, command: &mut Command, log: &Path) -> Result<Child> {
        let out = append(log).during(format!("open {}", log.display()))?;
        let error = out.try_clone().during(format!("open {}", log.display()))?;
        command.stdout(out).stderr(error);
        self.spawn_here(name, layer, command)
    }

    /// Starts a process in a group of its own whose output is the caller's to read; what goes wrong stands in a log.
    pub(crate) fn spawn_read(&self, name: &str, layer: Layer, command: &mut Command, log: &Path) -> Result<Child> {
        command.stdout(Stdio::piped()).stderr(append(log).during(format!("open {}", log.display()))?);
        self.spawn_here(name, layer, command)
    }

    /// Starts a process in a group of its own that writes to this terminal.
    pub(crate) fn spawn_here(&self, name: &str, layer: Layer, command: &mut Command) -> Result<Child> {
        let step = format!("start {name}");
        // Under the lock: whoever stops the family sees this process, or it is never started.
        let mut running = self.lock();
        if running.closing {
            return Err(Trouble::new(step, "the stack is stopping"));
        }
        let child = command.stdin(Stdio::null()).process_group(0).spawn().during(step)?;
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
        if let Some(identity) = pid.and_then(Identity::of) {
            running.members.retain(|member| member.identity.lives());
            running.members.push(Member { name: name.to_owned(), layer, identity });
            self.record(&running);
        }
        Ok(child)
    }

    /// Says so when a process ends though nobody asked it to.
    pub(crate) fn watch(&self, mut child: Child, name: &'static str) {
        let family = self.clone();
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).unwrap_or_default();
        tokio::spawn(async move {
            let status = child.wait().await;
            let expected = |running: &mut Running| running.closing || running.told.remove(&pid);
            if let Ok(status) = status
                && !expected(&mut family.lock())
            {
                say::notice(format!("{name} has ended ({status}); see its log"));
            }
        });
    }

    /// The living processes.
    pub(crate) fn members(&self) -> Vec<Member> {
        self.lock().members.iter().filter(|member| member.identity.lives()).cloned().collect()
    }

    /// Ends the processes of one name; how many there were. With force they have no time to put anything in order.
    pub(crate) async fn end(&self, name: &str, force: bool) -> usize {
        let members: Vec<_> = self.members().into_iter().filter(|member| member.name == name).collect();
        self.lock().told.extend(members.iter().map(|member| member.identity.pid));
        if force {
            for member in &members {
                member.identity.signal(Signal::KILL);
            }
        }
        stop(&members).await;
        members.len()
    }

    /// Lets the processes of one name hang, or go on; how many there are.
    pub(crate) fn hold(&self, name: &str, hang: bool) -> usize {
        let members: Vec<_> = self.members().into_iter().filter(|member| member.name == name).collect();
        for member in &members {
            member.identity.signal(if hang { Signal::STOP } else { Signal::CONT });
        }
        members.len()
    }

    /// Stops a stack's processes, later layers first, and removes the record.
    pub(crate) async fn stop(&self) {
        self.lock().closing = true;
        stop(&self.members()).await;
        if let Some(file) = &self.file {
            let _ = std::fs::remove_file(file);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut Running)) {
        let mut running = self.lock();
        change(&mut running);
        self.record(&running);
    }

    fn record(&self, running: &Running) {
        // The record serves `stop` and `status`; the stack itself does without it.
        if let (Some(file), Ok(text)) = (&self.file, serde_json::to_vec_pretty(running)) {
            let _ = std::fs::write(file, text);
        }
    }
}

/// Stops processes, later layers first: a request to end, then force.
pub(crate) async fn stop(members: &[Member]) {
    let mut layers: BTreeMap<Layer, Vec<&Identity>> = BTreeMap::new();
    for member in members {
        layers.entry(member.layer).or_default().push(&member.identity);
    }
    for (layer, identities) in layers.iter().rev() {
        // A database closes its files; nothing else has anything to say that takes longer.
        let patience = Duration::from_secs(if *layer == Layer::Service { 30 } else { 5 });
        for identity in identities {
            identity.signal(Signal::TERM);
            // One that hangs would not hear of it.
            identity.signal(Signal::CONT);
        }
        if !gone(identities, patience).await {
            for identity in identities {
                identity.signal(Signal::KILL);
            }
            gone(identities, Duration::from_secs(5)).await;
        }
    }
}

async fn gone(identities: &[&Identity], patience: Duration) -> bool {
    let begun = Instant::now();
    while identities.iter().any(|identity| identity.lives()) {
        if begun.elapsed() > patience {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    true
}

/// Opens a log to be written to at its end.
pub(crate) fn append(log: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(log)
}
