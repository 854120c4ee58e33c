//! `/login`: to the sign-in and back again, with what was typed.

use serde_json::json;
use tests::harness::{Answer, Client, PASSWORD, with_tenant};

use super::cookie;

async fn sign_in(email: &str, path: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("email", email), ("password", PASSWORD), ("remember", "false")];
    fields.extend(more);
    Client::anonymous().call(reqwest::Method::POST, path).form(&fields).await
}

#[tokio::test]
async fn a_stranger_is_sent_to_the_sign_in_and_back() {
    with_tenant(async |t| {
        let office = t.office().await;
        let sent = Client::anonymous().get("/panel/companies?q=I%C5%9F%C4%B1k&page=2").await;
        let to = sent.leads_to().to_owned();
        assert_eq!(to, "/login?next=%2Fpanel%2Fcompanies%3Fq%3DI%25C5%259F%25C4%25B1k%26page%3D2");
        let back = sign_in(&office.email, &to, &[]).await;
        assert_eq!(back.leads_to(), "/panel/companies?q=I%C5%9F%C4%B1k&page=2");
        let home = Client::anonymous().with("cookie", &cookie(&back)).get("/panel").await;
        home.page(200);
        for next in ["https://evil.test/", "//evil.test", "/%5Cevil.test"] {
            assert_eq!(
                sign_in(&office.email, &format!("/login?next={next}"), &[]).await.leads_to(),
                "/panel",
                "{next}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_keeps_the_address_and_says_no_more_than_the_api() {
    with_tenant(async |t| {
        let office = t.office().await;
        let wrong = [("email", office.email.as_str()), ("password", "yanlış-parola-123")];
        let shown = Client::anonymous().call(reqwest::Method::POST, "/login").form(&wrong).await;
        shown.page(401);
        assert_eq!((shown.input("email"), shown.input("password")), (office.email.clone(), String::new()));
        assert!(!shown.text.contains("yanlış-parola-123") && shown.header("set-cookie").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_form_whose_session_has_ended_goes_on_after_the_sign_in() {
    with_tenant(async |t| {
        let office = t.office().await;
        let typed = [("name", "Yarım Kalan <A.Ş.>"), ("kind", "EMPLOYER"), ("somePassword", "gizli-kalmalı")];
        let asked = Client::anonymous()
            .call(reqwest::Method::POST, "/panel/companies/new")
            .header("sec-fetch-site", "same-origin")
            .form(&typed)
            .await;
        asked.page(401);
        let kept = asked.input("_kept");
        let resumed = sign_in(&office.email, "/login?next=%2Fpanel%2Fcompanies%2Fnew", &[("_kept", &kept)]).await;
        let html = resumed.page(200);
        assert!(html.contains("action=\"/panel/companies/new\"") && !html.contains("gizli-kalmalı"), "{html}");
        assert_eq!(resumed.input("name"), typed[0].1);
        let done = Client::anonymous()
            .with("cookie", &cookie(&resumed))
            .call(reqwest::Method::POST, "/panel/companies/new")
            .header("sec-fetch-site", "same-origin")
            .form(&[("name", &resumed.input("name")), ("kind", &resumed.input("kind"))])
            .await;
        assert!(done.leads_to().starts_with("/panel/companies/0"));
        // What we did not seal is not carried on.
        let forged = sign_in(&office.email, "/login", &[("_kept", "AAAA")]).await;
        assert_eq!(forged.leads_to(), "/panel");
    })
    .await;
}

#[tokio::test]
async fn a_customer_and_a_colleague_begin_at_different_homes() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = office.post("/api/v1/companies", json!({"name": "Çınar Gıda"})).await.created();
        let client = t.client_of(company["id"].as_str().unwrap()).await;
        assert_eq!(sign_in(&client.email, "/login", &[]).await.leads_to(), "/portal");
        assert_eq!(client.get("/panel").await.leads_to(), "/portal");
        assert_eq!(office.get("/portal").await.leads_to(), "/panel");
        client.get("/portal").await.page(200);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session_and_needs_none() {
    with_tenant(async |t| {
        let office = t.office().await;
        let session = cookie(&sign_in(&office.email, "/login", &[]).await);
        let browser = Client::anonymous().with("cookie", &session).with("sec-fetch-site", "same-origin");
        let out = |browser: &Client| browser.call(reqwest::Method::POST, "/logout").form(&[]);
        assert_eq!(out(&browser).await.leads_to(), "/login");
        assert!(browser.get("/panel").await.leads_to().starts_with("/login"));
        assert_eq!(out(&browser).await.leads_to(), "/login");
    })
    .await;
}
