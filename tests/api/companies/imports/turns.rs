//! Several at once, twice, and half way: whatever comes between, each row has its effect once.

use serde_json::{Value, json};
use shared::{App, clock::Clock, config::Config, queue::worker::run_batch};
use sqlx::{Connection as _, MySqlConnection};
use tests::harness::{Client, Tenant, eventually, with_tenant};
use uuid::Uuid;

use super::{Register, brought, ended, id, list, progress, shown, sizes, tckn};
use crate::companies::employee;

/// Begins to apply; what the answer says.
async fn begun(by: &Client, import: &Value) -> Value {
    by.post(&format!("/api/v1/imports/{}/apply", id(import)), json!({})).await.accepted()
}

#[tokio::test]
async fn two_imports_of_one_list_at_once_add_each_person_once() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        // Half of them without a number: only the turns keep those apart.
        let text: String = list(400)
            .lines()
            .enumerate()
            .map(|(at, line)| {
                let mut cells: Vec<&str> = line.split(';').collect();
                if at % 2 == 1 {
                    cells[2] = "";
                }
                cells.join(";") + "\n"
            })
            .collect();
        let (one, other) = tokio::join!(
            brought(&office, &company, "bir.csv", text.as_bytes()),
            brought(&office, &company, "iki.csv", text.as_bytes()),
        );
        let (first, second) = tokio::join!(begun(&office, &one), begun(&office, &other));
        let (first, second) = tokio::join!(ended(&office, &first), ended(&office, &second));
        let count = |name: &str| {
            [&first, &second].map(|job| job["result"]["counts"][name].as_i64().unwrap()).iter().sum::<i64>()
        };
        assert_eq!((count("newPersons"), count("existing"), count("failed")), (400, 400, 0));
        assert_eq!(sizes(t).await[..3], [400, 400, 400]);
    })
    .await;
}

/// The message of a job, as its queue holds it.
fn message(t: &Tenant, job: &Value, kind: &str) -> Value {
    let body = json!({"id": tests::harness::new_id(), "schema": 1, "topic": kind, "tenantId": t.id, "companyId": null,
        "aggregateId": job, "aggregateVersion": 1, "payload": {}});
    json!({"Records": [{"messageId": "1", "body": body.to_string(), "attributes": {}, "messageAttributes": {}}]})
}

/// Works a message off in this process, as a second worker; whether it is done.
async fn work_off(event: Value) -> bool {
    let app = App::new("imports", Config::from_env().unwrap(), Clock::System).unwrap();
    let work = run_batch(&app, serde_json::from_value(event).unwrap(), companies::imports::worker::deliver);
    let answer = Box::pin(work).await;
    answer.batch_item_failures.is_empty()
}

#[tokio::test]
async fn the_same_message_again_changes_nothing() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let import = brought(&office, &company, "liste.csv", list(120).as_bytes()).await;
        let started = begun(&office, &import).await;
        ended(&office, &started).await;
        let before = sizes(t).await;
        for (job, kind) in [(&import["checkJobId"], "employees.import.check"), (&started["jobId"], "employees.import")]
        {
            assert!(work_off(message(t, job, kind)).await);
        }
        assert_eq!((sizes(t).await, before), (before, [120, 120, 120, 2]));
    })
    .await;
}

/// Somebody who holds the person of a row, so that the batch of that row waits in the middle of its transaction.
async fn hold(t: &Tenant, by: &Client, register: &Register, row: u32) -> MySqlConnection {
    let known = json!({"tckn": tckn(row), "startDate": "2020-01-01", "endDate": "2020-12-31"});
    let known = employee(by, &register.workplace, &known).await;
    let mut db = t.sql().await;
    sqlx::query("START TRANSACTION").execute(&mut db).await.unwrap();
    sqlx::query("SELECT id FROM persons_rows WHERE tenant_id = ? AND id = ? FOR UPDATE")
        .bind(t.id)
        .bind(Uuid::parse_str(known["personId"].as_str().unwrap()).unwrap())
        .execute(&mut db)
        .await
        .unwrap();
    db
}

