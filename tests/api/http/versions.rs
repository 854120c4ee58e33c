//! Whoever changes a record says which version was seen.

use serde_json::json;
use tests::harness::with_tenant;

#[tokio::test]
async fn a_change_names_the_version_it_saw() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = office.post("/api/v1/companies", json!({"name": "Sürüm A.Ş."})).await.created();
        let path = format!("/api/v1/companies/{}", company["id"].as_str().unwrap());
        office.patch(&path, json!({"name": "Yeni A.Ş."})).await.fails(400, "VALIDATION_ERROR").on_field("version");
        let changed = office.patch(&path, json!({"name": "Yeni A.Ş.", "version": 1})).await;
        assert_eq!((changed.ok()["version"].as_i64(), changed.header("etag")), (Some(2), Some("\"2\"")));
        let stale = office.patch(&path, json!({"name": "Eski A.Ş."})).header("if-match", "\"1\"").await;
        stale.fails(409, "VERSION_CONFLICT").on_field("version");
        assert_eq!(stale.header("etag"), Some("\"2\""), "the answer names the current version");
        office
            .patch(&path, json!({"name": "X A.Ş.", "version": 2}))
            .header("if-match", "\"1\"")
            .await
            .fails(400, "VALIDATION_ERROR");
        assert_eq!(office.get(&path).await.ok()["name"], "Yeni A.Ş.");
    })
    .await;
}

#[tokio::test]
async fn of_twenty_changes_to_one_version_one_wins() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = office.post("/api/v1/companies", json!({"name": "Yarış A.Ş."})).await.created();
        let path = format!("/api/v1/companies/{}", company["id"].as_str().unwrap());
        let changes: Vec<_> = (0..20)
            .map(|n| {
                let call = office.patch(&path, json!({"name": format!("Yarış {n} A.Ş."), "version": 1}));
                tokio::spawn(async move { call.await })
            })
            .collect();
        let mut won = 0;
        for change in changes {
            let answer = change.await.unwrap();
            if answer.status == 200 {
                won += 1;
            } else {
                answer.fails(409, "VERSION_CONFLICT");
            }
        }
        assert_eq!(won, 1);
        assert_eq!(office.get(&path).await.ok()["version"], 2);
        assert_eq!(t.audited("company", company["id"].as_str().unwrap()).await, ["CREATE", "UPDATE"]);
    })
    .await;
}
