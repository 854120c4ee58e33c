//! Every table and view says whose rows it shows, and the application's rights are no wider.

use sqlx::Row as _;
use tests::harness::database;

/// sqlx's own table of migrations; nobody but the migrator can see it.
const OF_THE_MIGRATOR: &str = "_sqlx_migrations";

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
    let unchecked = names(
        "SELECT DISTINCT CONVERT(v.table_name USING utf8mb4) FROM information_schema.views v \
         JOIN information_schema.table_privileges p ON p.table_schema = v.table_schema AND p.table_name = v.table_name \
         WHERE v.table_schema = DATABASE() AND v.check_option <> 'CASCADED' AND p.grantee LIKE '%application%' \
         AND p.privilege_type IN ('INSERT', 'UPDATE')",
    )
    .await;
    assert!(unchecked.is_empty(), "views that can be written without a check option: {unchecked:?}");
}

#[tokio::test]
async fn the_application_has_rights_on_views_only_and_never_the_right_to_delete() {
    let on_tables = names(
        "SELECT CONVERT(CONCAT(table_name, ' ', privilege_type) USING utf8mb4) FROM information_schema.table_privileges \
         WHERE table_schema = DATABASE() AND grantee LIKE '%application%' AND table_name LIKE '%\\_rows'",
    )
    .await;
    assert!(on_tables.is_empty(), "rights on base tables: {on_tables:?}");
    let wide = names(
        "SELECT CONVERT(CONCAT(table_name, ' ', privilege_type) USING utf8mb4) FROM information_schema.table_privileges \
         WHERE table_schema = DATABASE() AND grantee LIKE '%application%' \
         AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE')",
    )
    .await;
    assert!(wide.is_empty(), "rights beyond SELECT, INSERT and UPDATE: {wide:?}");
    let schema_wide = names(
        "SELECT CONVERT(CONCAT(grantee, ' ', privilege_type) USING utf8mb4) FROM information_schema.schema_privileges \
         WHERE table_schema = DATABASE() AND (grantee LIKE '%application%' OR grantee LIKE '\\'app\\'%')",
    )
    .await;
    assert!(schema_wide.is_empty(), "rights on the whole schema: {schema_wide:?}");
}

#[tokio::test]
async fn the_audit_trail_can_only_be_added_to() {
    let mut rights = names(
        "SELECT CONVERT(privilege_type USING utf8mb4) FROM information_schema.table_privileges WHERE table_schema = DATABASE() \
         AND grantee LIKE '%application%' AND table_name = 'audit_log'",
    )
    .await;
    rights.sort();
    assert_eq!(rights, ["INSERT", "SELECT"]);
    let columns = names(
        "SELECT CONVERT(column_name USING utf8mb4) FROM information_schema.column_privileges WHERE table_schema = DATABASE() \
         AND grantee LIKE '%application%' AND table_name = 'audit_log'",
    )
    .await;
    assert!(columns.is_empty(), "{columns:?}");
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
    assert!(loose.is_empty(), "foreign keys that could point across tenants: {loose:?} (not {OF_THE_MIGRATOR})");
}
