//! What starts functions besides requests: queues and schedules.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::aws::Aws;
use crate::environment::REGION;
use crate::events;
use crate::family::append;
use crate::gateway::Invoker;
use crate::place::{Kind, Place};
use crate::schedule::{self, Plan};
use crate::template::{Function, Mapping, Schedule};
use crate::trouble::{During, Result};

/// The longest that a function may take, plus the gateway's own limit.
const LIMIT: Duration = Duration::from_secs(40);

/// Serves every mapping and schedule until it is dropped.
pub(crate) fn start(place: &Place, functions: &[Arc<Function>], aws: &Aws, invoker: &Invoker) -> Result<JoinSet<()>> {
    let mut tasks = JoinSet::new();
    let desk = Desk {
        aws: aws.clone(),
        invoker: invoker.clone(),
        log: place.log("triggers"),
        // In the cloud the messages of a function that died come back after the queue's visibility timeout, minutes
        // later; here a function dies whenever it is rebuilt.
        again: if place.kind == Kind::Development { 10 } else { 1 },
    };
    for function in functions {
        for mapping in &function.mappings {
            // More callers than copies would only wait in the gateway.
            let callers = usize::try_from(mapping.concurrency).unwrap_or(1).min(place.copies);
            for _ in 0..callers.max(1) {
                tasks.spawn(desk.clone().poll(function.name.clone(), mapping.clone()));
            }
        }
        for schedule in &function.schedules {
            let plan = Plan::new(&schedule.expression, &schedule.timezone);
            let plan = plan.during(format!("plan {}", function.name))?;
            tasks.spawn(desk.clone().keep(function.name.clone(), schedule.clone(), plan));
        }
    }
    Ok(tasks)
}

#[derive(Clone)]
struct Desk {
    aws: Aws,
    invoker: Invoker,
    log: PathBuf,
    again: u64,
}

impl Desk {
    async fn poll(self, function: String, mapping: Mapping) {
        loop {
            // With the services alone there may be no gateway yet; its messages wait.
            if !self.invoker.listens().await {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            match self.aws.receive(&mapping.queue, mapping.batch_size.clamp(1, 10)).await {
                Ok(messages) if messages.is_empty() => {}
                Ok(messages) => self.serve(&function, &mapping, &messages).await,
                Err(error) => {
                    self.note(&format!("{}: {error}", mapping.queue));
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn serve(&self, function: &str, mapping: &Mapping, messages: &[Value]) {
        let event = events::batch(messages, &mapping.arn, REGION).to_string();
        let (failed, died) = match self.invoker.invoke(function, event, LIMIT).await {
            Ok(answer) if mapping.reports_failures => (events::failed(&answer.body, messages), false),
            Ok(_) => (events::failed(b"", messages), false),
            Err(error) => {
                self.note(&format!("{function}: a batch of {} failed: {error}", messages.len()));
                (messages.iter().filter_map(events::id_of).collect(), true)
            }
        };
        for message in messages {
            let (id, receipt) = (events::id_of(message).unwrap_or_default(), &message["ReceiptHandle"]);
            let outcome = if failed.contains(&id) {
                let attempt = message["Attributes"]["ApproximateReceiveCount"].as_str().unwrap_or("?");
                self.note(&format!("{function}: message {id} failed, attempt {attempt}"));
                // A worker that reports a failure has said itself when to try again, or leaves it to the queue.
                if died { self.aws.show_again(&mapping.queue, receipt, self.again).await } else { Ok(()) }
            } else {
                self.aws.delete(&mapping.queue, receipt).await
            };
            if let Err(error) = outcome {
                self.note(&format!("{}: {error}", mapping.queue));
            }
        }
    }

    async fn keep(self, function: String, schedule: Schedule, plan: Plan) {
        let mut planned = now();
        while let Some(next) = plan.next(planned.max(now())) {
            planned = next;
            tokio::time::sleep((planned - now()).to_std().unwrap_or_default()).await;
            if !self.invoker.listens().await {
                continue;
            }
            for attempt in 1..=schedule.retries + 1 {
                let event = schedule::event(&schedule.input, planned, attempt);
                match self.invoker.invoke(&function, event, LIMIT).await {
                    Ok(_) => break,
                    Err(error) => {
                        self.note(&format!("{function}: the run of {planned}, attempt {attempt}, failed: {error}"));
                    }
                }
            }
        }
    }

    fn note(&self, text: &str) {
        if let Ok(mut log) = append(&self.log) {
            let _ = writeln!(log, "{} {text}", now().format("%H:%M:%S"));
        }
    }
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}
