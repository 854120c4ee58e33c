//! Physicians and experts see the workplaces that they serve today, and are strangers elsewhere.

use serde_json::{Value, json};
use tests::harness::{Client, with_tenant};

use super::{DANGEROUS, company, employee, id, workplace};

async fn assign(by: &Client, staff: &str, workplace: &str, kind: &str, days: &Value) -> Value {
    let mut body = json!({"staffId": staff, "workplaceId": workplace, "kind": kind, "startsOn": "2024-01-01"});
    for (name, value) in days.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    by.post("/api/v1/assignments", body).await.created()
}

#[tokio::test]
async fn an_expert_sees_what_he_serves_and_nothing_else() {
    with_tenant(async |t| {
        let (office, expert) = (t.office().await, t.expert().await);
        let company = company(&office, "Yıldız").await;
        let (served, other) =
            (workplace(&office, &company, DANGEROUS).await, workplace(&office, &company, DANGEROUS).await);
        let (mine, theirs) =
            (employee(&office, &served, &json!({})).await, employee(&office, &other, &json!({})).await);
        for list in ["companies", "workplaces", "employees"] {
            assert_eq!(expert.get(&format!("/api/v1/{list}")).await.total(), 0, "{list}");
        }
        assign(&office, &expert.user, &served, "SAFETY_EXPERT", &json!({})).await;
        for list in ["companies", "workplaces", "employees", "employees?q=mehmet"] {
            assert_eq!(expert.get(&format!("/api/v1/{list}")).await.total(), 1, "{list}");
        }
        expert.get(&format!("/api/v1/companies/{company}")).await.ok();
        expert.get(&format!("/api/v1/employees/{}", id(&mine))).await.ok();
        expert.get(&format!("/api/v1/workplaces/{other}")).await.fails(404, "NOT_FOUND");
        expert.get(&format!("/api/v1/employees/{}", id(&theirs))).await.fails(404, "NOT_FOUND");
        expert.patch(&format!("/api/v1/workplaces/{served}"), json!({"version": 1})).await.fails(403, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn an_assignment_shows_only_on_its_days() {
    with_tenant(async |t| {
        let (office, doctor) = (t.office().await, t.doctor().await);
        let company = company(&office, "Yıldız").await;
        for days in [json!({"endsOn": "2024-12-31"}), json!({"startsOn": "2099-01-01"})] {
            let workplace = workplace(&office, &company, DANGEROUS).await;
            assign(&office, &doctor.user, &workplace, "PHYSICIAN", &days).await;
        }
        assert_eq!(doctor.get("/api/v1/workplaces").await.total(), 0);
        assert_eq!(doctor.get("/api/v1/companies").await.total(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_physician_reveals_only_where_he_serves() {
    with_tenant(async |t| {
        let (office, doctor) = (t.office().await, t.doctor().await);
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        let id = id(&employee(&office, &workplace, &json!({"tckn": "10000000146"})).await);
        let path = format!("/api/v1/employees/{id}?reveal=true");
        doctor.get(&path).await.fails(404, "NOT_FOUND");
        let assignment = assign(&office, &doctor.user, &workplace, "PHYSICIAN", &json!({})).await;
        assert_eq!(doctor.get(&path).await.ok()["tckn"], "10000000146");
        let address = format!("/api/v1/assignments/{}", super::id(&assignment));
        office.delete(&address, 1).await.no_content();
        doctor.get(&path).await.fails(404, "NOT_FOUND");
    })
    .await;
}
