//! The citizen's number: encrypted in the tables, masked in every answer, shown to few and never unseen.

use serde_json::json;
use sqlx::Row as _;
use tests::harness::with_tenant;

use super::{DANGEROUS, company, employee, id, workplace};

const TCKN: &str = "19090909018";

#[tokio::test]
async fn a_head_shows_nobody_anything_and_is_not_recorded() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let id = id(&employee(&admin, &workplace, &json!({"tckn": "10000000146"})).await);
        let path = format!("/api/v1/employees/{id}?reveal=true");
        assert_eq!(admin.call(reqwest::Method::HEAD, &path).await.status, 200);
        assert_eq!(t.audited("employee", &id).await, ["CREATE"]);
        admin.get(&path).await.ok();
        assert_eq!(t.audited("employee", &id).await, ["CREATE", "VIEW_SENSITIVE"]);
    })
    .await;
}

#[tokio::test]
async fn a_tckn_is_masked_everywhere() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let workplace = workplace(&admin, &company, DANGEROUS).await;
        let made = employee(&admin, &workplace, &json!({"tckn": TCKN})).await;
        assert_eq!(made["tckn"], "190******18");
        let path = format!("/api/v1/employees/{}", id(&made));
        let client = t.client_of(&company).await;
        for answer in [
            admin.get(&path).await,
            admin.get("/api/v1/employees").await,
            client.get(&path).await,
            admin.get("/api/v1/audit").await,
        ] {
            assert!(!answer.text.contains(TCKN), "{}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn the_tables_do_not_hold_it_in_clear() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        employee(&office, &workplace, &json!({"tckn": TCKN})).await;
        let row = sqlx::query(
            "SELECT tckn_cipher, tckn_index, CAST(tckn_mask AS BINARY) FROM persons_rows WHERE tenant_id = ?",
        )
        .bind(t.id)
        .fetch_one(&mut t.sql().await)
        .await
        .expect("the person");
        let (cipher, index, mask): (Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(0), row.get(1), row.get(2));
        assert!(!cipher.windows(11).any(|part| part == TCKN.as_bytes()));
        assert_eq!((index.len(), mask.as_slice()), (32, b"190******18".as_slice()));
    })
    .await;
}

#[tokio::test]
async fn an_admin_sees_it_on_request_and_that_is_recorded() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let id = id(&employee(&admin, &workplace, &json!({"tckn": TCKN})).await);
        let shown = admin.get(&format!("/api/v1/employees/{id}?reveal=true")).await.ok();
        assert_eq!(shown["tckn"], TCKN);
        assert_eq!(t.audited("employee", &id).await, ["CREATE", "VIEW_SENSITIVE"]);
    })
    .await;
}

#[tokio::test]
async fn the_others_do_not() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let workplace = workplace(&admin, &company, DANGEROUS).await;
        let id = id(&employee(&admin, &workplace, &json!({"tckn": TCKN})).await);
        for other in [t.office().await, t.expert().await, t.client_of(&company).await] {
            other.get(&format!("/api/v1/employees/{id}?reveal=true")).await.fails(403, "FORBIDDEN");
        }
        let stranger = t.doctor().await;
        stranger.get(&format!("/api/v1/employees/{id}?reveal=true")).await.fails(404, "NOT_FOUND");
        assert_eq!(t.audited("employee", &id).await, ["CREATE"]);
    })
    .await;
}

#[tokio::test]
async fn somebody_is_found_by_the_whole_number_only() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        employee(&office, &workplace, &json!({"tckn": TCKN})).await;
        assert_eq!(office.get(&format!("/api/v1/employees?q={TCKN}")).await.total(), 1);
        assert_eq!(office.get("/api/v1/employees?q=1909090").await.total(), 0);
        assert_eq!(office.get("/api/v1/employees?q=10000000146").await.total(), 0);
    })
    .await;
}
