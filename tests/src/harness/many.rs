//! More people than anybody types in.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a step that fails has failed the test")]

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Client, Tenant, new_id};

/// A workplace with so many employees; the workplace as it was answered. The employees are written past the product, as
/// years would have added them, each with texts of some length.
pub async fn many_employees(t: &Tenant, by: &Client, people: u32) -> Value {
    let company = by.post("/api/v1/companies", json!({"name": "Yıldız Metal"})).await.created();
    let workplace = json!({"companyId": company["id"], "title": "Merkez", "naceCode": "251106"});
    let workplace = by.post("/api/v1/workplaces", workplace).await.created();
    let id = |value: &Value| Uuid::parse_str(value.as_str().expect("an id")).expect("an id");
    let (company, place) = (id(&company["id"]), id(&workplace["id"]));
    // Ids that grow, as the product's own do: the beginning of a new one, and the number.
    let ids = format!("UNHEX(CONCAT('{}', LPAD(HEX(seq), 8, '0')))", &new_id().simple().to_string()[..24]);
    let mut db = t.sql().await;
    let persons = format!(
        "INSERT INTO persons_rows (id, tenant_id, company_id, first_name, last_name, phone, email, search_key) \
         SELECT {ids}, ?, ?, 'Kişi', CONCAT('Soyadı', seq), '+905321234567', CONCAT('kisi', seq, '@deneme.test'), '' \
         FROM seq_1_to_{people}"
    );
    sqlx::query(&persons).bind(t.id).bind(company).execute(&mut db).await.expect("persons can be written");
    let employments = format!(
        "INSERT INTO employments_rows (id, tenant_id, company_id, person_id, workplace_id, position, department, \
         start_date) SELECT {ids}, ?, ?, {ids}, ?, RPAD('Kaynakçı ', 150, 'görev '), RPAD('Atölye ', 150, 'bölüm '), \
         '2024-02-01' FROM seq_1_to_{people}"
    );
    let employments = sqlx::query(&employments).bind(t.id).bind(company).bind(place);
    employments.execute(&mut db).await.expect("employments can be written");
    workplace
}
