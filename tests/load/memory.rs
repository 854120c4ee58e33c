//! How much memory the functions hold, from the kernel's own books.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tests::harness::variable;
use tokio::task::JoinHandle;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// The functions' processes: id and name.
fn functions() -> Vec<(u64, String)> {
    let file = PathBuf::from(variable("STACK_DATA")).join("running.json");
    let running: Value = serde_json::from_slice(&std::fs::read(file).expect("a running stack")).unwrap();
    let members = running["members"].as_array().unwrap().iter().filter(|member| member["layer"] == "function");
    members
        .map(|member| (member["identity"]["pid"].as_u64().unwrap(), member["name"].as_str().unwrap().to_owned()))
        .collect()
}

/// One size of a process in KiB, by its name in the kernel's books; none when the process has ended.
fn size(pid: u64, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.trim().parse().ok())
}

/// The resident set of a process.
fn resident(pid: u64) -> Option<u64> {
    size(pid, "VmRSS:")
}

/// The most that any process of one function holds from a moment on.
pub(crate) struct Peak(Vec<u64>);

impl Peak {
    /// Begins to watch: from now on the kernel keeps the peak anew.
    pub(crate) fn begin(function: &str) -> Self {
        let pids: Vec<u64> = functions().into_iter().filter(|(_, name)| name == function).map(|(pid, _)| pid).collect();
        assert!(!pids.is_empty(), "no {function} runs");
        for pid in &pids {
            std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
        }
        Self(pids)
    }

    /// The peak in KiB.
    pub(crate) fn end(&self) -> u64 {
        self.0.iter().map(|pid| size(*pid, "VmHWM:").expect("the process lives")).max().unwrap_or_default()
    }
}

/// Looks at the functions until it is told to end.
pub(crate) struct Memory {
    over: Arc<AtomicBool>,
    looking: JoinHandle<Seen>,
}

/// What was seen: by process, its name and its sizes.
pub(crate) struct Seen(BTreeMap<u64, (String, Vec<u64>)>);

impl Memory {
    /// Begins to look.
    pub(crate) fn watch() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (mut seen, end) = (BTreeMap::new(), Arc::clone(&over));
        for (pid, name) in functions() {
            seen.insert(pid, (name, Vec::new()));
        }
        let looking = tokio::spawn(async move {
            while !end.load(Ordering::Relaxed) {
                for (pid, (_, sizes)) in &mut seen {
                    sizes.extend(resident(*pid));
                }
                tokio::time::sleep(PAUSE).await;
            }
            Seen(seen)
        });
        Self { over, looking }
    }

    /// Ends; every function that ran at the beginning still runs.
    pub(crate) async fn end(self) -> Seen {
        self.over.store(true, Ordering::Relaxed);
        let seen = self.looking.await.unwrap();
        for (pid, (name, _)) in &seen.0 {
            assert!(resident(*pid).is_some(), "{name} (process {pid}) has died under the load");
        }
        seen
    }
}

impl Seen {
    /// By process: its least size in the second and in the last quarter of the time. The least, because a password's
    /// hash takes 19 MiB for a moment; the second, because a process grows while its caches fill.
    fn quarters(&self) -> impl Iterator<Item = (&str, u64, u64)> {
        self.0.values().map(|(name, sizes)| {
            let least = |part: &[u64]| part.iter().min().copied().unwrap_or_default();
            let quarter = sizes.len() / 4;
            (name.as_str(), least(&sizes[quarter..2 * quarter]), least(&sizes[3 * quarter..]))
        })
    }

    /// Prints the sizes.
    pub(crate) fn print(&self) {
        for (name, early, late) in self.quarters() {
            println!("  {name:<24} {:>6.1} MiB early, {:>6.1} MiB late", mebibytes(early), mebibytes(late));
        }
    }

    /// Nothing grows. A short run is still filling its caches, so it is allowed more.
    pub(crate) fn is_flat(&self, took: Duration) {
        let allowed = if took < Duration::from_secs(60) { 10 * 1024 } else { 2 * 1024 };
        for (name, early, late) in self.quarters() {
            assert!(
                late < early + allowed,
                "{name} has grown from {:.1} to {:.1} MiB",
                mebibytes(early),
                mebibytes(late)
            );
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
pub(crate) fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}
