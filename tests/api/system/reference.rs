//! An operator's own reference data, and what follows from it.

use serde_json::json;
use sqlx::{Executor as _, MySqlConnection, Row as _};
use system::migrations::{self, Error};
use tests::harness::{STACK, database, invoke, now, with_tenant};
use uuid::Uuid;

/// A database of the test's own: the list of activities is everybody's.
async fn scratch() -> MySqlConnection {
    let mut owner = database().await;
    owner.execute("DROP DATABASE IF EXISTS prosektor_scratch_reference").await.unwrap();
    let create = "CREATE DATABASE prosektor_scratch_reference CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    owner.execute(create).await.unwrap();
    let url = STACK.migrator_url.replace("/prosektor", "/prosektor_scratch_reference");
    let mut db = migrations::connect(Some(url)).await.unwrap();
    migrations::apply(&mut db).await.unwrap();
    db
}

/// The list as the table holds it, with other words for some rows.
async fn list(db: &mut MySqlConnection, change: impl Fn(&mut Vec<String>) -> bool) -> String {
    let sql = "SELECT CAST(code AS CHAR), CAST(title AS CHAR), CAST(danger_class AS CHAR), CAST(is_current AS CHAR), \
               CAST(source AS CHAR) FROM nace_codes_rows ORDER BY code";
    let mut text = "code;title;danger_class;is_current;source\n".to_owned();
    for row in db.fetch_all(sql).await.unwrap() {
        let mut cells: Vec<String> = (0..5).map(|place| row.get(place)).collect();
        if change(&mut cells) {
            let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&quoted.join(";"));
            text.push('\n');
        }
    }
    text
}

async fn one(db: &mut MySqlConnection, sql: &str) -> String {
    db.fetch_one(sql).await.unwrap().get(0)
}

#[tokio::test]
async fn an_operators_list_stays_until_a_release_brings_a_newer_one() {
    let mut db = scratch().await;
    let class =
        "SELECT CONCAT(CONVERT(danger_class USING utf8mb4), is_current) FROM nace_codes_rows WHERE code = '251106'";
    let before = one(&mut db, class).await;
    let text = list(&mut db, |row| {
        if row[0] == "251106" {
            row[2] = "LESS_DANGEROUS".into();
        }
        row[0] != "011107"
    })
    .await;
    let bad = text.replace("\"251106\"", "\"25110\"");
    let refused = migrations::replace(&mut db, "nace_codes", &bad, "bad.csv", false).await;
    let Err(Error::Mistakes(mistakes)) = refused else { panic!("{refused:?}") };
    assert_eq!((mistakes.len(), mistakes[0].column), (1, "code"));
    assert_eq!(one(&mut db, class).await, before);

    let checked = migrations::replace(&mut db, "nace_codes", &text, "list.csv", true).await.unwrap();
    assert_eq!((checked.added.len(), checked.changed.len(), checked.withdrawn.len()), (0, 1, 1), "{checked:?}");
    assert_eq!(one(&mut db, class).await, before, "a check has changed something");
    let done = migrations::replace(&mut db, "nace_codes", &text, "RG 2027", false).await.unwrap();
    assert_eq!(done, checked);
    assert_eq!(one(&mut db, class).await, "LESS_DANGEROUS1");
    let gone = "SELECT CONCAT(is_current, '') FROM nace_codes_rows WHERE code = '011107'";
    assert_eq!(one(&mut db, gone).await, "0");
    assert!(migrations::replace(&mut db, "nace_codes", &text, "RG 2027", false).await.unwrap().is_empty());

    // The same release again leaves the operator's list alone; one with another file loads it.
    assert_eq!(migrations::apply(&mut db).await.unwrap(), Vec::<String>::new());
    assert_eq!(one(&mut db, class).await, "LESS_DANGEROUS1");
    let told = "SELECT CONVERT(CONCAT(source, ' ', rows_changed, ' ', rows_withdrawn) USING utf8mb4) \
                FROM reference_loads_rows WHERE origin = 'OPERATOR'";
    assert_eq!(one(&mut db, told).await, "RG 2027 1 1");
    db.execute("UPDATE reference_loads_rows SET release_checksum = 'older' WHERE origin = 'OPERATOR'").await.unwrap();
    assert_eq!(migrations::apply(&mut db).await.unwrap(), ["loaded 2 rows of nace_codes.csv"]);
    assert_eq!(one(&mut db, class).await, before);
    assert!(matches!(migrations::replace(&mut db, "users", "x", "x", true).await, Err(Error::UnknownTable(_))));
    database().await.execute("DROP DATABASE prosektor_scratch_reference").await.unwrap();
}

#[tokio::test]
async fn a_workplace_follows_the_list_with_trail_and_event() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = t.company().await;
        let workplace = json!({"companyId": company["id"], "title": "Merkez", "naceCode": "251106"});
        let workplace = admin.post("/api/v1/workplaces", workplace).await.created();
        let id = workplace["id"].as_str().unwrap();
        // As if the list had said otherwise when the workplace was added.
        sqlx::query(
            "UPDATE workplaces_rows SET derived_danger_class = 'LESS_DANGEROUS' WHERE tenant_id = ? AND id = ?",
        )
        .bind(t.id)
        .bind(Uuid::parse_str(id).unwrap())
        .execute(&mut t.sql().await)
        .await
        .unwrap();
        let report = invoke("housekeeping", &json!({"time": now().to_rfc3339(), "tenantId": t.id})).await;
        assert_eq!(report["cleared"]["dangerClasses"], 1, "{report}");
        let shown = admin.get(&format!("/api/v1/workplaces/{id}")).await.ok();
        assert_eq!((&shown["dangerClass"], &shown["version"]), (&workplace["dangerClass"], &json!(2)));
        assert_eq!(t.audited("workplace", id).await, ["CREATE", "UPDATE"]);
        let later = (now() + chrono::Duration::hours(1)).to_rfc3339();
        let report = invoke("housekeeping", &json!({"time": later, "tenantId": t.id})).await;
        assert_eq!(report["cleared"]["dangerClasses"], 0, "{report}");
    })
    .await;
}
