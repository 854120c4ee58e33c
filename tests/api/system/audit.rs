//! `/api/v1/audit`

use serde_json::{Value, json};
use tests::harness::{Client, Tenant, new_id, with_tenant};
use uuid::Uuid;

/// An entry at a time of the test's choice.
async fn entry(t: &Tenant, action: &str, entity: &str, actor: &str, changes: &Value, at: &str) -> Uuid {
    let id = new_id();
    sqlx::query(
        "INSERT INTO audit_log_rows (id, tenant_id, action, entity, entity_id, actor_name, changes, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(t.id)
    .bind(action)
    .bind(entity)
    .bind(id)
    .bind(actor)
    .bind(changes.to_string())
    .bind(at)
    .execute(&mut t.sql().await)
    .await
    .unwrap();
    id
}

/// The ids of one answer, and the cursor of the next.
async fn page(client: &Client, query: &str) -> (Vec<String>, Option<String>) {
    let answer = client.get(&format!("/api/v1/audit?{query}")).await;
    let ids = answer.rows().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    (ids, answer.json()["pagination"]["nextCursor"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn the_trail_is_read_to_its_end_without_gap_or_repetition() {
    with_tenant(async |t| {
        // Five at one instant: the id decides.
        let mut made = Vec::new();
        for _ in 0..5 {
            made.push(entry(t, "UPDATE", "thing", "Ayşe", &json!({}), "2026-03-01 09:00:00").await.to_string());
        }
        made.sort_by(|a, b| b.cmp(a));
        made.push(entry(t, "CREATE", "thing", "Ayşe", &json!({}), "2026-02-01 09:00:00").await.to_string());
        let admin = t.admin().await;
        let (mut seen, mut query) = (Vec::new(), "entity=thing&limit=2".to_owned());
        loop {
            let (ids, next) = page(&admin, &query).await;
            seen.extend(ids);
            let Some(next) = next else { break };
            query = format!("entity=thing&limit=2&cursor={next}");
            assert!(seen.len() < 10, "it never ends");
        }
        assert_eq!(seen, made);
    })
    .await;
}

#[tokio::test]
async fn a_cursor_belongs_to_its_filters_and_its_tenant() {
    with_tenant(async |t| {
        for _ in 0..3 {
            entry(t, "UPDATE", "thing", "Ayşe", &json!({}), "2026-03-01 09:00:00").await;
        }
        let admin = t.admin().await;
        let (_, next) = page(&admin, "entity=thing&limit=1").await;
        let next = next.unwrap();
        // Another number of rows is the same list.
        assert_eq!(page(&admin, &format!("entity=thing&limit=2&cursor={next}")).await.0.len(), 2);
        let asks = [
            format!("cursor={next}"),
            format!("entity=other&cursor={next}"),
            format!("entity=thing&cursor={next}x"),
            "entity=thing&cursor=nonsense".to_owned(),
        ];
        for ask in asks {
            admin.get(&format!("/api/v1/audit?{ask}")).await.fails(400, "INVALID_CURSOR");
        }
        with_tenant(async |other| {
            let path = format!("/api/v1/audit?entity=thing&limit=1&cursor={next}");
            other.admin().await.get(&path).await.fails(400, "INVALID_CURSOR");
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_filters_narrow_the_trail() {
    with_tenant(async |t| {
        let changes = json!({"name": {"before": "Yıldız", "after": "Işık Çelik"}});
        let late = entry(t, "UPDATE", "thing", "Ayşe Öztürk", &changes, "2026-03-01 21:00:00").await.to_string();
        let early = entry(t, "DELETE", "thing", "Can", &json!({}), "2026-03-01 20:59:59").await.to_string();
        let admin = t.admin().await;
        let found = async |query: &str| page(&admin, &format!("entity=thing&{query}")).await.0;
        assert_eq!(found("action=DELETE").await, std::slice::from_ref(&early));
        assert_eq!(found(&format!("entityId={late}")).await, std::slice::from_ref(&late));
        // The day changes at 21:00 UTC in Istanbul, and both days count.
        assert_eq!(found("from=2026-03-02&to=2026-03-02").await, std::slice::from_ref(&late));
        assert_eq!(found("from=2026-03-01&to=2026-03-01").await, std::slice::from_ref(&early));
        assert_eq!(found("from=2026-03-01&to=2026-03-02").await, [late.clone(), early.clone()]);
        for q in ["isik", "IŞIK", "ÇELİK", "ozturk", "Ayşe"] {
            assert_eq!(found(&format!("q={q}")).await, std::slice::from_ref(&late), "{q}");
        }
        for nothing in ["q=%25%25", "q=100_", &format!("companyId={}", new_id()), &format!("userId={}", new_id())] {
            assert!(found(nothing).await.is_empty(), "{nothing}");
        }
        for (query, field) in [("action=DANCE", "action"), ("q=a", "q"), ("limit=0", "limit"), ("page=2", "page")] {
            admin.get(&format!("/api/v1/audit?{query}")).await.fails(400, "VALIDATION_ERROR").on_field(field);
        }
    })
    .await;
}

#[tokio::test]
async fn what_an_administrator_does_stands_in_it_with_who_and_whence() {
    with_tenant(async |t| {
        let admin = t.admin().await.with("user-agent", "deneme/1");
        admin
            .post("/api/v1/admin/cache/purge", json!({"tags": ["a:b"]}))
            .header("x-request-id", "purge-of-the-test")
            .await
            .ok();
        let rows = admin.get(&format!("/api/v1/audit?action=CONFIG_CHANGE&userId={}", admin.user)).await.rows();
        let row = &rows[0];
        assert_eq!(rows.len(), 1);
        for (field, value) in [
            ("entity", "cache"),
            ("userEmail", admin.email.as_str()),
            ("userName", "Deneme ADMIN"),
            ("requestId", "purge-of-the-test"),
            ("userAgent", "deneme/1"),
        ] {
            assert_eq!(row[field], value, "{field}");
        }
        assert_eq!(row["changes"]["tags"], json!(["a:b"]));
    })
    .await;
}

#[tokio::test]
async fn nobody_but_an_administrator_of_the_tenant_reads_it() {
    with_tenant(async |t| {
        entry(t, "UPDATE", "thing", "Ayşe", &json!({}), "2026-03-01 09:00:00").await;
        for client in [t.office().await, t.doctor().await, t.expert().await] {
            client.get("/api/v1/audit").await.fails(403, "FORBIDDEN");
        }
        Client::anonymous().get("/api/v1/audit").await.fails(401, "UNAUTHORIZED");
        with_tenant(async |other| {
            assert!(page(&other.admin().await, "entity=thing").await.0.is_empty());
        })
        .await;
    })
    .await;
}
