//! The audit trail as a page.

use serde_json::json;
use tests::harness::with_tenant;

#[tokio::test]
async fn an_administrator_reads_who_changed_what_in_words() {
    with_tenant(async |t| {
        let (office, admin) = (t.office().await, t.admin().await);
        let company = json!({"name": "Işık Metal", "status": "LEAD"});
        let company = office.post("/api/v1/companies", company).await.created();
        let path = format!("/api/v1/companies/{}", company["id"].as_str().unwrap());
        office.patch(&path, json!({"version": 1, "name": "Işık <b>Metal</b> A.Ş.", "isActive": false})).await.ok();
        let list = format!("/panel/audit?entity=company&entityId={}", company["id"].as_str().unwrap());
        let shown = admin.get(&list).await;
        let html = shown.page(200);
        assert!(
            html.contains("<dt>Ad</dt><dd><del>Işık Metal</del> <ins>Işık &#60;b&#62;Metal&#60;/b&#62; A.Ş.</ins>"),
            "{html}"
        );
        assert!(html.contains("<dt>Etkin</dt><dd><del>Evet</del> <ins>Hayır</ins>"), "{html}");
        assert!(html.contains(&format!("href=\"/panel/companies/{}\"", company["id"].as_str().unwrap())), "{html}");
        let entry = html.split("href=\"/panel/audit/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let entry = admin.get(&format!("/panel/audit/{entry}")).header("accept-language", "en").await;
        assert!(entry.page(200).contains("<dt>Active</dt><dd><del>Yes</del> <ins>No</ins>"), "{}", entry.page(200));
        for stranger in [office, t.doctor().await] {
            stranger.get("/panel/audit").await.page(403);
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_says_which_record_it_is_about_deleted_ones_too() {
    with_tenant(async |t| {
        let (office, admin) = (t.office().await, t.admin().await);
        let company = office.post("/api/v1/companies", json!({"name": "Işık Metal"})).await.created();
        let company = company["id"].as_str().unwrap().to_owned();
        let workplace = json!({"companyId": company, "title": "Merkez fabrika", "naceCode": "25.11.06"});
        let workplace = office.post("/api/v1/workplaces", workplace).await.created();
        let employee = json!({"workplaceId": workplace["id"], "firstName": "Mehmet", "lastName": "Öztürk",
            "tckn": "10000000146", "startDate": "2024-03-01"});
        let employee = office.post("/api/v1/employees", employee).await.created();
        let id = employee["id"].as_str().unwrap();
        admin.get(&format!("/panel/employees/{id}")).await.page(200);
        office.patch(&format!("/api/v1/employees/{id}"), json!({"version": 1, "phone": "02125550099"})).await.ok();
        admin.get(&format!("/api/v1/employees/{id}?reveal=true")).await.ok();
        let shown = admin.get(&format!("/panel/audit?entityId={id}")).await;
        let html = shown.page(200);
        assert_eq!(html.matches(">Mehmet Öztürk</a>").count(), 3, "{html}");
        assert!(html.contains("<dt>Alanlar</dt><dd>T.C. kimlik no</dd>"), "{html}");
        assert!(html.contains("boştu →</span> <ins>0(212) 555 00 99</ins>"), "{html}");
        // The workplace is named, not numbered, on the page of the entry that made the employee.
        let made = html.split("href=\"/panel/audit/").skip(1).filter_map(|rest| rest.split('"').next());
        let made = admin.get(&format!("/panel/audit/{}", made.last().unwrap())).await;
        assert!(made.page(200).contains("Eklendi · Çalışan: Mehmet Öztürk"), "{}", made.text);
        assert!(made.text.contains("<dt>İşyeri</dt><dd>Merkez fabrika</dd>"), "{}", made.text);

        let gone = office.post("/api/v1/companies", json!({"name": "Giden Ltd."})).await.created();
        let gone = gone["id"].as_str().unwrap();
        admin.delete(&format!("/api/v1/companies/{gone}"), 1).await;
        let shown = admin.get(&format!("/panel/audit?entityId={gone}")).await;
        assert_eq!(shown.page(200).matches("Giden Ltd. (silinmiş)").count(), 2, "{}", shown.text);
        assert!(!shown.text.contains(&format!("href=\"/panel/companies/{gone}\"")), "{}", shown.text);
    })
    .await;
}

#[tokio::test]
async fn what_an_address_says_wrongly_is_told_or_ignored() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        t.company().await;
        for query in
            ["?action=DANCE", "?from=dün", "?cursor=nonsense", "?q=a", "?limit=900", "?utm=1", "?from=01.01.2026"]
        {
            admin.get(&format!("/panel/audit{query}")).await.page(200);
        }
        let refused = admin.get("/panel/audit?from=02.01.2026&to=01.01.2026").await;
        assert!(refused.page(400).contains("role=\"alert\""), "{}", refused.page(400));
        admin.get("/panel/audit/01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f").await.page(404);
        admin.get("/panel/audit/nonsense").await.page(404);
    })
    .await;
}

#[tokio::test]
async fn a_long_trail_is_read_on_and_on() {
    with_tenant(async |t| {
        let (office, admin) = (t.office().await, t.admin().await);
        for number in 0..3 {
            office.post("/api/v1/companies", json!({"name": format!("Şirket {number}")})).await.created();
        }
        let mut address = "/panel/audit?entity=company&limit=2".to_owned();
        let first = admin.get(&address).await.page(200).to_owned();
        let next = first.split("rel=\"next\"").next().and_then(|before| before.rsplit("href=\"").next()).unwrap();
        address = next.split('"').next().unwrap().replace("&#38;", "&");
        let second = admin.get(&address).await.page(200).to_owned();
        assert!(first.contains("Şirket 2") && second.contains("Şirket 0") && !second.contains("Şirket 2"), "{second}");
        assert!(!second.contains("rel=\"next\""));
    })
    .await;
}
