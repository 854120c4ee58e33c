//! `/panel/flags`: who sees it, the choice, and two who choose.

use serde_json::json;
use tests::harness::{Answer, Client, with_tenant};

const PAGE: &str = "/panel/flags/exports";

async fn save(who: &Client, form: &Answer, chosen: &str) -> Answer {
    let hidden = ["_key", "_version", "_was"].map(|name| (name, form.input(name)));
    let mut sent: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sent.push(("chosen", chosen));
    who.call(reqwest::Method::POST, PAGE).form(&sent).await
}

#[tokio::test]
async fn an_administrator_chooses_and_nobody_else_sees_the_page() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        office.get("/panel/flags").await.page(403);
        office.get(PAGE).await.page(403);
        assert!(!office.get("/panel").await.page(200).contains("/panel/flags"), "a way to where he may not go");
        admin.get("/panel/flags/nobody-knows").await.page(404);
        assert!(admin.get("/panel/flags").await.page(200).contains("Listeleri dosya olarak indirme"));

        let form = admin.get(PAGE).await;
        form.page(200);
        let refused = save(&admin, &form, "MAYBE").await;
        assert!(refused.page(400).contains("id=\"f-chosen-error\""), "{}", refused.text);
        assert_eq!(save(&admin, &form, "OFF").await.leads_to(), "/panel/flags");
        assert_eq!(admin.get("/api/v1/admin/flags/exports").await.ok()["chosen"], "OFF");
        let form = admin.get(PAGE).await;
        assert_eq!(save(&admin, &form, "").await.leads_to(), "/panel/flags");
        assert_eq!(admin.get("/api/v1/admin/flags/exports").await.ok()["chosen"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn two_who_choose_see_each_other() {
    with_tenant(async |t| {
        let (ayse, mehmet) = (t.admin().await, t.admin().await);
        let form = ayse.get(PAGE).await;
        mehmet.patch("/api/v1/admin/flags/exports", json!({"chosen": "ON", "version": 1})).await.ok();
        let asked = save(&ayse, &form, "OFF").await;
        assert!(asked.page(409).contains("versus"), "{}", asked.text);
        assert_eq!(save(&ayse, &asked, "OFF").await.leads_to(), "/panel/flags");
    })
    .await;
}
