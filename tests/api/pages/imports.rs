//! The import of employees, step by step as a browser without script takes them, and what is refused on the way.

use reqwest::Method;
use tests::harness::{Answer, Client, Tenant, employee_list, eventually, with_tenant};

use crate::companies::{DANGEROUS, company, id, workplace};

/// A form with a file.
async fn send(by: &Client, address: &str, fields: &[(&str, &str)], file: Option<(&str, &str)>) -> Answer {
    let head = |rest: &str| format!("--line\r\nContent-Disposition: form-data; {rest}");
    let mut parts: Vec<String> =
        fields.iter().map(|(name, value)| head(&format!("name=\"{name}\"\r\n\r\n{value}\r\n"))).collect();
    let (name, bytes) = file.unwrap_or_default();
    let kind = "Content-Type: application/octet-stream";
    parts.push(head(&format!("name=\"file\"; filename=\"{name}\"\r\n{kind}\r\n\r\n{bytes}\r\n--line--\r\n")));
    by.call(Method::POST, address).text("multipart/form-data; boundary=line", &parts.concat()).await
}

/// A company with a workplace, and the address of the form for its file.
async fn register(t: &Tenant) -> (Client, String, String) {
    let office = t.office().await;
    let company = company(&office, "Yıldız Metal").await;
    workplace(&office, &company, DANGEROUS).await;
    let form = format!("/imports/new?companyId={company}");
    (office, company, form)
}

/// The page of an import once nothing is under way.
async fn settled(by: &Client, page: &str) -> String {
    eventually("the job to end", async || {
        let html = by.get(page).await.page(200).to_owned();
        (!html.contains("hx-trigger=\"every 2s\"")).then_some(html)
    })
    .await
}

