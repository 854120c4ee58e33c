//! Jobs: started with their unit of work, worked on by one at a time, ended once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use shared::{
    Code, Error,
    auth::{AccountId, TenantId, UserId},
    db::{Action, Actor, Audit, Context},
    jobs::{
        self, JobId, Kind,
        run::{ResultFile, Run, Stop, work_off},
    },
    queue::{Message, worker::Failure},
    storage::ObjectKey,
};
use tests::harness::{Client, Tenant, eventually, invoke, new_id, now, with_tenant};
use tokio::sync::oneshot;
use uuid::Uuid;

/// Nobody works on these but the test: the queue's own worker only drops cache tags.
const KIND: Kind = Kind { name: "test.count", queue: "events" };

async fn start(t: &Tenant, of: &Client, input: Value) -> JobId {
    let (tenant, user) = (TenantId::from_uuid(t.id), UserId::parse(&of.user).unwrap());
    let context = Context::new(tenant, None, user, AccountId::from_uuid(Uuid::nil()));
    let actor = Actor { user: Some(user), name: "Deneme".into(), email: None };
    let mut work = super::app().begin_as(context, actor).await.unwrap();
    let started = jobs::start(&mut work, KIND, &input, None).await.unwrap();
    work.finish().await.unwrap();
    started.job_id
}

fn message(t: &Tenant, job: JobId, receives: u32) -> Message {
    let body = json!({"id": new_id(), "schema": 1, "topic": KIND.name, "tenantId": t.id, "companyId": null,
        "aggregateId": job, "aggregateVersion": 1});
    let mut message = Message::parse(&body.to_string()).unwrap();
    message.receives = receives;
    message
}

async fn seen(of: &Client, job: JobId) -> Value {
    of.get(&format!("/api/v1/jobs/{job}")).await.ok()
}

async fn set(t: &Tenant, job: JobId, what: &str) {
    let sql = format!("UPDATE jobs_rows SET {what} WHERE tenant_id = ? AND id = ?");
    sqlx::query(&sql).bind(t.id).bind(job).execute(&mut t.sql().await).await.unwrap();
}

/// Nothing is heard of the worker any more.
async fn silence(t: &Tenant, job: JobId) {
    set(t, job, "lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND").await;
}

/// A failed job that the test wanted is no untidiness.
async fn forgive(t: &Tenant, job: JobId) {
    set(t, job, "state = 'CANCELLED'").await;
}

/// Ends the job with an effect that the trail counts.
async fn finish(run: Run) -> Result<(), Stop> {
    let (id, context) = (run.id(), Context::task(run.tenant()));
    let mut work = run.app().begin_as(context, Actor::task("tests")).await?;
    work.audit(Audit::new(Action::Export, "parcel", id.as_uuid()));
    run.finish(work, &json!({"rows": 3})).await
}

async fn effects(t: &Tenant, job: JobId) -> usize {
    t.audited("parcel", &job.to_string()).await.len()
}

#[tokio::test]
async fn a_job_runs_once_however_often_its_message_comes() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = start(t, &office, json!({"q": "10000000146"})).await;
        assert_eq!(seen(&office, job).await["status"], "QUEUED");
        let kept: String = sqlx::query_scalar("SELECT CAST(input AS CHAR) FROM jobs_rows WHERE tenant_id = ?")
            .bind(t.id)
            .fetch_one(&mut t.sql().await)
            .await
            .unwrap();
        assert!(!kept.contains("10000000146"), "what was typed stands in the row: {kept}");

        for _ in 0..2 {
            let done = work_off(super::app(), message(t, job, 1), |mut run| async move {
                assert_eq!(run.input::<Value>().unwrap()["q"], "10000000146");
                run.note(2, Some(3)).await?;
                run.note(3, None).await?;
                finish(run).await
            });
            done.await.unwrap();
        }
        let shown = seen(&office, job).await;
        assert_eq!((&shown["status"], &shown["progress"], &shown["total"]), (&json!("DONE"), &json!(3), &json!(3)));
        assert_eq!((&shown["result"], &shown["resultUrl"]), (&json!({"rows": 3}), &json!(null)));
        assert_eq!(effects(t, job).await, 1);
        assert_eq!(t.audited("job", &job.to_string()).await, ["CREATE"]);
    })
    .await;
}

