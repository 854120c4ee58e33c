//! The register: companies, workplaces, employees, assignments and reference data.

mod assigned;
mod assignments;
mod clients;
#[expect(
    clippy::module_inception,
    reason = "the feature is named after its first resource, and the file after the URL"
)]
mod companies;
mod company_status;
mod employees;
mod employments;
mod exports;
mod figures;
mod imports;
mod reference;
mod restore;
mod search;
mod special_groups;
mod tckn;
mod trail;
mod workplaces;

use serde_json::{Value, json};
use tests::harness::Client;

/// An activity of each danger class: 10, 20 and 40 minutes of an expert for each employee.
const LESS_DANGEROUS: &str = "107102";
pub(crate) const DANGEROUS: &str = "251106";
const VERY_DANGEROUS: &str = "432101";

/// The id of a record.
pub(crate) fn id(record: &Value) -> String {
    record["id"].as_str().expect("an id").to_owned()
}

/// A company with a name that the test can tell from others.
pub(crate) async fn company(by: &Client, name: &str) -> String {
    id(&by.post("/api/v1/companies", json!({"name": name})).await.created())
}

/// A workplace of a company.
pub(crate) async fn workplace(by: &Client, company: &str, nace: &str) -> String {
    let body = json!({"companyId": company, "title": "Merkez", "naceCode": nace});
    id(&by.post("/api/v1/workplaces", body).await.created())
}

/// What an employee's body needs, with more fields or others.
fn person(workplace: &str, more: &Value) -> Value {
    let mut body =
        json!({"workplaceId": workplace, "firstName": "Mehmet", "lastName": "Öztürk", "startDate": "2024-03-01"});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

/// An employee of a workplace.
pub(crate) async fn employee(by: &Client, workplace: &str, more: &Value) -> Value {
    by.post("/api/v1/employees", person(workplace, more)).await.created()
}
