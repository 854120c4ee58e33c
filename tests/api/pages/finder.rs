//! The finder: each sees there what the lists would show.

use serde_json::json;
use tests::harness::{Client, with_tenant};

use crate::companies::{DANGEROUS, company, employee, id, workplace};

/// The addresses that the palette is offered for these words.
async fn found(by: &Client, q: &str) -> Vec<String> {
    let page = by.get(&format!("/panel/find/options?q={q}")).await;
    page.page(200).split("data-href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn companies_workplaces_and_people_are_found_by_the_beginnings_of_their_words_and_a_person_by_the_tckn() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Işıl Çelik").await;
        let workplace = workplace(&office, &company, DANGEROUS).await;
        let body = json!({"firstName": "Işık", "lastName": "Işıker", "tckn": "10000000146"});
        let employee = id(&employee(&office, &workplace, &body).await);
        assert_eq!(
            found(&office, "isi").await,
            [format!("/panel/companies/{company}"), format!("/panel/employees/{employee}")]
        );
        assert_eq!(found(&office, "10000000146").await, [format!("/panel/employees/{employee}")]);
        assert_eq!(found(&office, "zzz").await, [""; 0]);
        assert_eq!(found(&office, "a").await, [""; 0]);
        assert!(office.get("/panel/find?q=isik").await.page(200).contains(&format!("/panel/employees/{employee}")));
    })
    .await;
}

#[tokio::test]
async fn an_expert_finds_what_he_serves() {
    with_tenant(async |t| {
        let (office, expert) = (t.office().await, t.expert().await);
        let company = company(&office, "Yıldız").await;
        let served = workplace(&office, &company, DANGEROUS).await;
        let other = workplace(&office, &company, DANGEROUS).await;
        let mine = id(&employee(&office, &served, &json!({})).await);
        employee(&office, &other, &json!({})).await;
        assert_eq!(found(&expert, "mehmet").await, [""; 0]);
        let body =
            json!({"staffId": expert.user, "workplaceId": served, "kind": "SAFETY_EXPERT", "startsOn": "2024-01-01"});
        office.post("/api/v1/assignments", body).await.created();
        assert_eq!(found(&expert, "mehmet").await, [format!("/panel/employees/{mine}")]);
    })
    .await;
}