#[tokio::test]
async fn of_many_workers_at_once_one_does_it_and_the_others_wait() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = start(t, &office, json!({})).await;
        let begun = Arc::new(AtomicU32::new(0));
        let (end, mut ended) = oneshot::channel::<()>();
        let (app, first, count) = (super::app(), message(t, job, 1), Arc::clone(&begun));
        let worker = tokio::spawn(work_off(app, first, move |run| async move {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = (&mut ended).await;
            finish(run).await
        }));
        eventually("the worker to begin", async || (begun.load(Ordering::SeqCst) == 1).then_some(())).await;
        for receives in [1, 2, 4] {
            let second = work_off(super::app(), message(t, job, receives), |_| async { unreachable!("it is taken") });
            let Err(Failure::Later { after, .. }) = second.await else { panic!("a second worker was let in") };
            assert!(after > Duration::from_secs(if receives == 4 { 240 } else { 1 }), "{receives}: {after:?}");
        }
        drop(end);
        worker.await.unwrap().unwrap();
        assert_eq!((effects(t, job).await, seen(&office, job).await["status"].clone()), (1, json!("DONE")));
    })
    .await;
}

#[tokio::test]
async fn the_job_of_a_killed_worker_goes_on_where_it_was() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = start(t, &office, json!({})).await;
        let (kept, was_kept) = oneshot::channel();
        let worker = tokio::spawn(work_off(super::app(), message(t, job, 1), |mut run| async move {
            let mut work = run.app().begin_as(Context::task(run.tenant()), Actor::task("tests")).await?.bookkeeping();
            run.keep(&mut work, 500, Some(900), &json!({"next": 501})).await?;
            work.finish().await?;
            kept.send(()).unwrap();
            std::future::pending().await
        }));
        was_kept.await.unwrap();
        worker.abort();
        let again = async || work_off(super::app(), message(t, job, 2), resume).await;
        assert!(matches!(again().await, Err(Failure::Later { .. })), "a lease was broken");
        silence(t, job).await;
        again().await.unwrap();
        let shown = seen(&office, job).await;
        assert_eq!((&shown["status"], &shown["progress"], &shown["total"]), (&json!("DONE"), &json!(900), &json!(900)));
        assert_eq!(effects(t, job).await, 1);
    })
    .await;
}

async fn resume(mut run: Run) -> Result<(), Stop> {
    assert_eq!(run.checkpoint::<Value>().unwrap(), Some(json!({"next": 501})));
    assert_eq!(run.progress(), 500);
    run.note(900, None).await?;
    finish(run).await
}

#[tokio::test]
async fn a_worker_that_was_only_slow_writes_nothing_more() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = start(t, &office, json!({})).await;
        let (taken, was_taken) = oneshot::channel();
        let (go_on, mut may_go_on) = oneshot::channel::<()>();
        let slow = tokio::spawn(work_off(super::app(), message(t, job, 1), |mut run| async move {
            taken.send(()).unwrap();
            let _ = (&mut may_go_on).await;
            let noted = run.note(1, None).await;
            assert!(matches!(noted, Err(Stop::Lost)), "{noted:?}");
            let ended = finish(run).await;
            assert!(matches!(ended, Err(Stop::Lost)), "{ended:?}");
            ended
        }));
        was_taken.await.unwrap();
        silence(t, job).await;
        work_off(super::app(), message(t, job, 2), finish).await.unwrap();
        drop(go_on);
        slow.await.unwrap().unwrap();
        assert_eq!((effects(t, job).await, seen(&office, job).await["status"].clone()), (1, json!("DONE")));
    })
    .await;
}

