//! Two users of the database take turns in the cloud. AWS's rotation makes the second one of what `SHOW GRANTS` prints
//! of the first: it cuts each line before ` TO ` and puts the other name and a password behind it.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use shared::{
    App,
    auth::TenantId,
    clock::Clock,
    config::Config,
    db::{Context, System},
};
use sqlx::{Connection as _, MySqlConnection, Row as _, mysql::MySqlConnectOptions};
use tests::harness::{database, new_id, variable, with_tenant};
use uuid::Uuid;

/// The server's owner, as the rotation signs in. He may do so on the server's own machine only.
async fn owner() -> MySqlConnection {
    let (folder, socket): (String, String) = sqlx::query_as("SELECT CAST(@@datadir AS CHAR), CAST(@@socket AS CHAR)")
        .fetch_one(&mut database().await)
        .await
        .unwrap();
    let socket = Path::new(&folder).join(socket);
    let options = MySqlConnectOptions::new().socket(socket).username("root").database("prosektor");
    MySqlConnection::connect_with(&options).await.unwrap()
}

/// The same address for the clone that the rotation would make of its user.
async fn clone(url: &str) -> (String, SecretString) {
    let (user, rest) = url.strip_prefix("mysql://").unwrap().split_once(':').unwrap();
    let place = rest.split_once('@').unwrap().1;
    let (name, password) = (format!("clone_{}", &new_id().simple().to_string()[20..]), new_id().simple().to_string());
    let mut owner = owner().await;
    for line in sqlx::raw_sql(&format!("SHOW GRANTS FOR '{user}'")).fetch_all(&mut owner).await.unwrap() {
        let line: String = line.get(0);
        let right = line.split(" TO ").next().unwrap();
        let again = format!("{right} TO '{name}' IDENTIFIED BY '{password}'");
        sqlx::raw_sql(&again).execute(&mut owner).await.unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    (name.clone(), format!("mysql://{name}:{password}@{place}").into())
}

async fn drop_user(name: &str) {
    sqlx::raw_sql(&format!("DROP USER '{name}'")).execute(&mut owner().await).await.unwrap();
}

#[tokio::test]
async fn the_application_works_as_a_clone_of_its_user() {
    with_tenant(async |t| {
        let (name, url) = clone(&variable("DATABASE_URL")).await;
        let mut config = Config::from_env().unwrap();
        config.database_url = url.clone();
        let app = App::new("tests", config, Clock::System).unwrap();
        let mut db = app.read_as(Context::task(TenantId::from_uuid(t.id))).await.unwrap();
        let seen: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM tenants").fetch_all(&mut *db).await.unwrap();
        assert_eq!(seen, [t.id]);
        // Without the role it has no right to anything.
        let mut bare = MySqlConnection::connect(url.expose_secret()).await.unwrap();
        for table in ["tenants", "tenants_rows"] {
            let refused = sqlx::query(&format!("SELECT 1 FROM {table}")).execute(&mut bare).await.unwrap_err();
            assert!(refused.to_string().contains("denied"), "{refused}");
        }
        drop_user(&name).await;
    })
    .await;
}

#[tokio::test]
async fn the_system_tasks_work_as_a_clone_of_their_user() {
    let (name, url) = clone(&variable("SYSTEM_DATABASE_URL")).await;
    let mut db = System::new(&url, 1).unwrap().connection().await.unwrap();
    sqlx::query("SELECT COUNT(*) FROM outbox_rows").fetch_one(&mut *db).await.unwrap();
    drop_user(&name).await;
}
