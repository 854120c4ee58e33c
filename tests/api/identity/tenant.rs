//! `/tenants/current`

use serde_json::{Value, json};
use tests::harness::{Tenant, new_id, with_tenant};

use super::text;

#[tokio::test]
async fn an_administrator_changes_the_own_tenant_and_others_read_it() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let slug = format!("osgb-{}", new_id().simple());
        let change = json!({"name": "Trakya OSGB", "slug": slug, "version": 1});
        let changed = admin.patch("/api/v1/tenants/current", change.clone()).await.ok();
        assert_eq!(
            (&changed["name"], &changed["slug"], &changed["version"]),
            (&json!("Trakya OSGB"), &json!(slug), &json!(2))
        );
        admin.patch("/api/v1/tenants/current", change.clone()).await.fails(409, "VERSION_CONFLICT");
        t.office().await.patch("/api/v1/tenants/current", change).await.fails(403, "FORBIDDEN");
        assert_eq!(t.audited("tenant", &t.id.to_string()).await, ["UPDATE"]);

        let company = text(&t.company().await["id"]);
        let seen = t.client_of(&company).await.get("/api/v1/tenants/current").await.ok();
        assert_eq!((&seen["name"], seen.get("version")), (&json!("Trakya OSGB"), None::<&Value>));
    })
    .await;
}

#[tokio::test]
async fn a_name_in_addresses_belongs_to_one_tenant() {
    with_tenant(async |t| {
        let other = Tenant::new().await;
        let slug = format!("osgb-{}", new_id().simple());
        let take = async |tenant: &Tenant| {
            tenant.admin().await.patch("/api/v1/tenants/current", json!({"slug": slug, "version": 1})).await
        };
        take(&other).await.ok();
        take(t).await.fails(409, "DUPLICATE_RECORD").on_field("slug");
        let reserved = json!({"slug": "admin", "version": 1});
        t.admin()
            .await
            .patch("/api/v1/tenants/current", reserved)
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("slug");
    })
    .await;
}
