//! An employee's pages: the number that is revealed on one answer, special groups, the end and the return.

use serde_json::json;
use tests::harness::{Client, tckn, with_tenant};

use super::{fill, send, send_again};
use crate::companies::{DANGEROUS, company, employee, id, workplace};

#[tokio::test]
async fn a_whole_number_is_on_the_answer_that_is_recorded_and_on_no_other() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let customer = company(&admin, "Yıldız Metal").await;
        let plant = workplace(&admin, &customer, DANGEROUS).await;
        let number = tckn(41);
        let person = id(&employee(&admin, &plant, &json!({"tckn": number})).await);
        let doctor = t.doctor().await;
        let body = json!({"staffId": doctor.user, "workplaceId": plant, "kind": "PHYSICIAN", "startsOn": "2024-01-01"});
        admin.post("/api/v1/assignments", body).await.created();
        let path = format!("/panel/employees/{person}");
        let reveal = format!("{path}/reveal");
        for told in [&admin, &doctor] {
            assert!(!told.get(&path).await.page(200).contains(&number));
            assert_eq!(told.get(&reveal).await.leads_to(), path, "an address shows nothing");
            let shown = send(told, &reveal, &[]).await;
            assert!(shown.page(200).contains(&number));
            assert_eq!(shown.header("cache-control"), Some("private, no-store"));
            assert!(!told.get(&path).await.page(200).contains(&number));
        }
        let office = t.office().await;
        assert!(!office.get(&path).await.page(200).contains("/reveal"), "no button for whoever may not");
        send(&office, &reveal, &[]).await.page(403);
        let client = t.client_of(&customer).await;
        send(&client, &reveal, &[]).await.page(404);
        assert!(!client.get(&format!("/portal/employees/{person}")).await.page(200).contains("/reveal"));
        let seen = t.audited("employee", &person).await.into_iter().filter(|action| action == "VIEW_SENSITIVE").count();
        assert_eq!(seen, 2, "each look is recorded, and refused ones are none");
    })
    .await;
}

#[tokio::test]
async fn special_groups_are_shown_and_asked_by_role() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let customer = company(&admin, "Yıldız Metal").await;
        let plant = workplace(&admin, &customer, DANGEROUS).await;
        let client = t.client_of(&customer).await;
        let person = id(&employee(&admin, &plant, &json!({"isPregnant": true, "isNightShift": true})).await);
        let says = async |who: &Client, path: &str, words: &str| who.get(path).await.page(200).contains(words);
        let (path, edit) = (format!("/panel/employees/{person}"), format!("/panel/employees/{person}/edit"));
        assert!(says(&admin, &path, "Gebe ya da emziren").await && says(&admin, &edit, "f-isPregnant").await);
        assert!(!says(&office, &path, "Gebe ya da emziren").await && !says(&office, &edit, "f-isPregnant").await);
        assert!(says(&office, &path, "Gece çalışıyor").await && says(&office, &edit, "f-isNightShift").await);
        let (own, own_edit) = (path.replace("panel", "portal"), edit.replace("panel", "portal"));
        assert!(!says(&client, &own, "Gece çalışıyor").await && !says(&client, &own_edit, "f-isNightShift").await);
        // Whoever saves the form without seeing the mark does not take it away.
        let shown = [
            ("workplaceId", plant.as_str()),
            ("firstName", "Mehmet"),
            ("lastName", "Öztürk"),
            ("startDate", "01.03.2024"),
            ("employmentType", "FULL_TIME"),
            ("isSubcontractor", "false"),
            ("isNightShift", "true"),
            ("isYoungWorker", "false"),
            ("position", "Kaynakçı"),
        ];
        assert_eq!(fill(&office, &edit, &shown).await.leads_to(), path);
        let now = admin.get(&format!("/api/v1/employees/{person}")).await.ok();
        assert_eq!((&now["isPregnant"], &now["position"]), (&json!(true), &json!("Kaynakçı")));
    })
    .await;
}

#[tokio::test]
async fn an_employment_ends_with_a_day_and_a_reason_and_the_person_comes_back() {
    with_tenant(async |t| {
        let office = t.office().await;
        let plant = workplace(&office, &company(&office, "Yıldız Metal").await, DANGEROUS).await;
        let number = tckn(42);
        let person = id(&employee(&office, &plant, &json!({"tckn": number, "position": "Kaynakçı"})).await);
        let path = format!("/panel/employees/{person}");
        let step = format!("{path}/terminate");
        let refused = fill(&office, &step, &[("endDate", "01.01.2020"), ("reason", "İstifa")]).await;
        assert!(refused.page(422).contains("id=\"f-endDate-error\""));
        let unsaid = send_again(&office, &step, &refused, &[("endDate", "31.01.2026"), ("reason", " ")]).await;
        assert!(unsaid.page(400).contains("id=\"f-reason-error\""));
        let done = send_again(&office, &step, &unsaid, &[("endDate", "31.01.2026"), ("reason", "İstifa")]).await;
        assert_eq!(done.leads_to(), path);
        let html = office.get(&path).await.page(200).to_owned();
        assert!(
            html.contains("Ayrıldı") && html.contains("31.01.2026") && html.contains(&format!("new?from={person}"))
        );
        let again = office.get(&format!("/panel/employees/new?from={person}")).await;
        assert_eq!((again.input("position").as_str(), again.input("tckn").as_str()), ("Kaynakçı", ""));
        let fields = [
            ("workplaceId", plant.as_str()),
            ("tckn", number.as_str()),
            ("firstName", "Mehmet"),
            ("lastName", "Öztürk"),
            ("startDate", "01.02.2026"),
            ("employmentType", "FULL_TIME"),
        ];
        let back = send_again(&office, "/panel/employees/new", &again, &fields).await;
        let new = office.get(back.leads_to()).await;
        assert!(new.page(200).contains(&format!("href=\"{path}\"")), "both employments are one person's");
    })
    .await;
}

#[tokio::test]
async fn two_people_change_one_employee_and_the_second_chooses() {
    with_tenant(async |t| {
        let (ayse, mehmet) = (t.office().await, t.admin().await);
        let plant = workplace(&ayse, &company(&ayse, "Yıldız Metal").await, DANGEROUS).await;
        let person = id(&employee(&ayse, &plant, &json!({"position": "Kaynakçı", "phone": "0532 123 45 67"})).await);
        let edit = format!("/panel/employees/{person}/edit");
        let form = ayse.get(&edit).await;
        assert_eq!(form.input("phone"), "0(532) 123 45 67", "as people write it");
        let change = json!({"version": 1, "position": "Ustabaşı"});
        mehmet.patch(&format!("/api/v1/employees/{person}"), change).await.ok();
        let mine = [("position", "Kaynak ustası"), ("phone", "0(533) 765 43 21"), ("firstName", "Mehmet")];
        let asked = send_again(&ayse, &edit, &form, &mine).await;
        assert!(asked.page(409).contains("_choose.position") && !asked.text.contains("_choose.phone"));
        let chosen = [("_choose.position", "theirs"), mine[0], mine[1], mine[2]];
        send_again(&ayse, &edit, &asked, &chosen).await.leads_to();
        let now = ayse.get(&format!("/api/v1/employees/{person}")).await.ok();
        assert_eq!((&now["position"], &now["phone"]), (&json!("Ustabaşı"), &json!("+905337654321")));
    })
    .await;
}
