//! One transaction holds the change, its audit row and its event, or nothing.

use serde_json::json;
use shared::{
    Code,
    auth::TenantId,
    db::{Action, Actor, Audit, Context, Event, Work},
    http::Reply,
};
use sqlx::{Connection as _, MySqlConnection, Row as _};
use tests::harness::{Tenant, eventually, new_id, variable, with_tenant};

async fn begin(t: &Tenant) -> Work {
    let context = Context::task(TenantId::from_uuid(t.id));
    super::app().begin_as(context, Actor::task("tests")).await.unwrap()
}

async fn rename(work: &mut Work) {
    sqlx::query("UPDATE tenants SET name = 'Yeni ad', version = version + 1 WHERE id = current_tenant()")
        .execute(&mut **work)
        .await
        .unwrap();
}

async fn name(t: &Tenant) -> String {
    sqlx::query("SELECT name FROM tenants_rows WHERE id = ?")
        .bind(t.id)
        .fetch_one(&mut t.sql().await)
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn what_is_committed_is_the_change_its_audit_row_and_its_event() {
    with_tenant(async |t| {
        let mut work = begin(t).await;
        rename(&mut work).await;
        work.audit(Audit::new(Action::Update, "tenant", t.id).note("reason", "test"));
        work.emit(Event::new("tenant.updated", t.id, 2));
        work.commit(Reply::no_content()).await.unwrap();
        assert_eq!(name(t).await, "Yeni ad");
        assert_eq!(t.audited("tenant", &t.id.to_string()).await, ["UPDATE"]);
        let topics: Vec<String> =
            sqlx::query_scalar("SELECT CONVERT(topic USING utf8mb4) FROM outbox_rows WHERE tenant_id = ?")
                .bind(t.id)
                .fetch_all(&mut t.sql().await)
                .await
                .unwrap();
        assert_eq!(topics, ["tenant.updated"]);
    })
    .await;
}

#[tokio::test]
async fn a_change_without_an_audit_row_is_refused_and_leaves_nothing() {
    with_tenant(async |t| {
        let before = name(t).await;
        let mut work = begin(t).await;
        rename(&mut work).await;
        work.emit(Event::new("tenant.updated", t.id, 2));
        assert_eq!(work.commit(Reply::no_content()).await.unwrap_err().code(), Code::Internal);
        assert_eq!(name(t).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_unit_of_work_that_is_dropped_leaves_nothing_and_its_connection_is_not_used_again() {
    with_tenant(async |t| {
        let before = name(t).await;
        let app = super::app();
        let context = Context::task(TenantId::from_uuid(t.id));
        for _ in 0..5 {
            let mut work = app.begin_as(context, Actor::task("tests")).await.unwrap();
            rename(&mut work).await;
            drop(work);
        }
        let mut db = app.read_as(context).await.unwrap();
        let seen: String = sqlx::query_scalar("SELECT name FROM tenants").fetch_one(&mut *db).await.unwrap();
        assert_eq!(seen, before);
    })
    .await;
}

#[tokio::test]
async fn a_connection_serves_one_tenant_after_another_without_mixing_them() {
    with_tenant(async |one| {
        with_tenant(async |two| {
            let app = super::app();
            for round in 0..20 {
                let tenant = if round % 2 == 0 { one.id } else { two.id };
                let mut db = app.read_as(Context::task(TenantId::from_uuid(tenant))).await.unwrap();
                let seen: Vec<uuid::Uuid> =
                    sqlx::query_scalar("SELECT id FROM tenants").fetch_all(&mut *db).await.unwrap();
                assert_eq!(seen, [tenant]);
            }
            let mut nobody = app.read_as(Context::nobody()).await.unwrap();
            let seen: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM tenants").fetch_one(&mut *nobody).await.unwrap();
            assert_eq!(seen, 0);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_died_is_found_out_though_it_is_asked_all_the_time() {
    let app = super::app();
    let id = async || -> sqlx::Result<u64> {
        let mut db = app.read_as(Context::nobody()).await.unwrap();
        sqlx::query_scalar("SELECT CONNECTION_ID()").fetch_one(&mut *db).await
    };
    let first = id().await.unwrap();
    // A user may end his own connections.
    let mut other = MySqlConnection::connect(&variable("DATABASE_URL")).await.unwrap();
    sqlx::query(&format!("KILL CONNECTION {first}")).execute(&mut other).await.unwrap();
    let second = eventually("another connection", async || id().await.ok()).await;
    assert_ne!(first, second);
}

#[tokio::test]
async fn secrets_do_not_stand_in_the_audit_trail() {
    with_tenant(async |t| {
        let mut work = begin(t).await;
        let before = json!({"name": "a", "passwordHash": "old-secret"});
        let after = json!({"name": "b", "passwordHash": "new-secret"});
        let record = new_id();
        work.audit(Audit::updated("account", record, &before, &after));
        work.finish().await.unwrap();
        let changes: String = sqlx::query_scalar(
            "SELECT CAST(changes AS CHAR) FROM audit_log_rows WHERE tenant_id = ? AND entity_id = ?",
        )
        .bind(t.id)
        .bind(record)
        .fetch_one(&mut t.sql().await)
        .await
        .unwrap();
        assert!(changes.contains("passwordHash") && !changes.contains("secret"), "{changes}");
    })
    .await;
}
