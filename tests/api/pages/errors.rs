//! Errors: a page for a browser, the envelope for a program.

use tests::harness::{Client, with_tenant};

#[tokio::test]
async fn an_address_that_nobody_has_is_a_page_to_a_browser_and_the_envelope_to_a_program() {
    let nobody = Client::anonymous();
    let shown = nobody.get("/nothing-here").header("accept", "text/html").await;
    assert!(shown.page(404).contains(shown.header("x-request-id").unwrap()));
    nobody.get("/nothing-here").await.fails(404, "NOT_FOUND");
    nobody.get("/api/v1/nothing-here").header("accept", "text/html,*/*;q=0.8").await.fails(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_page_says_in_its_head_that_nothing_foreign_runs_and_nothing_is_kept() {
    let login = Client::anonymous().get("/login").await;
    login.page(200);
    let policy = login.header("content-security-policy").unwrap();
    for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part) && !policy.contains("unsafe"), "{policy}");
    }
    assert_eq!(login.header("cache-control"), Some("private, no-store"));
    assert_eq!(login.header("referrer-policy"), Some("same-origin"));
}

#[tokio::test]
async fn a_role_that_may_never_see_a_page_is_told_so_and_a_foreign_record_is_not_there() {
    with_tenant(async |t| {
        let doctor = t.doctor().await;
        // The ways stay, and what is refused is said once.
        let refused = doctor.get("/panel/companies/new").await;
        assert!(refused.page(403).contains("href=\"/panel/companies\""), "{}", refused.text);
        assert_eq!(refused.text.matches("yetkiniz yok").count(), 2, "the title and the head: {}", refused.text);
        assert!(
            doctor.get("/panel/nobody-here").header("accept", "text/html").await.page(404).contains("/panel/profile")
        );
        let office = t.office().await;
        office.get("/panel/companies/01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f").await.page(404);
        office.get("/panel/companies/no-id").await.page(404);
    })
    .await;
}

#[tokio::test]
async fn the_panel_is_not_there_for_a_customers_user_nor_the_portal_for_staff() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = crate::companies::company(&office, "Yıldız").await;
        let client = t.client_of(&company).await;
        for path in ["/panel/companies", "/panel/find?q=yildiz", "/panel/find/options?q=yildiz"] {
            client.get(path).await.page(404);
            office.get(path).await.page(200);
        }
        client.get(&format!("/panel/companies/{company}")).await.page(404);
        assert_eq!(client.get("/panel").await.leads_to(), "/portal");
        assert_eq!(office.get("/portal").await.leads_to(), "/panel");
    })
    .await;
}

#[tokio::test]
async fn the_language_is_the_readers_choice_then_the_browsers_then_turkish() {
    let nobody = Client::anonymous();
    let speaks = async |language: &str, cookie: &str| {
        let login = nobody.get("/login").header("accept-language", language).header("cookie", cookie).await;
        login.page(200).split("<html lang=\"").nth(1).unwrap()[..2].to_owned()
    };
    assert_eq!(speaks("", "").await, "tr");
    assert_eq!(speaks("en-GB,en;q=0.9", "").await, "en");
    assert_eq!(speaks("en-GB,en;q=0.9", "language=tr").await, "tr");
    assert_eq!(speaks("tr", "language=en").await, "en");
    let chosen =
        nobody.call(reqwest::Method::POST, "/preferences").form(&[("language", "en"), ("next", "//evil.test")]).await;
    assert_eq!(chosen.leads_to(), "/");
    assert!(chosen.header("set-cookie").unwrap().starts_with("language=en;"));
}

#[tokio::test]
async fn an_address_with_strange_names_and_values_still_shows_the_list() {
    with_tenant(async |t| {
        let office = t.office().await;
        for query in ["?utm_source=x", "?status=NONSENSE", "?page=0&limit=abc", "?q=a", "?sort=nonsense", "?q=%ff"] {
            office.get(&format!("/panel/companies{query}")).await.page(200);
        }
    })
    .await;
}
