//! One person, several employments: found again by the TCKN, never twice at one workplace on one day.

use serde_json::json;
use tests::harness::with_tenant;

use super::{DANGEROUS, company, employee, id, person, workplace};

#[tokio::test]
async fn a_person_works_at_one_workplace_once_at_a_time() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        let from = |start: &str| person(&workplace, &json!({"tckn": "10000000146", "startDate": start}));
        let first = office.post("/api/v1/employees", from("2024-03-01")).await.created();
        let again = office.post("/api/v1/employees", from("2025-01-01")).await;
        again.fails(409, "DUPLICATE_RECORD").on_field("startDate");
        let end = json!({"endDate": "2025-06-30", "reason": "Askerlik"});
        office.post(&format!("/api/v1/employees/{}/terminate", id(&first)), end).await.ok();
        office.post("/api/v1/employees", from("2025-06-30")).await.fails(409, "DUPLICATE_RECORD");
        let second = office.post("/api/v1/employees", from("2025-07-01")).await.created();
        assert_eq!(second["personId"], first["personId"]);
        let reopened =
            office.patch(&format!("/api/v1/employees/{}", id(&first)), json!({"version": 2, "endDate": null}));
        reopened.await.fails(409, "DUPLICATE_RECORD");
    })
    .await;
}

#[tokio::test]
async fn the_same_person_entered_twice_at_once_works_there_once() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        let add = || office.post("/api/v1/employees", person(&workplace, &json!({"tckn": "10000000146"})));
        let (a, b, c) = tokio::join!(add(), add(), add());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409], "{} {} {}", a.text, b.text, c.text);
        assert_eq!(office.get("/api/v1/employees").await.total(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_companies_know_the_same_citizen_as_two_persons() {
    with_tenant(async |t| {
        let office = t.office().await;
        let tckn = json!({"tckn": "10000000146"});
        let one = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        let other = workplace(&office, &company(&office, "Çınar").await, DANGEROUS).await;
        let (here, there) = (employee(&office, &one, &tckn).await, employee(&office, &other, &tckn).await);
        assert_ne!(here["personId"], there["personId"]);
    })
    .await;
}

#[tokio::test]
async fn a_known_person_keeps_his_name_and_the_answer_says_so() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let (one, other) =
            (workplace(&office, &company, DANGEROUS).await, workplace(&office, &company, DANGEROUS).await);
        employee(&office, &one, &json!({"tckn": "10000000146"})).await;
        let typed = json!({"tckn": "10000000146", "firstName": "Ahmet", "phone": "05321234567"});
        let known = employee(&office, &other, &typed).await;
        assert_eq!((&known["firstName"], &known["phone"]), (&json!("Mehmet"), &json!("+905321234567")));
        assert_eq!(known["warnings"][0]["code"], "PERSON_KNOWN_BY_OTHER_NAME");
    })
    .await;
}

#[tokio::test]
async fn a_tckn_belongs_to_one_person_of_a_company() {
    with_tenant(async |t| {
        let office = t.office().await;
        let workplace = workplace(&office, &company(&office, "Yıldız").await, DANGEROUS).await;
        employee(&office, &workplace, &json!({"tckn": "10000000146"})).await;
        let other = id(&employee(&office, &workplace, &json!({"tckn": "10000000078"})).await);
        let change = |tckn| office.patch(&format!("/api/v1/employees/{other}"), json!({"version": 1, "tckn": tckn}));
        change("10000000146").await.fails(409, "DUPLICATE_RECORD").on_field("tckn");
        change("19090909008").await.fails(400, "VALIDATION_ERROR").on_field("tckn");
        assert_eq!(change("19090909018").await.ok()["tckn"], "190******18");
    })
    .await;
}
