//! A stream of requests that does not end for a fault, and the ledger of what the clients were told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use sqlx::Row as _;
use tests::harness::{Answer, Call, Client, Tenant, new_id};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Clients at work at once.
const CLIENTS: usize = 6;
/// No answer may take longer, whatever is away: 503 is an answer, silence is none.
const LONGEST: Duration = Duration::from_secs(10);

/// What the clients were told.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Companies that were made and then renamed.
    made: BTreeSet<Uuid>,
    /// Answers 503.
    pub(crate) refused: usize,
    /// The longest that an answer took.
    pub(crate) longest: Duration,
}

/// Clients at work.
pub(crate) struct Stream {
    over: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    clients: JoinSet<Ledger>,
}

impl Stream {
    /// Lets users of the tenant make, read and rename one company after the other.
    pub(crate) async fn start(t: &Tenant) -> Self {
        Self::start_with(t, CLIENTS).await
    }

    /// As [`Stream::start`], with so many clients.
    pub(crate) async fn start_with(t: &Tenant, count: usize) -> Self {
        let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut clients = JoinSet::new();
        for _ in 0..count {
            let (client, over, done) = (t.office().await, Arc::clone(&over), Arc::clone(&done));
            clients.spawn(async move {
                let mut ledger = Ledger::default();
                while !over.load(Ordering::Relaxed) {
                    ledger.one_company(&client).await;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                ledger
            });
        }
        let stream = Self { over, done, clients };
        stream.goes_on().await;
        stream
    }

    /// Waits until the clients have got a good deal further.
    pub(crate) async fn goes_on(&self) {
        let (before, begun) = (self.done.load(Ordering::Relaxed), Instant::now());
        while self.done.load(Ordering::Relaxed) < before + 2 * self.clients.len() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the stream has come to a halt");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends when every client has finished what it was at.
    pub(crate) async fn end(mut self) -> Ledger {
        self.over.store(true, Ordering::Relaxed);
        let mut whole = Ledger::default();
        while let Some(ended) = self.clients.join_next().await {
            let ledger = ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
            whole.made.extend(ledger.made);
            whole.refused += ledger.refused;
            whole.longest = whole.longest.max(ledger.longest);
        }
        whole
    }
}

impl Ledger {
    async fn one_company(&mut self, client: &Client) {
        let name = format!("Akış {}", new_id().simple());
        let make = client.post("/api/v1/companies", json!({"name": name})).key(&new_id().to_string());
        let company = self.insist(make).await.created();
        let id = company["id"].as_str().unwrap();
        let path = format!("/api/v1/companies/{id}");
        assert_eq!(self.insist(client.get(&path)).await.ok()["name"], name.as_str());
        let rename = client.patch(&path, json!({"name": format!("{name} A.Ş."), "version": 1}));
        let renamed = self.insist(rename.key(&new_id().to_string())).await.ok();
        assert_eq!(renamed["version"], 2);
        self.made.insert(id.parse().unwrap());
    }

    /// Repeats a call with the same key until it is done. Nothing but 503 is a reason to.
    async fn insist(&mut self, call: Call) -> Answer {
        let begun = Instant::now();
        loop {
            let asked = Instant::now();
            let answer = call.clone().await;
            let took = asked.elapsed();
            assert!(took < LONGEST, "{} took {took:?}", answer.asked);
            self.longest = self.longest.max(took);
            let at_work = answer.status == 409 && answer.json()["code"] == "IDEMPOTENCY_IN_PROGRESS";
            if answer.status == 503 {
                assert!(answer.header("retry-after").is_some(), "{}: no Retry-After", answer.asked);
                self.refused += 1;
            } else if !at_work {
                return answer;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "{}: still {}", answer.asked, answer.status);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Holds what the clients were told against the database: nothing is lost, nothing has happened twice, each
    /// change has its audit row and its event.
    pub(crate) async fn agrees(&self, t: &Tenant) {
        let mut db = t.sql().await;
        let rows = sqlx::query("SELECT id, version FROM companies_rows WHERE tenant_id = ?").bind(t.id);
        let rows: BTreeMap<Uuid, i64> =
            rows.fetch_all(&mut db).await.unwrap().iter().map(|row| (row.get(0), row.get::<i64, _>(1))).collect();
        let kept: BTreeSet<Uuid> = rows.keys().copied().collect();
        assert_eq!(kept, self.made, "the companies in the database are those that the clients were told of");
        assert!(rows.values().all(|version| *version == 2), "every company has been renamed once");
        for (what, sql) in [
            (
                "audit rows",
                "SELECT entity_id, COUNT(*) FROM audit_log_rows WHERE tenant_id = ? AND entity = 'company' GROUP BY entity_id",
            ),
            (
                "events",
                "SELECT aggregate_id, COUNT(DISTINCT aggregate_version) * (COUNT(*) = 2) FROM outbox_rows \
                 WHERE tenant_id = ? AND queue = 'events' GROUP BY aggregate_id",
            ),
        ] {
            let counts = sqlx::query(sql).bind(t.id).fetch_all(&mut db).await.unwrap();
            let counts: BTreeMap<Uuid, i64> = counts.iter().map(|row| (row.get(0), row.get(1))).collect();
            for id in &self.made {
                assert_eq!(counts.get(id), Some(&2), "{what} of company {id}");
            }
        }
    }
}
