//! Every table and view says whose rows it shows, and the application's rights are no wider.

use sqlx::Row as _;
use tests::harness::{application, database, variable};

async fn names(sql: &str) -> Vec<String> {
    let rows = sqlx::query(sql).fetch_all(&mut database().await).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

#[tokio::test]
async fn every_base_table_declares_its_scope() {
    let undeclared = names(
        "SELECT CONVERT(table_name USING utf8mb4) FROM information_schema.tables WHERE table_schema = DATABASE() \
         AND table_type = 'BASE TABLE' AND table_name <> '_sqlx_migrations' \
         AND table_comment NOT REGEXP '^scope=(PLATFORM|STAFF|TENANT|COMPANY|SELF|SYSTEM)$'",
    )
    .await;
    assert!(undeclared.is_empty(), "tables without a scope in their comment: {undeclared:?}");
}

#[tokio::test]
async fn every_view_declares_its_scope_and_checks_what_is_written_through_it() {
    let undeclared = names(
        "SELECT CONVERT(v.table_name USING utf8mb4) FROM information_schema.views v LEFT JOIN view_scopes_rows s \
         ON s.view_name = v.table_name WHERE v.table_schema = DATABASE() AND s.scope IS NULL",
    )
    .await;
    assert!(undeclared.is_empty(), "views without a row in view_scopes_rows: {undeclared:?}");
    let gone = names(
        "SELECT CONVERT(s.view_name USING utf8mb4) FROM view_scopes_rows s LEFT JOIN information_schema.views v \
         ON v.table_schema = DATABASE() AND v.table_name = s.view_name WHERE v.table_name IS NULL",
    )
    .await;
    assert!(gone.is_empty(), "scopes of views that do not exist: {gone:?}");
    let checked = names(
        "SELECT CONVERT(table_name USING utf8mb4) FROM information_schema.views WHERE table_schema = DATABASE() \
         AND check_option = 'CASCADED'",
    )
    .await;
    for right in rights().await.iter().filter(|r| r.rights.contains("INSERT") || r.rights.contains("UPDATE")) {
        assert!(checked.contains(&right.on), "{} can be written without a check option", right.on);
    }
}

/// What the application may do with one table or view.
struct Right {
    rights: String,
    on: String,
}

/// The application's rights, as the server tells them to the application itself.
async fn rights() -> Vec<Right> {
    let mut db = application(&variable("DATABASE_URL")).await;
    let rows = sqlx::raw_sql("SHOW GRANTS").fetch_all(&mut db).await.unwrap();
    let mut rights = Vec::new();
    for row in rows {
        let line: String = row.get(0);
        let Some((what, rest)) = line.strip_prefix("GRANT ").and_then(|line| line.split_once(" ON ")) else { continue };
        let (on, _) = rest.split_once(" TO ").unwrap();
        // REFERENCES only lets the user connect. What the migrations' own test grants in its database outlives it.
        if matches!(what, "USAGE" | "REFERENCES") || what == "EXECUTE" || on.starts_with("`prosektor_scratch") {
            continue;
        }
        let on = on.rsplit('.').next().unwrap().trim_matches('`').to_owned();
        rights.push(Right { rights: what.to_owned(), on });
    }
    assert!(rights.len() > 20, "only {} rights: the test shows nothing", rights.len());
    rights
}

/// `SELECT, UPDATE (a, b)` without its columns: `SELECT`, `UPDATE`.
fn verbs(rights: &str) -> Vec<String> {
    let mut depth = 0;
    let plain: String = rights
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0 && *c != ')'
        })
        .collect();
    plain.split(',').map(|verb| verb.trim().to_owned()).collect()
}

#[tokio::test]
async fn the_application_has_rights_on_views_only_and_never_the_right_to_delete() {
    for right in rights().await {
        assert!(!right.on.ends_with("_rows") && right.on != "*", "a right on {}: {}", right.on, right.rights);
        for verb in verbs(&right.rights) {
            assert!(["SELECT", "INSERT", "UPDATE"].contains(&verb.as_str()), "{verb} on {}", right.on);
        }
    }
}

#[tokio::test]
async fn the_audit_trail_can_only_be_added_to() {
    let rights = rights().await;
    let trail: Vec<&str> = rights.iter().filter(|r| r.on == "audit_log").map(|r| r.rights.as_str()).collect();
    assert_eq!(trail, ["SELECT, INSERT"]);
}

#[tokio::test]
async fn no_foreign_key_of_a_tenants_table_forgets_the_tenant() {
    let loose = names(
        "SELECT CONVERT(CONCAT(k.table_name, '.', k.constraint_name) USING utf8mb4) FROM information_schema.key_column_usage k \
         WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL \
         AND EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_schema = k.table_schema \
            AND c.table_name = k.referenced_table_name AND c.column_name = 'tenant_id') \
         GROUP BY k.table_name, k.constraint_name HAVING SUM(k.referenced_column_name = 'tenant_id') = 0",
    )
    .await;
    assert!(loose.is_empty(), "foreign keys that could point across tenants: {loose:?}");
}
