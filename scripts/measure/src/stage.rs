//! Who asks and what there is to be read: a tenant of the bench's own. Its people take turns, so that no limit answers
//! for the program.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use serde_json::json;
use tests::harness::{PASSWORD, Tenant};

use crate::{
    event::{As, data, request},
    runtime::Crew,
    trouble::{Result, unexpected},
};

/// How many people take turns.
const PEOPLE: usize = 120;
/// How many companies they have: the list that is measured.
const COMPANIES: usize = 1_000;

/// The tenant, its people's tokens and its companies' ids.
pub(crate) struct Stage {
    /// The tenant.
    pub(crate) tenant: Tenant,
    /// The ids of its companies.
    pub(crate) companies: Vec<String>,
    tokens: Vec<String>,
    turn: AtomicUsize,
}

impl Stage {
    /// Makes the tenant through the functions themselves.
    pub(crate) async fn new() -> Result<Self> {
        let mut stage = Self::bare(Tenant::new().await, PEOPLE).await?;
        let crew = Crew::of("companies", &[], 1).await?;
        for number in 0..COMPANIES {
            let (_, answer) = crew.ask(&stage.create(&format!("Ölçü {number} Metal A.Ş."))).await?;
            let Some(id) = data(&answer)["id"].as_str().map(str::to_owned) else { return unexpected("no id") };
            stage.companies.push(id);
        }
        Ok(stage)
    }

    /// So many people in a tenant, signed in.
    pub(crate) async fn bare(tenant: Tenant, people: usize) -> Result<Self> {
        let crew = Crew::of("sign-in", &[], 1).await?;
        let mut tokens = Vec::new();
        for _ in 0..people {
            let (_, email) = tenant.insert_user("ADMIN", None, false).await;
            let body = json!({"email": email, "password": PASSWORD, "client": "mobile"});
            let (_, answer) = crew.ask(&request(As::Nobody, "POST", "/api/v1/auth/login", Some(&body))).await?;
            let Some(token) = data(&answer)["accessToken"].as_str().map(str::to_owned) else {
                return unexpected(format!("no token in {answer}"));
            };
            tokens.push(token);
        }
        Ok(Self { tenant, companies: Vec::new(), tokens, turn: AtomicUsize::new(0) })
    }

    /// A number of one's own.
    pub(crate) fn next(&self) -> usize {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    /// The token of somebody.
    pub(crate) fn token(&self, number: usize) -> &str {
        &self.tokens[number % self.tokens.len()]
    }

    /// A request of somebody for something to read.
    pub(crate) fn get(&self, number: usize, path: &str) -> Bytes {
        request(As::App(self.token(number)), "GET", path, None)
    }

    /// A new company, made by whoever's turn it is.
    pub(crate) fn create(&self, name: &str) -> Bytes {
        let body = json!({"name": name, "phone": "+902121112233", "cityCode": "34"});
        request(As::App(self.token(self.next())), "POST", "/api/v1/companies", Some(&body))
    }

    /// One of the companies.
    pub(crate) fn company(&self, number: usize) -> &str {
        &self.companies[number % self.companies.len()]
    }
}
