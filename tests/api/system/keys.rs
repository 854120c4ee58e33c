//! Rotation of keys: what an older key made is still good, what is new comes from the current one.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use shared::{App, clock::Clock, config::Config, crypto::Aad};
use sqlx::Row as _;
use system::housekeeping::rotation;
use tests::harness::{Client, Tenant, database, invoke, now, with_tenant};
use uuid::Uuid;

use crate::companies::{DANGEROUS, company, employee, id, workplace};

const TCKN: &str = "19090909018";

/// The application with other keys than the running system's; both rings hold two.
fn app(keys: impl Fn(Vec<&str>) -> Vec<&str>) -> App {
    let mut config = Config::from_env().unwrap();
    for ring in [&mut config.field_keys, &mut config.signing_keys] {
        let keys = keys(ring.expose_secret().split(',').collect()).join(",");
        *ring = SecretString::from(keys);
    }
    App::new("tests", config, Clock::System).unwrap()
}

/// As it was before the newest key came.
fn before() -> App {
    app(|keys| keys[1..].to_vec())
}

/// As it will be when the older key is gone.
fn after() -> App {
    app(|keys| keys[..1].to_vec())
}

/// A person's encrypted number, with what a change would change.
async fn person(t: &Tenant) -> (Uuid, Vec<u8>, String) {
    let row = sqlx::query(
        "SELECT id, tckn_cipher, CAST(CONCAT(version, ' ', updated_at) AS CHAR) FROM persons_rows WHERE tenant_id = ?",
    )
    .bind(t.id)
    .fetch_one(&mut t.sql().await)
    .await
    .unwrap();
    (row.get(0), row.get(1), row.get_unchecked(2))
}

async fn keep_house(t: &Tenant, minutes: i64) -> u64 {
    let time = (now() + chrono::Duration::minutes(minutes)).to_rfc3339();
    let done = invoke("housekeeping", &json!({"time": time, "tenantId": t.id})).await;
    done["cleared"]["rotatedFields"].as_u64().expect("a count")
}

#[tokio::test]
async fn a_column_under_an_older_key_is_read_and_then_written_anew() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let path = format!(
            "/api/v1/employees/{}?reveal=true",
            id(&employee(&admin, &workplace, &json!({"tckn": TCKN})).await)
        );
        let (id, current, unchanged) = person(t).await;
        let older = before().cipher().encrypt(TCKN.as_bytes(), Aad::new("persons", id, "tckn_cipher"));
        assert!(after().cipher().needs_rotation(&older) && !after().cipher().needs_rotation(&current));
        sqlx::query("UPDATE persons_rows SET tckn_cipher = ?, updated_at = updated_at WHERE tenant_id = ?")
            .bind(&older)
            .bind(t.id)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
        assert_eq!(admin.get(&path).await.ok()["tckn"], TCKN);
        assert_eq!(keep_house(t, 0).await, 1);
        let (_, renewed, seen) = person(t).await;
        assert!(renewed.starts_with(&after().cipher().current_prefix()) && renewed != current);
        assert_eq!(seen, unchanged);
        assert_eq!(admin.get(&path).await.ok()["tckn"], TCKN);
        assert_eq!(keep_house(t, 1).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_record_that_does_not_open_stays_as_it_is_and_keeps_nobody_from_the_next() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        for tckn in [TCKN, "10000000146"] {
            employee(&admin, &workplace, &json!({"tckn": tckn})).await;
        }
        let ids: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM persons_rows WHERE tenant_id = ? ORDER BY id")
            .bind(t.id)
            .fetch_all(&mut t.sql().await)
            .await
            .unwrap();
        // The first one's record belongs to another place.
        for (id, place) in [(ids[0], Uuid::nil()), (ids[1], ids[1])] {
            let record = before().cipher().encrypt(TCKN.as_bytes(), Aad::new("persons", place, "tckn_cipher"));
            sqlx::query("UPDATE persons_rows SET tckn_cipher = ? WHERE tenant_id = ? AND id = ?")
                .bind(record)
                .bind(t.id)
                .bind(id)
                .execute(&mut t.sql().await)
                .await
                .unwrap();
        }
        assert_eq!(keep_house(t, 0).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_goes_on_under_a_new_signing_key_and_ends_with_the_old_one() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let token = admin.credentials().unwrap().trim_start_matches("Bearer ");
        let claims = after().tokens().verify(token, now()).expect("a new token is signed by the current key");
        let older = before().tokens().sign(&claims).unwrap();
        assert_eq!(Client::bearer(&older).get("/api/v1/auth/me").await.ok()["user"]["id"], admin.user);
        assert!(after().tokens().verify(&older, now()).is_err());
    })
    .await;
}

#[tokio::test]
async fn every_encrypted_column_is_rotated_or_short_lived() {
    let rows = sqlx::query(
        "SELECT CONVERT(CONCAT(c.table_name, '.', c.column_name) USING utf8mb4) FROM information_schema.columns c \
         JOIN information_schema.tables t USING (table_schema, table_name) \
         WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.column_name LIKE '%\\_cipher'",
    )
    .fetch_all(&mut database().await)
    .await
    .unwrap();
    let found: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let known = rotation::ROTATED.iter().map(|column| format!("{}.{}", column.table, column.column));
    let known: BTreeSet<String> =
        known.chain(rotation::SHORT_LIVED.iter().map(|(table, column)| format!("{table}.{column}"))).collect();
    assert_eq!(found, known, "a column of this name holds encrypted records: name it in housekeeping/rotation.rs");
}