/// Waits until two batches are written and the third waits.
async fn two_batches(by: &Client, started: &Value) {
    progress(by, started, 200).await;
}

/// Which run works on a job.
async fn lease(t: &Tenant, job: Uuid) -> Option<Uuid> {
    sqlx::query_scalar("SELECT lease FROM jobs_rows WHERE tenant_id = ? AND id = ?")
        .bind(t.id)
        .bind(job)
        .fetch_one(&mut t.sql().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_worker_that_is_taken_over_writes_nothing_more_and_its_successor_goes_on() {
    with_tenant(async |t| {
        let office = t.office().await;
        let register = Register::new(&office).await;
        let mut held = hold(t, &office, &register, 250).await;
        let import = brought(&office, &register.company, "liste.csv", list(320).as_bytes()).await;
        let started = begun(&office, &import).await;
        two_batches(&office, &started).await;
        assert_eq!(sizes(t).await[..2], [201, 201]);
        // The worker is as good as dead: its lease is over, and another one takes the job.
        let job = Uuid::parse_str(started["jobId"].as_str().unwrap()).unwrap();
        let dead = lease(t, job).await;
        let successor = async {
            loop {
                let sql =
                    "UPDATE jobs_rows SET lease_until = '2020-01-01' WHERE tenant_id = ? AND id = ? AND lease = ?";
                sqlx::query(sql).bind(t.id).bind(job).bind(dead).execute(&mut t.sql().await).await.unwrap();
                // A sign of life may have come between.
                if work_off(message(t, &started["jobId"], "employees.import")).await {
                    break;
                }
            }
        };
        let release = async {
            eventually("another worker", async || (lease(t, job).await != dead).then_some(())).await;
            sqlx::query("ROLLBACK").execute(&mut held).await.unwrap();
        };
        tokio::join!(successor, release);
        let job = ended(&office, &started).await;
        assert_eq!(job["status"], "DONE", "{job}");
        assert_eq!(
            job["result"]["counts"],
            json!({"rows": 320, "newPersons": 319, "newEmployments": 1, "existing": 0, "failed": 0})
        );
        // With the person and the employment that were there before.
        assert_eq!(sizes(t).await, [320, 321, 321, 4]);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_cancelled_ends_between_two_batches_and_can_be_gone_on_with() {
    with_tenant(async |t| {
        let office = t.office().await;
        let register = Register::new(&office).await;
        let mut held = hold(t, &office, &register, 250).await;
        let import = brought(&office, &register.company, "liste.csv", list(320).as_bytes()).await;
        let started = begun(&office, &import).await;
        two_batches(&office, &started).await;
        office.post(&format!("/api/v1/imports/{}/check", id(&import)), json!({})).await.fails(409, "INVALID_STATE");
        let cancel = format!("/api/v1/jobs/{}/cancel", started["jobId"].as_str().unwrap());
        assert!(office.post(&cancel, json!({})).await.status < 300);
        sqlx::query("ROLLBACK").execute(&mut held).await.unwrap();
        held.close().await.unwrap();
        assert_eq!(ended(&office, &started).await["status"], "CANCELLED");
        assert_eq!(sizes(t).await, [201, 201, 201, 2]);
        assert_eq!(shown(&office, &id(&import)).await["status"], "CANCELLED");

        let again = super::checked(&office, &id(&import), json!({})).await;
        assert_eq!((&again["counts"]["existing"], &again["counts"]["newPersons"]), (&json!(200), &json!(119)));
        let done = super::applied(&office, &id(&import), json!({})).await;
        assert_eq!((&done["counts"]["newPersons"], &done["counts"]["newEmployments"]), (&json!(119), &json!(1)));
        assert_eq!(sizes(t).await[..3], [320, 321, 321]);
    })
    .await;
}