#[tokio::test]
async fn a_waiting_job_is_stopped_at_once_and_a_running_one_when_its_worker_hears_of_it() {
    with_tenant(async |t| {
        let office = t.office().await;
        let path = |job: JobId| format!("/api/v1/jobs/{job}/cancel");
        let waiting = start(t, &office, json!({})).await;
        t.office().await.post(&path(waiting), json!({})).await.fails(404, "NOT_FOUND");
        for _ in 0..2 {
            let stopped = office.post(&path(waiting), json!({})).await.ok();
            assert_eq!(stopped["status"], "CANCELLED");
        }
        work_off(super::app(), message(t, waiting, 1), |_| async { unreachable!("it is over") }).await.unwrap();

        let running = start(t, &office, json!({})).await;
        let (taken, was_taken) = oneshot::channel();
        let worker = tokio::spawn(work_off(super::app(), message(t, running, 1), |mut run| async move {
            taken.send(()).unwrap();
            loop {
                run.note(run.progress() + 1, None).await?;
                tokio::task::yield_now().await;
            }
        }));
        was_taken.await.unwrap();
        let asked = t.admin().await.post(&path(running), json!({})).await.ok();
        assert!(asked["status"] == "RUNNING" && asked["cancelRequestedAt"].is_string(), "{asked}");
        worker.await.unwrap().unwrap();
        assert_eq!(seen(&office, running).await["status"], "CANCELLED");
        assert_eq!(effects(t, running).await, 0);

        let done = start(t, &office, json!({})).await;
        work_off(super::app(), message(t, done, 1), finish).await.unwrap();
        office.post(&path(done), json!({})).await.fails(409, "INVALID_STATE").with_code("JOB_ENDED");
    })
    .await;
}

#[tokio::test]
async fn what_passes_is_tried_again_and_fails_with_the_last_try() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = start(t, &office, json!({})).await;
        let away = async |receives| {
            let work = |_| async { Err(Stop::Failed(Error::unavailable("the store is away", 5))) };
            work_off(super::app(), message(t, job, receives), work).await
        };
        for (receives, seconds) in [(1, 10), (2, 30), (3, 120), (4, 300)] {
            let tried = away(receives).await;
            assert!(matches!(tried, Err(Failure::Later { after, .. }) if after.as_secs() == seconds), "{tried:?}");
            assert_eq!(seen(&office, job).await["status"], "QUEUED");
        }
        away(5).await.unwrap();
        let shown = seen(&office, job).await;
        assert_eq!((&shown["status"], &shown["error"]["code"]), (&json!("FAILED"), &json!("SERVICE_UNAVAILABLE")));
        assert!(shown["finishedAt"].is_string());
        assert_eq!(t.audited("job", &job.to_string()).await, ["CREATE", "UPDATE"]);
        forgive(t, job).await;
    })
    .await;
}

#[tokio::test]
async fn a_panic_is_a_fault_that_may_pass_and_a_broken_rule_is_none() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = start(t, &office, json!({})).await;
        let panicking = work_off(super::app(), message(t, job, 1), |_| async { panic!("a fault of ours") }).await;
        assert!(matches!(panicking, Err(Failure::Later { .. })), "{panicking:?}");
        let rule = Error::rule("file", "TOO_MANY_ROWS", "Çok fazla satır.", "Too many rows.");
        work_off(super::app(), message(t, job, 1), |_| async { Err(rule.into()) }).await.unwrap();
        let shown = seen(&office, job).await;
        assert_eq!(shown["error"], json!({"code": "TOO_MANY_ROWS", "message": "Çok fazla satır."}));
        forgive(t, job).await;
    })
    .await;
}

