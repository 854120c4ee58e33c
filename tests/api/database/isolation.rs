//! The application's user sees nothing without a context, only its tenant with one, and cannot write across.

use serde_json::json;
use sqlx::{MySqlConnection, Row as _};
use tests::harness::{self, Tenant, database, new_id, variable, with_tenant};
use uuid::Uuid;

const ALL: Uuid = Uuid::max();

/// The application's own connection, bound to nobody.
async fn application() -> MySqlConnection {
    harness::application(&variable("DATABASE_URL")).await
}

async fn bind(db: &mut MySqlConnection, tenant: Uuid, company: Uuid) {
    sqlx::query("SET @app_tenant = ?, @app_company = ?, @app_user = ?, @app_account = ?")
        .bind(tenant)
        .bind(company)
        .bind(new_id())
        .bind(new_id())
        .execute(db)
        .await
        .unwrap();
}

/// The views that hold somebody's rows, by scope.
async fn views(condition: &str) -> Vec<String> {
    let sql =
        format!("SELECT CONVERT(view_name USING utf8mb4) FROM view_scopes_rows WHERE {condition} ORDER BY view_name");
    let rows = sqlx::query(&sql).fetch_all(&mut database().await).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

/// A company with a workplace and a person at work in it, made through the API.
async fn register(t: &Tenant) -> Uuid {
    let admin = t.admin().await;
    let company = admin.post("/api/v1/companies", json!({"name": "Sınır Metal A.Ş."})).await.created();
    let workplace = json!({"companyId": company["id"], "title": "Merkez", "naceCode": "251100"});
    let workplace = admin.post("/api/v1/workplaces", workplace).await.created();
    let employee =
        json!({"workplaceId": workplace["id"], "firstName": "Ayşe", "lastName": "Yılmaz", "startDate": "2024-01-15"});
    admin.post("/api/v1/employees", employee).await.created();
    company["id"].as_str().unwrap().parse().unwrap()
}

async fn count(db: &mut MySqlConnection, sql: &str) -> i64 {
    sqlx::query(sql).fetch_one(db).await.unwrap().get(0)
}

#[tokio::test]
async fn without_a_context_every_view_is_empty() {
    with_tenant(async |t| {
        register(t).await;
        let mut db = application().await;
        for view in views("scope <> 'PLATFORM'").await {
            assert_eq!(count(&mut db, &format!("SELECT COUNT(*) FROM {view}")).await, 0, "{view} shows rows to nobody");
        }
    })
    .await;
}

#[tokio::test]
async fn with_a_context_only_the_own_tenant_shows() {
    with_tenant(async |ours| {
        register(ours).await;
        with_tenant(async |theirs| {
            register(theirs).await;
            let mut db = application().await;
            bind(&mut db, ours.id, ALL).await;
            let mut seen = 0;
            for view in views("scope IN ('STAFF', 'COMPANY', 'TENANT')").await {
                let Ok(rows) = sqlx::query(&format!("SELECT tenant_id FROM {view}")).fetch_all(&mut db).await else {
                    continue;
                };
                seen += usize::from(!rows.is_empty());
                for row in rows {
                    // A scheduled run for all tenants names none, and each may read of it.
                    let tenant: Option<Uuid> = row.get(0);
                    assert!(
                        tenant == Some(ours.id) || (tenant.is_none() && view == "job_runs"),
                        "{view} shows another tenant's row"
                    );
                }
            }
            assert!(seen >= 6, "the tenant's own rows were not seen: the test shows nothing");
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_client_sees_its_company_only_and_nothing_of_the_staffs() {
    with_tenant(async |t| {
        let (own, other) = (register(t).await, register(t).await);
        let mut db = application().await;
        bind(&mut db, t.id, own).await;
        for view in views("scope = 'STAFF'").await {
            assert_eq!(
                count(&mut db, &format!("SELECT COUNT(*) FROM {view}")).await,
                0,
                "{view} shows staff rows to a client"
            );
        }
        for view in ["workplaces", "persons", "employments", "outbox", "audit_log", "search_words"] {
            let rows = sqlx::query(&format!("SELECT company_id FROM {view}")).fetch_all(&mut db).await.unwrap();
            assert!(!rows.is_empty(), "{view} shows a client nothing of its own");
            for row in rows {
                assert_eq!(
                    row.get::<Option<Uuid>, _>(0),
                    Some(own),
                    "{view} shows another company's row, such as {other}'s"
                );
            }
        }
        assert_eq!(count(&mut db, "SELECT COUNT(*) FROM companies").await, 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_can_be_written_across_tenants() {
    with_tenant(async |ours| {
        with_tenant(async |theirs| {
            let foreign = register(theirs).await;
            let mut db = application().await;
            bind(&mut db, ours.id, ALL).await;
            let insert = "INTO companies (tenant_id, id, name, search_key) VALUES (?, ?, 'Çalıntı', '')";
            for verb in ["INSERT", "INSERT IGNORE", "REPLACE"] {
                for id in [new_id(), foreign] {
                    let tried =
                        sqlx::query(&format!("{verb} {insert}")).bind(theirs.id).bind(id).execute(&mut db).await;
                    assert!(tried.is_err() || tried.unwrap().rows_affected() == 0, "{verb} wrote into another tenant");
                }
            }
            let upsert = format!("INSERT {insert} ON DUPLICATE KEY UPDATE name = 'Çalıntı'");
            assert!(sqlx::query(&upsert).bind(theirs.id).bind(foreign).execute(&mut db).await.is_err());
            let update = sqlx::query("UPDATE companies SET name = 'Çalıntı' WHERE id = ?")
                .bind(foreign)
                .execute(&mut db)
                .await
                .unwrap();
            assert_eq!(update.rows_affected(), 0);
            let moved = sqlx::query("UPDATE companies SET tenant_id = ? WHERE id = ?")
                .bind(ours.id)
                .bind(foreign)
                .execute(&mut db)
                .await;
            assert!(moved.is_err(), "a row's tenant can be changed");
            assert!(sqlx::query("DELETE FROM companies").execute(&mut db).await.is_err(), "rows can be deleted");
            let child = sqlx::query(
                "INSERT INTO workplaces (tenant_id, id, company_id, title, derived_danger_class, search_key) \
                 VALUES (current_tenant(), ?, ?, 'Çalıntı', 'DANGEROUS', '')",
            )
            .bind(new_id())
            .bind(foreign)
            .execute(&mut db)
            .await;
            assert!(child.is_err(), "a child can name another tenant's parent");

            let name: String = sqlx::query("SELECT name FROM companies_rows WHERE id = ?")
                .bind(foreign)
                .fetch_one(&mut database().await)
                .await
                .unwrap()
                .get(0);
            assert_eq!(name, "Sınır Metal A.Ş.");
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn base_tables_are_closed_to_the_application() {
    let mut db = application().await;
    bind(&mut db, new_id(), ALL).await;
    for table in ["companies_rows", "accounts_rows", "audit_log_rows", "sessions_rows", "_sqlx_migrations"] {
        assert!(
            sqlx::query(&format!("SELECT 1 FROM {table} LIMIT 1")).execute(&mut db).await.is_err(),
            "{table} can be read"
        );
    }
}
