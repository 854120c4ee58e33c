//! What the clients were told, and whether the database holds the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::Value;
use sqlx::Row as _;
use tests::harness::Tenant;
use uuid::Uuid;

/// What one client, or all of them, were told.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    times: BTreeMap<&'static str, Vec<Duration>>,
    companies: BTreeMap<Uuid, BTreeMap<Uuid, i64>>,
    employees: BTreeMap<Uuid, BTreeSet<Uuid>>,
    /// Answers 429 to calls that are allowed at all.
    pub(crate) limited: usize,
    /// Wrong passwords that were looked at.
    pub(crate) guesses: usize,
    /// Wrong passwords that were not.
    pub(crate) locked: usize,
    /// Files that were ordered by somebody in a hurry.
    pub(crate) ordered: usize,
    /// His orders that a limit refused, by 429.
    pub(crate) refused: usize,
}

fn id(record: &Value) -> Uuid {
    record["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

impl Ledger {
    pub(crate) fn took(&mut self, what: &'static str, time: Duration) {
        self.times.entry(what).or_default().push(time);
    }

    pub(crate) fn made(&mut self, tenant: Uuid, company: &Value, version: i64) {
        self.companies.entry(tenant).or_default().insert(id(company), version);
    }

    pub(crate) fn employed(&mut self, tenant: Uuid, employee: &Value) {
        self.employees.entry(tenant).or_default().insert(id(employee));
    }

    /// Adds another client's.
    pub(crate) fn add(&mut self, other: Self) {
        for (what, times) in other.times {
            self.times.entry(what).or_default().extend(times);
        }
        for (tenant, companies) in other.companies {
            self.companies.entry(tenant).or_default().extend(companies);
        }
        for (tenant, employees) in other.employees {
            self.employees.entry(tenant).or_default().extend(employees);
        }
        self.limited += other.limited;
        self.guesses += other.guesses;
        self.locked += other.locked;
        self.ordered += other.ordered;
        self.refused += other.refused;
    }

    /// Prints how much was done, and how long it took.
    pub(crate) fn print(&self, took: Duration) {
        let all: usize = self.times.values().map(Vec::len).sum();
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let rate = all as f64 / took.as_secs_f64();
        println!("load: {all} calls in {:.0} s, {rate:.0} a second; {} limited", took.as_secs_f64(), self.limited);
        for (what, times) in &self.times {
            let mut times = times.clone();
            times.sort();
            let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_millis();
            println!(
                "  {what:<24} {:>6} calls, {:>5} / {:>5} / {:>5} ms (p50, p99, max)",
                times.len(),
                at(50),
                at(99),
                at(100)
            );
        }
    }

    /// Every part was played, the lock-out answered most guesses, and a limit most orders of somebody in a hurry.
    pub(crate) fn is_plausible(&self) {
        for what in
            ["sign in", "sign out", "list", "read", "create", "create again", "change", "import applied", "guess"]
        {
            assert!(self.times.contains_key(what), "nobody came to {what}");
        }
        assert!(self.locked > 0 && self.guesses <= 5, "{} guesses were looked at", self.guesses);
        assert!(
            self.ordered == 10 && self.refused > 0,
            "{} files of ten an hour, {} refused",
            self.ordered,
            self.refused
        );
    }

    /// The database holds what the clients were told of, with an audit row and an event of each change.
    pub(crate) async fn agrees(&self, t: &Tenant) {
        let mut db = t.sql().await;
        let told = self.companies.get(&t.id).cloned().unwrap_or_default();
        let rows = sqlx::query("SELECT id, CAST(version AS SIGNED) FROM companies_rows WHERE tenant_id = ?").bind(t.id);
        let kept: BTreeMap<Uuid, i64> =
            rows.fetch_all(&mut db).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(kept, told, "companies and their versions");
        let rows = sqlx::query_scalar::<_, Uuid>("SELECT id FROM employments_rows WHERE tenant_id = ?").bind(t.id);
        let kept: BTreeSet<Uuid> = rows.fetch_all(&mut db).await.unwrap().into_iter().collect();
        assert_eq!(kept, self.employees.get(&t.id).cloned().unwrap_or_default(), "employees");
        for (what, sql) in [
            ("audit rows", "SELECT COUNT(*) FROM audit_log_rows WHERE tenant_id = ? AND entity = 'company'"),
            (
                "events",
                "SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND queue = 'events' \
                 AND aggregate_id IN (SELECT id FROM companies_rows WHERE tenant_id = outbox_rows.tenant_id)",
            ),
        ] {
            let count: i64 = sqlx::query_scalar(sql).bind(t.id).fetch_one(&mut db).await.unwrap();
            assert_eq!(count, told.values().sum::<i64>(), "{what}: one for each version of each company");
        }
    }
}
