//! One key, one effect, one answer.

use serde_json::json;
use tests::harness::{new_id, with_tenant};

#[tokio::test]
async fn the_same_request_with_the_same_key_gets_the_same_answer() {
    with_tenant(async |t| {
        let office = t.office().await;
        let key = new_id().to_string();
        let body = json!({"name": "Anahtar Ltd. Şti."});
        let first = office.post("/api/v1/companies", body.clone()).key(&key).await;
        let again = office.post("/api/v1/companies", body).key(&key).await;
        assert_eq!(first.created(), again.created());
        assert_eq!(first.header("idempotency-replayed"), None);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(first.header("location"), again.header("location"));
        assert_eq!(first.header("etag"), again.header("etag"));
        assert_eq!(office.get("/api/v1/companies").await.total(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_belongs_to_one_body_one_path_and_one_person() {
    with_tenant(async |t| {
        let (office, other) = (t.office().await, t.office().await);
        let key = new_id().to_string();
        office.post("/api/v1/companies", json!({"name": "Bir Ltd."})).key(&key).await.created();
        office
            .post("/api/v1/companies", json!({"name": "İki Ltd."}))
            .key(&key)
            .await
            .fails(422, "IDEMPOTENCY_KEY_REUSED");
        other.post("/api/v1/companies", json!({"name": "İki Ltd."})).key(&key).await.created();
        assert_eq!(office.get("/api/v1/companies").await.total(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    with_tenant(async |t| {
        let office = t.office().await;
        let key = new_id().to_string();
        office.post("/api/v1/companies", json!({"name": "A"})).key(&key).await.fails(400, "VALIDATION_ERROR");
        office.post("/api/v1/companies", json!({"name": "Düzeltilmiş A.Ş."})).key(&key).await.created();
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_no_key_is_refused() {
    with_tenant(async |t| {
        let office = t.office().await;
        for key in ["short", "has space in it", &"x".repeat(129)] {
            let answer = office.post("/api/v1/companies", json!({"name": "Anahtarsız Ltd."})).key(key).await;
            answer.fails(400, "VALIDATION_ERROR").on_field("Idempotency-Key");
        }
        assert_eq!(office.get("/api/v1/companies").await.total(), 0);
    })
    .await;
}

#[tokio::test]
async fn twenty_clicks_at_once_make_one_company() {
    with_tenant(async |t| {
        let office = t.office().await;
        let key = new_id().to_string();
        let clicks: Vec<_> = (0..20)
            .map(|_| {
                let call = office.post("/api/v1/companies", json!({"name": "Çift Tık A.Ş."})).key(&key);
                tokio::spawn(async move { call.await })
            })
            .collect();
        for click in clicks {
            let answer = click.await.unwrap();
            match answer.status {
                201 => {}
                409 => {
                    answer.fails(409, "IDEMPOTENCY_IN_PROGRESS");
                }
                _ => panic!("{} {}", answer.status, answer.text),
            }
        }
        assert_eq!(office.get("/api/v1/companies").await.total(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_free_again_after_a_day() {
    with_tenant(async |t| {
        let office = t.office().await;
        let key = new_id().to_string();
        office.post("/api/v1/companies", json!({"name": "Dün A.Ş."})).key(&key).await.created();
        sqlx::query(
            "UPDATE idempotency_keys_rows SET expires_at = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE tenant_id = ?",
        )
        .bind(t.id)
        .execute(&mut t.sql().await)
        .await
        .unwrap();
        office.post("/api/v1/companies", json!({"name": "Bugün A.Ş."})).key(&key).await.created();
        assert_eq!(office.get("/api/v1/companies").await.total(), 2);
    })
    .await;
}
