//! A workplace's forms: the new one, the danger class, assignments.

use serde_json::json;
use tests::harness::with_tenant;

use super::{fill, send_again};
use crate::companies::{DANGEROUS, company, id, workplace};

#[tokio::test]
async fn a_workplace_is_added_to_the_company_that_the_address_names() {
    with_tenant(async |t| {
        let office = t.office().await;
        let customer = company(&office, "Yıldız Metal").await;
        let path = format!("/panel/workplaces/new?companyId={customer}");
        let form = office.get(&path).await;
        assert!(form.page(200).contains("name=\"_shows.companyId\" value=\"Yıldız Metal\""));
        let wrong = [("companyId", customer.as_str()), ("title", "G"), ("sgkNo", "123"), ("closedAt", "30.02.2026")];
        let refused = send_again(&office, "/panel/workplaces/new", &form, &wrong).await;
        for field in ["title", "sgkNo", "closedAt"] {
            assert!(refused.page(400).contains(&format!("id=\"f-{field}-error\"")), "{field}");
        }
        assert_eq!(refused.input("closedAt"), "30.02.2026");
        let right = [
            ("companyId", customer.as_str()),
            ("title", "Gebze Fabrika"),
            ("naceCode", "25.11.06"),
            ("openedAt", "1.2.2020"),
        ];
        let made = send_again(&office, "/panel/workplaces/new", &refused, &right).await;
        let shown = office.get(made.leads_to()).await;
        let html = shown.page(200);
        assert!(html.contains("Gebze Fabrika") && html.contains("25.11.06") && html.contains("01.02.2020"), "{html}");
        let foreign = [("companyId", "01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f"), ("title", "Gebze Fabrika")];
        let nowhere = fill(&office, "/panel/workplaces/new", &foreign).await;
        assert!(nowhere.page(404).contains("id=\"f-companyId-error\""));
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_into_a_combobox_is_looked_up() {
    with_tenant(async |t| {
        let office = t.office().await;
        let (metal, _) = (company(&office, "Yıldız Metal").await, company(&office, "Yıldız Gıda").await);
        let path = "/panel/workplaces/new";
        let typed = |text: &'static str| {
            [("companyId", ""), ("_shows.companyId", ""), ("_text.companyId", text), ("title", "Gebze Fabrika")]
        };
        let several = fill(&office, path, &typed("yıldız")).await;
        let html = several.page(400);
        assert!(html.contains("birini seçin") && html.contains(&format!("value=\"{metal}\"")), "{html}");
        assert!(fill(&office, path, &typed("Demir")).await.page(400).contains("eşleşen bir kayıt yok"));
        let made = fill(&office, path, &typed("YILDIZ METAL")).await;
        assert!(office.get(made.leads_to()).await.page(200).contains("Yıldız Metal"));
        let list = office.get("/panel/workplaces?companyId=&_text.companyId=yildiz+metal&_shows.companyId=").await;
        assert_eq!(list.leads_to(), format!("/panel/workplaces?companyId={metal}").replace('-', "%2D"));
        let open = office.get("/panel/workplaces?companyId=&_text.companyId=Demir&_shows.companyId=").await;
        assert!(open.page(200).contains("id=\"f-companyId-error\""));
    })
    .await;
}

#[tokio::test]
async fn a_danger_class_is_decided_with_its_reason_and_goes_back() {
    with_tenant(async |t| {
        let office = t.office().await;
        let plant = workplace(&office, &company(&office, "Yıldız Metal").await, DANGEROUS).await;
        let (path, step) = (format!("/panel/workplaces/{plant}"), format!("/panel/workplaces/{plant}/danger-class"));
        let refused = fill(&office, &step, &[("dangerClass", "VERY_DANGEROUS"), ("reason", "")]).await;
        assert!(refused.page(400).contains("id=\"f-reason-error\""));
        let fields = [("dangerClass", "VERY_DANGEROUS"), ("reason", "ÇSGB kararı 2026/14")];
        assert_eq!(send_again(&office, &step, &refused, &fields).await.leads_to(), path);
        let html = office.get(&path).await.page(200).to_owned();
        assert!(html.contains("ÇSGB kararı 2026/14") && html.contains("Çok tehlikeli"), "{html}");
        fill(&office, &step, &[("dangerClass", ""), ("reason", "Karar kaldırıldı")]).await.leads_to();
        assert_eq!(office.get(&format!("/api/v1{}", &path["/panel".len()..])).await.ok()["dangerClass"], "DANGEROUS");
    })
    .await;
}

#[tokio::test]
async fn an_assignment_is_made_changed_and_deleted_on_the_workplaces_pages() {
    with_tenant(async |t| {
        let office = t.office().await;
        let plant = workplace(&office, &company(&office, "Yıldız Metal").await, DANGEROUS).await;
        let (expert, _) = t.insert_user("EXPERT", None, false).await;
        let expert = expert.to_string();
        let step = format!("/panel/workplaces/{plant}/assign");
        let form = office.get(&step).await;
        assert!(form.page(200).contains(&format!("<option value=\"{expert}\">")));
        assert!(!form.text.contains(&format!("<option value=\"{}\">", office.user)), "an office clerk serves nowhere");
        let fields = |kind| {
            [
                ("workplaceId", plant.as_str()),
                ("staffId", expert.as_str()),
                ("kind", kind),
                ("startsOn", "01.01.2026"),
                ("monthlyMinutes", "1.200"),
            ]
        };
        let refused = send_again(&office, &step, &form, &fields("PHYSICIAN")).await;
        assert!(refused.page(422).contains("id=\"f-kind-error\""));
        let back = send_again(&office, &step, &refused, &fields("SAFETY_EXPERT")).await;
        assert_eq!(back.leads_to(), format!("/panel/workplaces/{plant}#assignments"));
        let made = office.get(&format!("/api/v1/assignments?workplaceId={plant}")).await.rows();
        assert_eq!(made[0]["monthlyMinutes"], json!(1200));
        let edit = format!("/panel/workplaces/assignments/{}/edit", id(&made[0]));
        let shown = [("kind", "SAFETY_EXPERT"), ("startsOn", "01.01.2026"), ("monthlyMinutes", "1.200")];
        let early = [&shown[..], &[("endsOn", "31.12.2025")]].concat();
        assert!(fill(&office, &edit, &early).await.page(422).contains("id=\"f-endsOn-error\""));
        fill(&office, &edit, &[&shown[..], &[("endsOn", "30.06.2026")]].concat()).await.leads_to();
        let now = office.get(&format!("/api/v1/assignments/{}", id(&made[0]))).await.ok();
        assert_eq!((&now["endsOn"], &now["startsOn"]), (&json!("2026-06-30"), &json!("2026-01-01")));
        fill(&office, &edit.replace("/edit", "/delete"), &[]).await.leads_to();
        office.get(&edit).await.page(404);
    })
    .await;
}
