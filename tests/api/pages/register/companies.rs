//! A company's steps: another status, the deletion that explains itself, and the way back.

use serde_json::json;
use tests::harness::{tckn, with_tenant};

use super::{fill, send_again};
use crate::companies::{DANGEROUS, company, employee, workplace};

#[tokio::test]
async fn a_lost_customer_needs_a_reason_and_the_form_keeps_what_was_chosen() {
    with_tenant(async |t| {
        let office = t.office().await;
        let path = format!("/panel/companies/{}", company(&office, "Yıldız Metal").await);
        let step = format!("{path}/status");
        let html = office.get(&step).await.page(200).to_owned();
        // From LEAD a company goes to two places only.
        assert!(html.contains("value=\"PROSPECT\"") && html.contains("value=\"CHURNED\""));
        assert!(!html.contains("value=\"CUSTOMER\""));
        let refused = fill(&office, &step, &[("to", "CHURNED"), ("reason", "")]).await;
        assert!(refused.page(400).contains("id=\"f-reason-error\""));
        assert!(refused.text.contains("value=\"CHURNED\" checked"));
        let done = send_again(&office, &step, &refused, &[("to", "CHURNED"), ("reason", "Rakibe geçti")]).await;
        assert_eq!(done.leads_to(), path);
        assert!(office.get(&path).await.page(200).contains("Rakibe geçti"));
    })
    .await;
}

#[tokio::test]
async fn a_step_that_somebody_else_overtook_says_so_and_goes_on_from_there() {
    with_tenant(async |t| {
        let (ayse, mehmet) = (t.office().await, t.admin().await);
        let customer = company(&ayse, "Yıldız Metal").await;
        let step = format!("/panel/companies/{customer}/status");
        let form = ayse.get(&step).await;
        mehmet.patch(&format!("/api/v1/companies/{customer}"), json!({"version": 1, "source": "Fuar"})).await.ok();
        let fields = [("to", "PROSPECT"), ("reason", "")];
        let asked = send_again(&ayse, &step, &form, &fields).await;
        assert!(!asked.page(409).contains("_choose."), "a step has nothing to choose from");
        assert_eq!(asked.input("_version"), "2");
        send_again(&ayse, &step, &asked, &fields).await.leads_to();
        assert_eq!(ayse.get(&format!("/api/v1/companies/{customer}")).await.ok()["status"], "PROSPECT");
    })
    .await;
}

#[tokio::test]
async fn a_deletion_names_what_stands_in_the_way_and_a_deleted_company_comes_back() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let customer = company(&admin, "Yıldız Metal").await;
        let plant = workplace(&admin, &customer, DANGEROUS).await;
        employee(&admin, &plant, &json!({"tckn": tckn(7)})).await;
        let step = format!("/panel/companies/{customer}/delete");
        let html = admin.get(&step).await.page(200).to_owned();
        assert!(html.contains(&format!("/panel/workplaces?companyId={customer}")), "{html}");
        assert!(
            html.contains("1 işyeri") && html.contains("1 çalışan") && !html.contains(&format!("action=\"{step}\""))
        );
        // Whoever sends the form nevertheless is told the same.
        let version = [("_version", "1")];
        let refused = super::send(&admin, &step, &version).await;
        assert!(refused.page(409).contains("1 işyeri"));

        let empty = company(&admin, "Boş Ltd.").await;
        let step = format!("/panel/companies/{empty}/delete");
        assert_eq!(fill(&admin, &step, &[]).await.leads_to(), "/panel/companies");
        admin.get(&format!("/panel/companies/{empty}")).await.page(404);
        let back = format!("/panel/companies/{empty}/restore");
        assert_eq!(fill(&admin, &back, &[]).await.leads_to(), format!("/panel/companies/{empty}"));
        admin.get(&format!("/panel/companies/{empty}")).await.page(200);
        admin.get(&back).await.page(404);
    })
    .await;
}

#[tokio::test]
async fn a_tax_number_that_is_taken_leads_to_the_company_that_has_it() {
    with_tenant(async |t| {
        let office = t.office().await;
        let body = json!({"name": "Yıldız Metal", "taxId": "4830123451"});
        let known = crate::companies::id(&office.post("/api/v1/companies", body).await.created());
        let fields = [("name", "Yıldız Metal 2"), ("kind", "EMPLOYER"), ("status", "LEAD"), ("taxId", "4830123451")];
        let refused = fill(&office, "/panel/companies/new", &fields).await;
        assert!(refused.page(409).contains(&format!("href=\"/panel/companies/{known}\"")));
        assert!(!refused.text.contains(&format!("<li>{known}</li>")), "an id is no text for people");
    })
    .await;
}
