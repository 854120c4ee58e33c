//! Forms: mistakes at their fields, one effect, and two people who change one record.

use serde_json::json;
use tests::harness::{Answer, Client, with_tenant};

/// Adds a company by the API and opens its form.
async fn edit(who: &Client, company: &str) -> Answer {
    let form = who.get(&format!("/panel/companies/{company}/edit")).await;
    form.page(200);
    form
}

/// Sends the form as it is shown, but for these fields.
async fn save(who: &Client, company: &str, form: &Answer, fields: &[(&str, &str)]) -> Answer {
    let hidden = ["_key", "_version", "_was"].map(|name| (name, form.input(name)));
    let mut sent: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sent.extend(fields);
    who.call(reqwest::Method::POST, &format!("/panel/companies/{company}/edit")).form(&sent).await
}

#[tokio::test]
async fn mistakes_come_back_at_their_fields_with_what_was_typed() {
    with_tenant(async |t| {
        let office = t.office().await;
        let sent = office
            .call(reqwest::Method::POST, "/panel/companies/new")
            .form(&[("name", "Işık <b>Metal</b>"), ("taxId", "1234567899"), ("kind", "EMPLOYER")])
            .await;
        let html = sent.page(400);
        assert_eq!(sent.input("name"), "Işık <b>Metal</b>");
        assert!(html.contains("id=\"f-taxId-error\"") && html.contains("href=\"#f-taxId\""), "{html}");
        assert!(!html.contains("<b>Metal</b>"));
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_has_one_effect() {
    with_tenant(async |t| {
        let office = t.office().await;
        let key = office.get("/panel/companies/new").await.input("_key");
        let fields = [("_key", key.as_str()), ("name", "Tek Kayıt A.Ş."), ("kind", "EMPLOYER"), ("status", "LEAD")];
        let send = || office.call(reqwest::Method::POST, "/panel/companies/new").form(&fields);
        let (first, again) = (send().await, send().await);
        assert!(first.leads_to().starts_with("/panel/companies/0"), "{}", first.leads_to());
        assert_eq!(first.leads_to(), again.leads_to());
        assert_eq!(office.get("/api/v1/companies").await.total(), 1);
        // The same form with another text is another record only when somebody says so.
        let changed = [("_key", key.as_str()), ("name", "Başka Kayıt A.Ş."), ("kind", "EMPLOYER"), ("status", "LEAD")];
        let asked = office.call(reqwest::Method::POST, "/panel/companies/new").form(&changed).await;
        asked.page(422);
        assert_ne!(asked.input("_key"), key);
        assert_eq!(office.get("/api/v1/companies").await.total(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_what_somebody_changed_is_changed() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = json!({"name": "Şahıs Ticaret", "taxId": "10000000146", "phone": "0532 123 45 67"});
        let company = office.post("/api/v1/companies", company).await.created();
        let id = company["id"].as_str().unwrap();
        let form = edit(&office, id).await;
        // The masked number comes back as it was shown, and is not a new one.
        let shown = form.input("taxId");
        assert!(shown.contains('*'), "{shown}");
        let fields = [("name", "Şahıs Ticaret"), ("taxId", shown.as_str()), ("phone", "0(533) 765 43 21")];
        assert_eq!(save(&office, id, &form, &fields).await.leads_to(), format!("/panel/companies/{id}"));
        let now = office.get(&format!("/api/v1/companies/{id}")).await.ok();
        assert_eq!((&now["taxId"], &now["phone"]), (&company["taxId"], &json!("+905337654321")));
    })
    .await;
}

#[tokio::test]
async fn two_people_see_both_values_and_choose() {
    with_tenant(async |t| {
        let (ayse, mehmet) = (t.office().await, t.admin().await);
        let company = json!({"name": "Yıldız Metal", "phone": "0532 123 45 67", "source": "Fuar"});
        let company = ayse.post("/api/v1/companies", company).await.created();
        let id = company["id"].as_str().unwrap();
        let form = edit(&ayse, id).await;
        let change = json!({"version": 1, "name": "Yıldız Metal A.Ş.", "source": "Telefon"});
        mehmet.patch(&format!("/api/v1/companies/{id}"), change).await.ok();

        let mine = [("name", "Yıldız Metal Sanayi"), ("phone", "0(533) 765 43 21"), ("source", "Fuar")];
        let asked = save(&ayse, id, &form, &mine).await;
        let html = asked.page(409);
        // The name was changed by both; the source only by the other, the telephone only by me.
        assert!(html.contains("_choose.name") && html.contains("Yıldız Metal A.Ş."), "{html}");
        assert!(!html.contains("_choose.source") && !html.contains("_choose.phone"));
        assert_eq!((asked.input("source").as_str(), asked.input("_version").as_str()), ("Telefon", "2"));

        let chosen = [("_choose.name", "theirs"), mine[0], mine[1], ("source", "Telefon")];
        assert_eq!(save(&ayse, id, &asked, &chosen).await.leads_to(), format!("/panel/companies/{id}"));
        let now = ayse.get(&format!("/api/v1/companies/{id}")).await.ok();
        assert_eq!(now["name"], "Yıldız Metal A.Ş.");
        assert_eq!((&now["phone"], &now["source"]), (&json!("+905337654321"), &json!("Telefon")));
    })
    .await;
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    with_tenant(async |t| {
        let office = t.office().await;
        let token = office.credentials().unwrap().trim_start_matches("Bearer ").to_owned();
        let cookie = format!("session={token}");
        let forged = |site: &str| {
            Client::anonymous()
                .call(reqwest::Method::POST, "/panel/companies/new")
                .header("cookie", &cookie)
                .header("sec-fetch-site", site)
                .form(&[("name", "Sahte Kayıt"), ("kind", "EMPLOYER")])
        };
        for site in ["cross-site", "same-site", "none"] {
            forged(site).await.page(403);
        }
        assert_eq!(office.get("/api/v1/companies").await.total(), 0);
        forged("same-origin").await.leads_to();
    })
    .await;
}