#[tokio::test]
async fn a_job_acts_with_the_rights_that_its_user_has_now() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = start(t, &office, json!({})).await;
        let user = Uuid::parse_str(&office.user).unwrap();
        let set = async |what: &str| {
            let sql = format!("UPDATE users_rows SET {what} WHERE tenant_id = ? AND id = ?");
            sqlx::query(&sql).bind(t.id).bind(user).execute(&mut t.sql().await).await.unwrap();
        };
        set("role = 'EXPERT'").await;
        let seen_role = |run: Run| async move {
            let caller = run.caller().await?;
            let refused = shared::auth::Allowed::<shared::auth::policy::CreateCompany>::of_task(caller.clone());
            assert_eq!(refused.unwrap_err().code(), Code::Forbidden);
            let allowed = shared::auth::Allowed::<shared::auth::policy::ListCompanies>::of_task(caller).unwrap();
            assert!(allowed.only_assigned());
            Err(Stop::Failed(Error::unavailable("once more", 1)))
        };
        let looked = work_off(super::app(), message(t, job, 1), seen_role).await;
        assert!(matches!(looked, Err(Failure::Later { .. })), "{looked:?}");
        set("is_active = FALSE").await;
        let gone = |run: Run| async move { run.caller().await.map(drop).map_err(Stop::from) };
        work_off(super::app(), message(t, job, 2), gone).await.unwrap();
        let shown = t.admin().await.get(&format!("/api/v1/jobs/{job}")).await.ok();
        assert_eq!((&shown["status"], &shown["error"]["code"]), (&json!("FAILED"), &json!("REQUESTER_INACTIVE")));
        forgive(t, job).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_is_fetched_by_a_link_that_only_readers_of_the_job_get() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = start(t, &office, json!({})).await;
        let key = ObjectKey::new(t.id, "exports", job.as_uuid());
        let storage = super::app();
        storage.storage().unwrap().put(&key, "text/csv; charset=utf-8", "a;b\r\n".into()).await.unwrap();
        let file = ResultFile { key, name: "Çalışanlar.csv".into(), kept: chrono::TimeDelta::hours(24) };
        work_off(super::app(), message(t, job, 1), |run| async move {
            let work = run.app().begin_as(Context::task(run.tenant()), Actor::task("tests")).await?;
            run.finish_with_file(work, &json!({"rows": 1}), &file).await
        })
        .await
        .unwrap();
        let shown = seen(&office, job).await;
        assert_eq!(shown["fileName"], "Çalışanlar.csv");
        let answer = reqwest::get(shown["resultUrl"].as_str().unwrap()).await.unwrap();
        let named = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(named.contains("%C3%87al%C4%B1%C5%9Fanlar.csv"), "{named}");
        assert_eq!(answer.text().await.unwrap(), "a;b\r\n");

        t.office().await.get(&format!("/api/v1/jobs/{job}")).await.fails(404, "NOT_FOUND");
        let listed = office.get("/api/v1/jobs?status=DONE").await.rows();
        assert_eq!((&listed[0]["fileName"], &listed[0]["resultUrl"]), (&json!("Çalışanlar.csv"), &json!(null)));
        set(t, job, "file_expires_at = UTC_TIMESTAMP(6)").await;
        assert_eq!(seen(&office, job).await["resultUrl"], json!(null));
        // A row that names another tenant's object leads nowhere.
        set(t, job, "file_expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR, file_key = 'tenants/x/exports/1'").await;
        assert_eq!(seen(&office, job).await["resultUrl"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_message_is_lost_does_not_run_for_ever() {
    with_tenant(async |t| {
        let office = t.office().await;
        let mut jobs = Vec::new();
        for (state, age) in [("RUNNING", "3 HOUR"), ("RUNNING", "1 HOUR"), ("QUEUED", "25 HOUR"), ("QUEUED", "23 HOUR")]
        {
            let job = start(t, &office, json!({})).await;
            set(t, job, &format!("state = '{state}', updated_at = UTC_TIMESTAMP(6) - INTERVAL {age}")).await;
            jobs.push(job);
        }
        let time = now().to_rfc3339();
        let report = invoke("housekeeping", &json!({"time": time, "tenantId": t.id})).await;
        assert_eq!(report["cleared"]["lostJobs"], 2, "{report}");
        let mut states = Vec::new();
        for job in &jobs {
            states.push(seen(&office, *job).await["status"].clone());
        }
        assert_eq!(states, ["FAILED", "RUNNING", "FAILED", "QUEUED"]);
        let lost = seen(&office, jobs[0]).await;
        assert_eq!(lost["error"]["code"], "JOB_LOST");
        assert_eq!(t.audited("job", &jobs[0].to_string()).await, ["CREATE", "UPDATE"]);
        for job in jobs {
            forgive(t, job).await;
        }
    })
    .await;
}
