//! Reports and exports read from the replica, which replicates for real; everything else from the primary.

use secrecy::SecretString;
use shared::{
    App,
    auth::TenantId,
    clock::Clock,
    config::Config,
    db::{Context, Scoped},
};
use sqlx::{Connection as _, MySqlConnection};
use tests::harness::{Tenant, application, eventually, variable, with_tenant};

use crate::companies::company;

fn app() -> App {
    App::new("tests", Config::from_env().unwrap(), Clock::System).unwrap()
}

fn context(t: &Tenant) -> Context {
    Context::task(TenantId::from_uuid(t.id))
}

async fn names(mut db: Scoped) -> Vec<String> {
    sqlx::query_scalar("SELECT name FROM companies ORDER BY id").fetch_all(&mut *db).await.unwrap()
}

/// The replica, as somebody who may change rows there that the primary does not know of.
async fn marker() -> MySqlConnection {
    let url = variable("DATABASE_REPLICA_URL");
    let place = url.split_once('@').unwrap().1;
    let mut db = MySqlConnection::connect(&format!("mysql://marker:marker@{place}")).await.unwrap();
    sqlx::query("SET SESSION sql_log_bin = 0").execute(&mut db).await.unwrap();
    db
}

#[tokio::test]
async fn a_report_reads_from_the_replica_and_finds_what_was_just_written() {
    with_tenant(async |t| {
        let (office, app) = (t.office().await, app());
        for number in 1..=5 {
            company(&office, &format!("Müşteri {number}")).await;
            let seen = names(app.read_replica_as(context(t)).await.unwrap()).await;
            assert_eq!(seen.len(), number, "a report must not show the past: {seen:?}");
        }
        // From here on the two servers say different things.
        let mark = "UPDATE companies_rows SET name = 'Yalnız kopyada' WHERE tenant_id = ?";
        eventually("the replica to have all rows", async || {
            let marked = sqlx::query(mark).bind(t.id).execute(&mut marker().await).await.unwrap();
            (marked.rows_affected() == 5).then_some(())
        })
        .await;
        eventually("a report from the replica", async || {
            let seen = names(app.read_replica_as(context(t)).await.unwrap()).await;
            (seen == ["Yalnız kopyada"; 5]).then_some(())
        })
        .await;
        let primary = names(app.read_as(context(t)).await.unwrap()).await;
        assert_eq!(primary[0], "Müşteri 1");
        let listed = office.get("/api/v1/companies").await.ok();
        assert!(listed.as_array().unwrap().iter().all(|company| company["name"] != "Yalnız kopyada"), "{listed}");
        // Whoever writes reads his own change, which the replica has under another name.
        company(&office, "Yeni").await;
        assert!(names(app.read_as(context(t)).await.unwrap()).await.contains(&"Yeni".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn without_the_replica_a_report_reads_from_the_primary() {
    with_tenant(async |t| {
        company(&t.office().await, "Yıldız").await;
        let mut config = Config::from_env().unwrap();
        // Nobody listens there.
        config.database_replica_url = Some(SecretString::from("mysql://app:app@127.0.0.1:9/prosektor"));
        let app = App::new("tests", config, Clock::System).unwrap();
        assert_eq!(names(app.read_replica_as(context(t)).await.unwrap()).await, ["Yıldız"]);
    })
    .await;
}

#[tokio::test]
async fn the_replica_takes_no_writes_from_the_application() {
    let mut db = application(&variable("DATABASE_REPLICA_URL")).await;
    let refused = sqlx::query("INSERT INTO inbox (tenant_id, consumer, message_id, created_at) VALUES (current_tenant(), 'x', '0123456789abcdef', NOW(6))")
        .execute(&mut db)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("read-only"), "{refused}");
}
