//! An independent check of the queue workers: the very binaries under another implementation of Lambda, its
//! event-source mapping, its partial failures and its dead-letter queue.

mod aws;

use std::time::{Duration, Instant};

use axum::{Router, body::Body, http::Request};
use serde_json::{Value, json};
use shared::{App, clock::Clock, config::Config, http::Routes};
use tests::{
    harness::{Tenant, employee_list, eventually, mails_to, new_id, put_file, with_tenant},
    openapi,
};
use tower::ServiceExt as _;
use uuid::Uuid;

use aws::Worker;

/// The workers of queues, as the template names them.
fn workers() -> Vec<String> {
    let template = include_str!("../../../infra/tasks.yaml");
    let mut workers = Vec::new();
    let mut function = "";
    for line in template.lines() {
        if let Some((_, rest)) = line.split_once("${Images}/") {
            function = rest.split(':').next().unwrap();
        } else if line.trim() == "Type: SQS" {
            workers.push(function.to_owned());
        }
    }
    assert!(workers.len() >= 2, "{workers:?}");
    workers
}

fn message(t: &Tenant, id: Uuid, topic: &str, payload: &Value) -> String {
    json!({"id": id, "schema": 1, "topic": topic, "tenantId": t.id, "companyId": null, "aggregateId": t.id,
        "aggregateVersion": 1, "payload": payload})
    .to_string()
}

/// What no worker can read: no JSON, and the words of another time.
fn unreadable(function: &str) -> [String; 2] {
    [format!("{{\"none\": \"{function}"), json!({"id": new_id(), "schema": 99}).to_string()]
}

/// Waits longer than other tests do: a message that fails is tried again only after some seconds.
async fn patiently(what: &str, mut probe: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !probe().await {
        assert!(begun.elapsed() < Duration::from_mins(2), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

#[tokio::test]
async fn every_worker_of_the_template_buries_what_it_cannot_read() {
    let mut deployed = Vec::new();
    for function in workers() {
        let worker = Worker::deploy(&function).await;
        let mut unreadable = unreadable(&function);
        worker.send(&unreadable).await;
        unreadable.sort();
        deployed.push((function, worker, unreadable));
    }
    for (function, worker, unreadable) in deployed {
        patiently(&format!("the dead of {function}"), async || worker.dead().await == unreadable).await;
        patiently(&format!("{function} to be idle"), async || worker.is_idle().await).await;
        worker.remove().await;
    }
}

/// The product in this process, which sends what it orders to a worker under Lambda.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
fn product_over(worker: &Worker) -> Router {
    let told = |wanted: &str| match wanted {
        "QUEUE_URL_PREFIX" => Some(worker.queues()),
        _ => std::env::var(wanted).ok(),
    };
    let app = App::new("tests", Config::from_lookup(told).unwrap(), Clock::System).unwrap();
    openapi::functions().into_iter().fold(Routes::new(), |all, (_, routes)| all.merge(routes)).into_router(app)
}

#[tokio::test]
async fn a_list_of_employees_is_looked_at_beside_what_nobody_can_do() {
    with_tenant(async |t| {
        let worker = Worker::deploy("imports").await;
        let office = t.office().await;
        let company = t.company().await;
        let workplace = json!({"companyId": company["id"], "title": "Merkez", "naceCode": "251106"});
        office.post("/api/v1/workplaces", workplace).await.created();
        let list = employee_list(3);
        let import = json!({"companyId": company["id"], "fileName": "liste.csv", "length": list.len()});
        let import = office.post("/api/v1/imports", import).await.created();
        assert_eq!(put_file(&import["upload"], list.as_bytes()).await, 200);
        let path = format!("/api/v1/imports/{}", import["id"].as_str().unwrap());

        let mut poison = unreadable("imports");
        poison.sort();
        worker.send(&poison).await;
        let check = Request::post(format!("{path}/check")).header("user-agent", "prosektor-tests");
        let check =
            check.header("content-type", "application/json").header("authorization", office.credentials().unwrap());
        let started = product_over(&worker).oneshot(check.body(Body::from("{}")).unwrap()).await.unwrap();
        assert_eq!(started.status(), 202);

        patiently("the list to be looked at", async || office.get(&path).await.ok()["status"] == "CHECKED").await;
        let checked = office.get(&path).await.ok();
        assert_eq!(
            (&checked["counts"]["newPersons"], &checked["counts"]["failed"]),
            (&json!(3), &json!(0)),
            "{checked}"
        );
        patiently("the dead of the imports", async || worker.dead().await == poison).await;
        patiently("the imports to be idle", async || worker.is_idle().await).await;
        worker.remove().await;
    })
    .await;
}

#[tokio::test]
async fn of_one_batch_the_mailer_does_the_good_tries_the_failed_again_and_buries_the_impossible() {
    with_tenant(async |t| {
        let worker = Worker::deploy("mailer").await;
        let mut people = Vec::new();
        for _ in 0..3 {
            people.push(t.insert_user("OFFICE", None, false).await);
        }
        let order =
            |user: Uuid| message(t, new_id(), "mail.send", &json!({"template": "auth.changed", "to": {"user": user}}));
        let [first, second, third] = [0, 1, 2].map(|at: usize| people[at].clone());
        // As long as the address is none, the mail to it fails and may be tried again.
        let address = async |email: &str| {
            sqlx::query(
                "UPDATE accounts_rows SET email = ? WHERE id = (SELECT account_id FROM users_rows WHERE id = ?)",
            )
            .bind(email)
            .bind(first.0)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
        };
        let broken = format!("broken {}", new_id());
        address(&broken).await;
        let impossible = message(t, new_id(), "mail.send", &json!({"template": "none.such", "to": {"user": t.id}}));
        let foreign = message(t, new_id(), "no.mail", &json!({}));
        let twice = order(second.0);
        worker.send(&[order(first.0), impossible.clone(), twice.clone(), foreign.clone(), twice, order(third.0)]).await;
        // The last of the batch has been done, so the first has been tried.
        let arrived = async |email: &str| !mails_to(email).await.is_empty();
        patiently("the last mail of the batch", async || arrived(&third.1).await).await;
        assert!(!arrived(&first.1).await);
        address(&first.1).await;
        patiently("the mail that failed at first", async || arrived(&first.1).await).await;
        let mut expected = vec![impossible, foreign];
        expected.sort();
        patiently("the dead of the mailer", async || worker.dead().await == expected).await;
        patiently("the mailer to be idle", async || worker.is_idle().await).await;
        for (_, email) in [&first, &second, &third] {
            eventually(email, async || arrived(email).await.then_some(())).await;
            assert_eq!(mails_to(email).await.len(), 1, "one mail to {email}");
        }
        worker.remove().await;
    })
    .await;
}
