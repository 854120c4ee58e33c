//! The harness: each test gets a tenant of its own on the running system, and leaves nothing undone in it.
//!
//! ```text
//! #[tokio::test]
//! async fn a_tax_id_can_be_used_once() {
//!     with_tenant(async |t| {
//!         let office = t.office().await;
//!         office.post("/api/v1/companies", json!({"name": "Yıldız Metal A.Ş.", "taxId": "4830123451"})).await.created();
//!     })
//!     .await;
//! }
//! ```

mod answer;
mod client;
mod lists;
mod mail;
mod many;
mod tenant;

use std::{sync::LazyLock, time::Duration};

pub use answer::Answer;
pub use client::{Call, Client};
pub use lists::{employee_list, put_file, tckn};
pub use mail::Mail;
pub use mail::{mail_to, mails_to};
pub use many::many_employees;
pub use tenant::{PASSWORD, Tenant, application, database, invoke, sign_in, with_tenant};

/// Where the running system is, from the environment that `./scripts/test` sets.
#[derive(Debug)]
pub struct Stack {
    /// The gateway.
    pub url: String,
    /// The mail catcher.
    pub mail_url: String,
    /// The database as the owner of the schema.
    pub migrator_url: String,
}

/// The running system.
pub static STACK: LazyLock<Stack> = LazyLock::new(|| Stack {
    url: variable("TEST_BASE_URL").trim_end_matches('/').to_owned(),
    mail_url: variable("MAIL_API_URL"),
    migrator_url: variable("MIGRATOR_DATABASE_URL"),
});

/// A variable of the environment.
///
/// # Panics
/// Without it: the tests need a running system, and `./scripts/test` starts one.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
#[expect(clippy::panic, reason = "a test without its system has failed")]
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests by ./scripts/test"))
}

/// The present instant.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the clock")]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// A new id.
pub fn new_id() -> uuid::Uuid {
    shared::types::new_uuid(now())
}

/// How long a test waits for what happens by itself: a queue, a mail, a task, on a machine that has much else to do.
/// A message that its writer could not send at once is sent by the relay, ninety seconds later at most.
const EVENTUALLY: Duration = Duration::from_mins(2);

/// Tries until `probe` finds something, first often and then less so; gives up after two minutes.
///
/// # Panics
/// When it finds nothing in that time.
pub async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let give_up = tokio::time::Instant::now() + EVENTUALLY;
    let mut pause = Duration::from_millis(50);
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < give_up, "waited in vain for {what}");
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(Duration::from_millis(500));
    }
}
