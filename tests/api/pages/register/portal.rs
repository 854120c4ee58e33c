//! What a customer's user does in the portal, and where it ends.

use serde_json::json;
use tests::harness::with_tenant;

use super::{fill, send};
use crate::companies::{DANGEROUS, company, employee, id, workplace};

#[tokio::test]
async fn a_customer_sees_his_own_and_nobody_elses() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let (own, other) = (company(&admin, "Yıldız Metal").await, company(&admin, "Çınar Gıda").await);
        let client = t.client_of(&own).await;
        let mut ids = Vec::new();
        for customer in [&own, &other] {
            let plant = workplace(&admin, customer, DANGEROUS).await;
            let person = id(&employee(&admin, &plant, &json!({"position": "Operatör"})).await);
            ids.push((plant, person));
        }
        let (mine, theirs) = (&ids[0], &ids[1]);
        for path in ["/portal/workplaces", "/portal/employees"] {
            let html = client.get(path).await.page(200).to_owned();
            assert!(!html.contains(&theirs.0) && !html.contains(&theirs.1), "{path}");
            assert!(html.contains(&mine.0) || html.contains(&mine.1), "{path}");
            assert!(
                !html.contains("/panel/workplaces") && !html.contains("/panel/companies/"),
                "{path} leads elsewhere"
            );
        }
        client.get(&format!("/portal/workplaces/{}", mine.0)).await.page(200);
        client.get(&format!("/portal/employees/{}", mine.1)).await.page(200);
        for base in ["/portal", "/panel"] {
            client.get(&format!("{base}/workplaces/{}", theirs.0)).await.page(404);
            for rest in ["", "/edit", "/terminate"] {
                client.get(&format!("{base}/employees/{}{rest}", theirs.1)).await.page(404);
            }
        }
        let foreign = [
            ("workplaceId", theirs.0.as_str()),
            ("firstName", "Ali"),
            ("lastName", "Kaya"),
            ("startDate", "01.03.2026"),
            ("employmentType", "FULL_TIME"),
        ];
        assert!(
            fill(&client, "/portal/employees/new", &foreign).await.page(404).contains("id=\"f-workplaceId-error\"")
        );
        let end = [("_version", "1"), ("endDate", "01.06.2026"), ("reason", "İstifa")];
        send(&client, &format!("/portal/employees/{}/terminate", theirs.1), &end).await.page(404);
        let many = [("ids", theirs.1.as_str()), ("confirmed", "true"), ("endDate", "01.06.2026"), ("reason", "İstifa")];
        send(&client, "/portal/employees/terminate", &many).await.page(200);
        assert_eq!(admin.get(&format!("/api/v1/employees/{}", theirs.1)).await.ok()["version"], json!(1));
    })
    .await;
}

#[tokio::test]
async fn a_customer_adds_and_ends_his_own_employments() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let customer = company(&admin, "Yıldız Metal").await;
        let plant = workplace(&admin, &customer, DANGEROUS).await;
        let client = t.client_of(&customer).await;
        let form = client.get("/portal/employees/new").await;
        assert!(form.page(200).contains(&format!("<option value=\"{plant}\">")), "his workplaces are there to choose");
        let fields = [
            ("workplaceId", plant.as_str()),
            ("firstName", "Ali"),
            ("lastName", "Kaya"),
            ("startDate", "01.03.2026"),
            ("employmentType", "FULL_TIME"),
        ];
        let made = fill(&client, "/portal/employees/new", &fields).await;
        let path = made.leads_to().to_owned();
        assert!(path.starts_with("/portal/employees/"));
        let step = format!("{path}/terminate");
        assert_eq!(fill(&client, &step, &[("endDate", "30.06.2026"), ("reason", "İstifa")]).await.leads_to(), path);
        // What belongs to staff is refused, whatever is sent.
        let group = [&fields[..], &[("isPregnant", "true")]].concat();
        fill(&client, "/portal/employees/new", &group).await.page(403);
    })
    .await;
}