#[tokio::test]
async fn without_script_a_file_is_checked_mapped_and_applied() {
    with_tenant(async |t| {
        let (office, company, form) = register(t).await;
        assert!(office.get("/imports/new").await.page(200).contains(&form), "the companies to choose from");
        let key = office.get(&form).await.input("_key");
        // Of three rows one has no start date, and one column has a name that nobody knows.
        let list =
            "Ad;Soyad;Ne zaman;Telefon\r\nAli;Can;01.02.2024;0532 123 45 67\r\nAyşe;Öz;;\r\nVeli;Şen;03.02.2024;\r\n";
        let sent = send(&office, &form, &[("_key", &key)], Some(("çalışanlar.csv", list))).await;
        let page = sent.leads_to().to_owned();
        // Sent twice it is one file, whatever line the browser draws between its fields.
        assert_eq!(send(&office, &form, &[("_key", &key)], Some(("çalışanlar.csv", list))).await.leads_to(), page);
        assert_eq!(office.get("/api/v1/imports").await.total(), 1);

        let html = settled(&office, &page).await;
        assert!(html.contains("hangi sütunda olduğu anlaşılamadı") && html.contains("İşe giriş tarihi"), "{html}");
        let check = format!("{page}/check");
        let columns = [("mapped", "true"), ("column1", "firstName"), ("column2", "lastName"), ("column3", "firstName")];
        let refused = office.call(Method::POST, &check).form(&columns).await;
        assert!(refused.page(400).contains("id=\"f-column3-error\""), "{}", refused.page(400));
        let columns = [columns[0], columns[1], columns[2], ("column3", "startDate"), ("column4", "phone")];
        assert_eq!(office.call(Method::POST, &check).form(&columns).await.leads_to(), page);

        let html = settled(&office, &page).await;
        assert!(html.contains("3. satır") && html.contains("<strong>Ne zaman</strong>"), "{html}");
        assert!(html.contains("2 çalışanı ekle"), "{html}");
        let apply = format!("{page}/apply");
        let refused = office.call(Method::POST, &apply).form(&[("skipErrors", "false")]).await;
        assert!(refused.page(422).contains("hatalı satırlar var"));
        let fields = [("skipErrors", "false"), ("skipErrors", "true")];
        assert_eq!(office.call(Method::POST, &apply).form(&fields).await.leads_to(), page);
        assert!(settled(&office, &page).await.contains("2 çalışan eklendi."));
        assert_eq!(office.get(&format!("/api/v1/employees?companyId={company}")).await.total(), 2);
        assert!(office.get("/imports").await.page(200).contains("çalışanlar.csv"));
        // It is over: neither check nor apply does it again.
        office.call(Method::POST, &apply).form(&[]).await.page(409);
        office.call(Method::POST, &check).form(&[]).await.page(409);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_list_is_refused_where_the_file_is_chosen() {
    with_tenant(async |t| {
        let (office, _, form) = register(t).await;
        let too_large = format!("Ad;Soyad\r\n{}", "Ali;Can\r\n".repeat(500_000));
        for (file, status, text) in [
            (None, 400, "Bir dosya seçin."),
            (Some(("boş.csv", "")), 400, "Dosya boş."),
            (Some(("liste.pdf", "%PDF-1.7 a;b")), 422, "CSV ya da Excel"),
            (Some(("sayfa.csv", "<html>a;b</html>")), 422, "CSV ya da Excel"),
            (Some(("uzun.csv", too_large.as_str())), 413, "en çok 4 MB"),
        ] {
            let sent = send(&office, &form, &[], file).await;
            let html = sent.page(status);
            let at_file = html.split("id=\"f-file-error\"").nth(1).unwrap_or_else(|| panic!("{text}: {html}"));
            assert!(at_file.split("</div>").next().unwrap().contains(text), "{text}: {html}");
        }
        assert_eq!(office.get("/api/v1/imports").await.total(), 0);
        let broken =
            office.call(Method::POST, &form).text("multipart/form-data; boundary=line", "--line\r\nnonsense").await;
        broken.page(400);
        office.call(Method::POST, &form).text("multipart/form-data", "nonsense").await.page(415);
        office.call(Method::POST, &form).form(&[("file", "x")]).await.page(415);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_goes_past_the_function_is_announced_and_refused_likewise() {
    with_tenant(async |t| {
        let (office, company, _) = register(t).await;
        let announce = format!("/imports/announce?companyId={company}");
        let say = async |name: &str, length: &str| {
            office.call(Method::POST, &announce).form(&[("fileName", name), ("length", length)]).await
        };
        let sending = say("liste.csv", "120").await;
        let html = sending.page(200);
        assert!(html.contains("data-put=\"http") && html.contains("/check\""), "{html}");
        for (name, length, status, text) in [
            ("liste.xlsx", "5242881", 413, "en çok 5 MB"),
            ("liste.xlsx", "0", 400, "Dosya boş."),
            ("", "100", 400, "zorunlu"),
        ] {
            let refused = say(name, length).await;
            assert!(
                refused.page(status).contains("id=\"f-file-error\"") && refused.page(status).contains(text),
                "{text}"
            );
        }
        // The file has not come yet: its page says so, and there is nothing to check.
        let import = office.get("/api/v1/imports").await.rows();
        let page = format!("/imports/{}", id(&import[0]));
        assert!(office.get(&page).await.page(200).contains("Yeniden yükleyin"));
        assert!(
            office.call(Method::POST, &format!("{page}/check")).form(&[]).await.page(409).contains("henüz yüklenmemiş")
        );
    })
    .await;
}

#[tokio::test]
async fn strangers_find_nothing_and_a_customers_user_brings_the_own_employees() {
    with_tenant(async |t| {
        let (office, own, form) = register(t).await;
        let other = company(&office, "Başka").await;
        let place = workplace(&office, &other, DANGEROUS).await;
        let list = employee_list(2);
        let sent = send(&office, &form, &[("workplaceId", &place)], Some(("liste.csv", &list))).await;
        assert!(sent.page(404).contains("id=\"f-workplaceId-error\""), "a workplace of another company");
        let made_up = "/imports/new?companyId=01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f";
        office.get(made_up).await.page(404);
        send(&office, made_up, &[], Some(("liste.csv", &list))).await.page(404);
        send(&office, "/imports/new", &[], Some(("liste.csv", &list))).await.page(404);
        office.get("/imports/01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f").await.page(404);
        t.doctor().await.get("/imports").await.page(403);
        t.expert().await.get(&form).await.page(403);

        let client = t.client_of(&own).await;
        assert!(client.get("/imports/new").await.page(200).contains("name=\"file\""));
        client.get(&format!("/imports/new?companyId={other}")).await.page(404);
        let sent = send(&client, "/imports/new", &[], Some(("liste.csv", &list))).await;
        let page = sent.leads_to().to_owned();
        assert!(settled(&client, &page).await.contains("2 çalışanı ekle"));
        t.client_of(&other).await.get(&page).await.page(404);
        let other_tenant = Tenant::new().await;
        other_tenant.admin().await.get(&page).await.page(404);
    })
    .await;
}

#[tokio::test]
async fn the_sample_is_a_file_that_is_understood() {
    with_tenant(async |t| {
        let (office, _, form) = register(t).await;
        let sample = office.get("/imports/sample").await;
        assert!(sample.header("content-disposition").unwrap().starts_with("attachment"));
        let row = "10000000146;Ali;Can;01.02.2024;Kaynakçı;Üretim;01.02.1990;Erkek;;;;;Merkez\r\n";
        let list = format!("{}{row}", sample.text);
        let sent = send(&office, &form, &[], Some(("liste.csv", &list))).await;
        assert!(settled(&office, sent.leads_to()).await.contains("1 çalışanı ekle"));
        let english = office.get("/imports/sample").header("accept-language", "en").await;
        assert!(english.text.contains("First name;Last name"), "{}", english.text);
    })
    .await;
}
