//! A client that brings one list of employees after the other.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::harness::{employee_list, new_id, put_file};

use crate::client::Part;

/// People of one list; a page of the list of employees holds them all.
const PEOPLE: u32 = 40;
/// Imports that one user may begin in an hour, less some.
const MOST: usize = 50;

/// How far one client has come with its imports.
#[derive(Debug, Default)]
pub(crate) struct Importing {
    begun: usize,
}

impl Part {
    /// Makes a company, brings its list, has it checked and applied, and looks who is there afterwards.
    pub(crate) async fn import(&mut self) {
        if self.importing.begun == MOST {
            return self.read().await;
        }
        self.importing.begun += 1;
        let key = || new_id().to_string();
        let body = json!({"name": format!("Liste Yük {}", new_id().simple())});
        let company = self.ask("create", self.client.post("/api/v1/companies", body).key(&key())).await.created();
        let workplace = json!({"companyId": company["id"], "title": "Yük fabrikası", "naceCode": "251100"});
        self.ask("create", self.client.post("/api/v1/workplaces", workplace).key(&key())).await.created();
        self.ledger.made(self.tenant, &company, 1);

        let list = employee_list(PEOPLE);
        let import = json!({"companyId": company["id"], "fileName": "liste.csv", "length": list.len()});
        let import = self.ask("import", self.client.post("/api/v1/imports", import).key(&key())).await.created();
        assert_eq!(put_file(&import["upload"], list.as_bytes()).await, 200);
        let path = format!("/api/v1/imports/{}", import["id"].as_str().unwrap());
        self.done(&format!("{path}/check"), "import checked").await;
        let applied = self.done(&format!("{path}/apply"), "import applied").await;
        assert_eq!(applied["result"]["counts"]["newPersons"], PEOPLE, "{applied}");

        let there = format!("/api/v1/employees?companyId={}&limit=100", company["id"].as_str().unwrap());
        let there = self.ask("list", self.client.get(&there)).await.rows();
        assert_eq!(there.len(), PEOPLE as usize, "each row of the list once");
        for employee in &there {
            self.ledger.employed(self.tenant, employee);
        }
    }

    /// Starts a job and waits for its end.
    async fn done(&mut self, path: &str, what: &'static str) -> Value {
        let begun = Instant::now();
        let start = self.client.post(path, json!({})).key(&new_id().to_string());
        let started = self.ask("import", start).await.accepted();
        let job = format!("/api/v1/jobs/{}", started["jobId"].as_str().unwrap());
        loop {
            let job = self.ask("job", self.client.get(&job)).await.ok();
            if job["status"] == "DONE" {
                self.ledger.took(what, begun.elapsed());
                return job;
            }
            assert!(["QUEUED", "RUNNING"].contains(&job["status"].as_str().unwrap()), "{job}");
            assert!(begun.elapsed() < Duration::from_mins(2), "waited in vain for {job}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}
