//! One step for many: each record by its own rule, and what was refused with its reason.

use serde_json::json;
use tests::harness::{new_id, with_tenant};

use super::send;
use crate::companies::{DANGEROUS, company, employee, id, workplace};

#[tokio::test]
async fn many_companies_go_where_each_may_and_the_others_are_named() {
    with_tenant(async |t| {
        let office = t.office().await;
        let (lead, prospect) = (company(&office, "Aday Ltd.").await, company(&office, "İlgili A.Ş.").await);
        let step = json!({"to": "PROSPECT"});
        office.post(&format!("/api/v1/companies/{prospect}/status"), step).await.ok();
        let both = [("ids", lead.as_str()), ("ids", prospect.as_str())];
        let asked = send(&office, "/panel/companies/status", &both).await;
        assert!(asked.page(200).contains("Aday Ltd.") && asked.text.contains("İlgili A.Ş."));
        let ids = asked.input("ids");
        let go = |to| [("ids", ids.as_str()), ("confirmed", "true"), ("to", to), ("reason", "")];
        assert!(send(&office, "/panel/companies/status", &go("")).await.page(400).contains("id=\"f-to-error\""));
        let result = send(&office, "/panel/companies/status", &go("CUSTOMER")).await;
        let html = result.page(200);
        assert!(html.contains("1 kayıtta yapıldı, 1 kayıtta yapılamadı"), "{html}");
        let status = async |id: &str| office.get(&format!("/api/v1/companies/{id}")).await.ok()["status"].clone();
        assert_eq!((status(&lead).await, status(&prospect).await), (json!("LEAD"), json!("CUSTOMER")));
        // Nothing chosen, too many, or what is no id.
        let many = vec![new_id().to_string(); 101].join(",");
        for ids in ["", "x", many.as_str()] {
            send(&office, "/panel/companies/status", &[("ids", ids)]).await.page(400);
        }
        assert_eq!(office.get("/panel/companies/status").await.leads_to(), "/panel/companies");
        t.doctor().await.call(reqwest::Method::POST, "/panel/companies/status").form(&both).await.page(403);
    })
    .await;
}

#[tokio::test]
async fn one_professional_is_assigned_to_many_workplaces() {
    with_tenant(async |t| {
        let office = t.office().await;
        let customer = company(&office, "Yıldız Metal").await;
        let (one, two) =
            (workplace(&office, &customer, DANGEROUS).await, workplace(&office, &customer, DANGEROUS).await);
        let (expert, _) = t.insert_user("EXPERT", None, false).await;
        let body = json!({"staffId": expert, "workplaceId": one, "kind": "SAFETY_EXPERT", "startsOn": "2026-01-01"});
        office.post("/api/v1/assignments", body).await.created();
        let (ids, staff) = (format!("{one},{two}"), expert.to_string());
        let sent = [
            ("ids", ids.as_str()),
            ("confirmed", "true"),
            ("staffId", staff.as_str()),
            ("kind", "SAFETY_EXPERT"),
            ("startsOn", "01.02.2026"),
        ];
        let unsaid = send(&office, "/panel/workplaces/assign", &sent[..2]).await;
        assert!(
            ["staffId", "kind", "startsOn"].iter().all(|f| unsaid.page(400).contains(&format!("id=\"f-{f}-error\"")))
        );
        let result = send(&office, "/panel/workplaces/assign", &sent).await;
        assert!(result.page(200).contains("1 kayıtta yapıldı, 1 kayıtta yapılamadı"), "{}", result.text);
        assert_eq!(office.get(&format!("/api/v1/assignments?workplaceId={two}")).await.total(), 1);
    })
    .await;
}

#[tokio::test]
async fn many_employments_end_on_one_day() {
    with_tenant(async |t| {
        let office = t.office().await;
        let plant = workplace(&office, &company(&office, "Yıldız Metal").await, DANGEROUS).await;
        let old = id(&employee(&office, &plant, &json!({"firstName": "Ali"})).await);
        let late = id(&employee(&office, &plant, &json!({"firstName": "Veli", "startDate": "2026-10-01"})).await);
        let ids = format!("{old},{late}");
        let sent =
            [("ids", ids.as_str()), ("confirmed", "true"), ("endDate", "30.06.2026"), ("reason", "İşyeri kapandı")];
        let result = send(&office, "/panel/employees/terminate", &sent).await;
        let html = result.page(200);
        assert!(html.contains("1 kayıtta yapıldı, 1 kayıtta yapılamadı") && html.contains("Veli"), "{html}");
        assert_eq!(office.get("/api/v1/employees?isActive=true").await.total(), 1);
    })
    .await;
}
