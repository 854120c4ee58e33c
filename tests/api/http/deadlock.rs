//! A change that the database undid to end a deadlock is done again, and the caller never hears of it.

use serde_json::json;
use sqlx::{Connection as _, Executor as _};
use tests::harness::{Tenant, eventually, new_id, with_tenant};
use uuid::Uuid;

/// Whether somebody else holds the company's row.
async fn is_held(t: &Tenant, company: Uuid) -> bool {
    let sql = "SELECT id FROM companies_rows WHERE tenant_id = ? AND id = ? FOR UPDATE NOWAIT";
    sqlx::query(sql).bind(t.id).bind(company).fetch_one(&mut t.sql().await).await.is_err()
}

#[tokio::test]
async fn a_change_that_loses_a_deadlock_is_done_once_all_the_same() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = t.company().await["id"].as_str().unwrap().to_owned();
        let id: Uuid = company.parse().unwrap();
        let mut db = t.sql().await;
        let mut other = db.begin().await.unwrap();
        // The database undoes whichever has changed less: that is not this one.
        for _ in 0..50 {
            let row = sqlx::query(
                "INSERT INTO suppressions_rows (tenant_id, id, email_hash, reason) VALUES (?, ?, ?, 'BOUNCE')",
            );
            other.execute(row.bind(t.id).bind(new_id()).bind(new_id().as_bytes().repeat(2))).await.unwrap();
        }
        let words =
            sqlx::query("UPDATE search_words_rows SET word = CONCAT(word, 'x') WHERE tenant_id = ? AND entity_id = ?");
        other.execute(words.bind(t.id).bind(id)).await.unwrap();

        let call = admin.patch(&format!("/api/v1/companies/{company}"), json!({"version": 1, "name": "Çıkmaz A.Ş."}));
        let call = tokio::spawn(async move { call.await });
        eventually("the change to hold the company", async || is_held(t, id).await.then_some(())).await;
        // It waits for the words, and now this one waits for the company.
        let company_row = sqlx::query("SELECT id FROM companies_rows WHERE tenant_id = ? AND id = ? FOR UPDATE");
        other.execute(company_row.bind(t.id).bind(id)).await.expect("the other one is undone");
        other.rollback().await.unwrap();
        assert_eq!(call.await.unwrap().ok()["version"], 2);
        assert_eq!(t.audited("company", &company).await, ["CREATE", "UPDATE"]);
        assert_eq!(admin.get("/api/v1/companies?q=cikmaz").await.total(), 1);
    })
    .await;
}
