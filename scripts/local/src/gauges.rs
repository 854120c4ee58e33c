//! What the stack itself measures when somebody asks for /metrics: queues, readiness, the disk, files of other programs.

use std::path::PathBuf;
use std::time::Duration;

use hyper::Method;

use crate::aws::Aws;
use crate::http::Http;
use crate::metrics::Metrics;
use crate::place::Place;
use crate::services::replica;
use crate::template::Stack;

/// The metrics of a stack, completed when they are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gauges {
    metrics: Metrics,
    aws: Option<Aws>,
    queues: Vec<String>,
    http: Http,
    health: String,
    files: PathBuf,
    replicated: Option<Place>,
}

impl Gauges {
    /// The gauges beside the functions' own metrics; `gateway` is asked for its readiness, `files` is where other
    /// programs leave theirs.
    pub(crate) fn new(metrics: Metrics, aws: &Aws, stack: &Stack, gateway: &str, files: PathBuf) -> Self {
        Self {
            metrics,
            aws: Some(aws.clone()),
            queues: stack.queues.iter().map(|queue| queue.name.clone()).collect(),
            http: Http::default(),
            health: format!("{gateway}/health/ready"),
            files,
            replicated: None,
        }
    }

    /// Asks the place's replica too, where there is one.
    #[must_use]
    pub(crate) fn with_replica(mut self, place: &Place) -> Self {
        self.replicated = place.replicated.then(|| place.clone());
        self
    }

    /// Everything as Prometheus text.
    pub(crate) async fn text(&self) -> String {
        tokio::join!(self.ask_queues(), self.ask_readiness(), self.ask_replica());
        if let Ok(disk) = rustix::fs::statvfs(&self.files) {
            // As df says it: what is kept for root counts for nobody.
            let used = disk.f_blocks.saturating_sub(disk.f_bfree);
            #[expect(clippy::cast_precision_loss, reason = "a share of blocks")]
            let share = used as f64 / (used + disk.f_bavail).max(1) as f64;
            self.metrics.set("disk_used_ratio", &[], share);
        }
        self.metrics.text() + &self.files()
    }

    async fn ask_queues(&self) {
        let Some(aws) = &self.aws else { return };
        for queue in &self.queues {
            // A queue that does not answer keeps its last figure; that the service is away is a figure of its own.
            if let Ok([waiting, at_work]) = aws.depth(queue).await {
                self.metrics.set("queue_messages", &[("queue", queue), ("state", "waiting")], waiting);
                self.metrics.set("queue_messages", &[("queue", queue), ("state", "at_work")], at_work);
            }
        }
    }

    /// Whether database, Redis and queues answer, by the product's own word.
    async fn ask_readiness(&self) {
        let answer = self.http.send(Method::GET, &self.health, &[], "", Duration::from_secs(3)).await;
        let ready = answer.is_ok_and(|answer| answer.status.is_success());
        self.metrics.set("ready", &[], f64::from(u8::from(ready)));
    }

    async fn ask_replica(&self) {
        if let Some(place) = &self.replicated {
            self.metrics.set("replica_lag_seconds", &[], replica::lag(place).await);
        }
    }

    /// Metrics that programs beside the stack have left as files, as node_exporter's text files are: backups do.
    fn files(&self) -> String {
        let folder = std::fs::read_dir(&self.files).into_iter().flatten().flatten();
        let files = folder.map(|file| file.path()).filter(|path| path.extension().is_some_and(|kind| kind == "prom"));
        files.filter_map(|path| std::fs::read_to_string(path).ok()).collect()
    }
}
