//! `/panel/profile` and `/portal/profile`.

use serde_json::json;
use tests::harness::{Answer, Client, PASSWORD, with_tenant};

use super::{OTHER_PASSWORD, address, send, sign_in};

#[tokio::test]
async fn everybody_changes_the_own_details_and_nothing_else() {
    with_tenant(async |t| {
        let company = t.company().await["id"].as_str().unwrap().to_owned();
        for (who, path) in [(t.doctor().await, "/panel/profile"), (t.client_of(&company).await, "/portal/profile")] {
            let form = who.get(path).await;
            form.page(200);
            let wrong = send(&who, path, &form, &[("name", "U"), ("phone", "123"), ("title", "")]).await;
            let html = wrong.page(400);
            assert!(html.contains("id=\"f-name-error\"") && html.contains("id=\"f-phone-error\""), "{html}");
            assert_eq!(wrong.input("phone"), "123");
            let fields = [("name", "Umut Şahin"), ("phone", "0(532) 123 45 67"), ("title", "Hekim")];
            assert_eq!(send(&who, path, &form, &fields).await.leads_to(), path);
            let now = who.get("/api/v1/profile").await.ok();
            assert_eq!((&now["name"], &now["phone"]), (&json!("Umut Şahin"), &json!("+905321234567")));
            // A field that the form does not have is refused as the API refuses it, and changes nothing.
            let more = [("role", "ADMIN"), ("name", "Umut Şahin Kara")];
            assert_ne!(send(&who, path, &who.get(path).await, &more).await.status, 303);
            assert_eq!(who.get("/api/v1/profile").await.ok()["version"], now["version"]);
        }
        Client::anonymous().get("/portal/profile").await.leads_to();
    })
    .await;
}

#[tokio::test]
async fn another_password_ends_the_sessions_elsewhere_and_mistakes_are_told_at_their_fields() {
    with_tenant(async |t| {
        let office = t.office().await;
        let elsewhere = tests::harness::sign_in(&office.email, PASSWORD).await;
        let path = "/panel/profile/password";
        office.get(path).await.page(200);
        let change = async |current: &str, new: &str| {
            let fields = [("currentPassword", current), ("newPassword", new)];
            office.call(reqwest::Method::POST, path).form(&fields).await
        };
        for (current, new, field) in [
            ("", OTHER_PASSWORD, "currentPassword"),
            (OTHER_PASSWORD, "başka bir uzun parola", "currentPassword"),
            (PASSWORD, "kısa", "newPassword"),
            (PASSWORD, PASSWORD, "newPassword"),
        ] {
            let refused = change(current, new).await;
            let html = refused.page(400);
            assert!(html.contains(&format!("id=\"f-{field}-error\"")), "{current} {new}: {html}");
            assert!(!html.contains("value=\"kısa\"") && !html.contains(PASSWORD), "a password came back");
        }
        elsewhere.get("/panel/profile").await.page(200);
        assert_eq!(change(PASSWORD, OTHER_PASSWORD).await.leads_to(), path);
        office.get("/panel/profile").await.page(200);
        elsewhere.get("/panel/profile").await.leads_to();
        assert_eq!(sign_in(&office.email, OTHER_PASSWORD, "/login", "tr").await.leads_to(), "/panel");
    })
    .await;
}

/// The language that an answer asks the browser to keep.
fn kept(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.filter_map(|cookie| cookie.strip_prefix("language=")).map(|rest| rest[..2].to_owned()).next()
}

#[tokio::test]
async fn the_chosen_language_goes_with_the_account_and_one_that_was_not_chosen_does_not() {
    with_tenant(async |t| {
        let office = t.office().await;
        assert_eq!(kept(&sign_in(&office.email, PASSWORD, "/login", "en").await), None);
        let path = "/panel/profile/language";
        let choose = async |language: &str, next: &str| {
            office.call(reqwest::Method::POST, path).form(&[("language", language), ("next", next)]).await
        };
        let chosen = choose("en", "/panel/companies?q=x").await;
        assert_eq!((chosen.leads_to(), kept(&chosen).as_deref()), ("/panel/companies?q=x", Some("en")));
        assert_eq!(choose("en", "//evil.test").await.leads_to(), "/panel");
        choose("de", "/panel").await.page(400);
        let profile = office.get("/api/v1/profile").await.ok();
        assert_eq!((&profile["locale"], &profile["localeChosen"]), (&json!("en"), &json!(true)));
        // Another browser, whose own language is Turkish.
        assert_eq!(kept(&sign_in(&office.email, PASSWORD, "/login", "tr").await).as_deref(), Some("en"));
    })
    .await;
}

#[tokio::test]
async fn another_e_mail_is_asked_for_with_the_password_and_confirmed_by_the_page_of_its_mail() {
    with_tenant(async |t| {
        let office = t.office().await;
        let (path, new) = ("/panel/profile/email", address());
        assert!(office.get(path).await.page(200).contains(&office.email));
        let ask = async |email: &str, password: &str| {
            office.call(reqwest::Method::POST, path).form(&[("email", email), ("password", password)]).await
        };
        assert!(ask(&office.email, PASSWORD).await.page(400).contains("id=\"f-email-error\""));
        assert!(ask("yarım@", PASSWORD).await.page(400).contains("id=\"f-email-error\""));
        assert!(ask(&new, OTHER_PASSWORD).await.page(400).contains("id=\"f-password-error\""));
        assert_eq!(ask(&new, PASSWORD).await.leads_to(), path);

        let link = format!("/confirm-email/{}", t.mail_to(&new).await.token("confirm-email"));
        let nobody = Client::anonymous();
        // A program that looks at mails opens the page and changes nothing.
        let shown = nobody.get(&link).await;
        assert!(shown.page(200).contains(&new));
        office.get("/panel/profile").await.page(200);
        let token = shown.input("token");
        let confirm = || nobody.call(reqwest::Method::POST, &link).form(&[("token", &token)]);
        assert_eq!(confirm().await.leads_to(), "/login");
        confirm().await.page(410);
        office.get("/panel/profile").await.leads_to();
        assert_eq!(sign_in(&new, PASSWORD, "/login", "tr").await.leads_to(), "/panel");
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all_but_this() {
    with_tenant(async |t| {
        let office = t.office().await;
        let others = [
            tests::harness::sign_in(&office.email, PASSWORD).await,
            tests::harness::sign_in(&office.email, PASSWORD).await,
            tests::harness::sign_in(&office.email, PASSWORD).await,
        ];
        let id = others[0].get("/api/v1/auth/me").await.ok()["session"]["id"].as_str().unwrap().to_owned();
        let path = "/panel/profile/sessions";
        let own = office.get("/api/v1/auth/me").await.ok()["session"]["id"].as_str().unwrap().to_owned();
        let list = office.get(path).await;
        let html = list.page(200);
        assert!(html.contains(&format!("{path}/{id}/end")) && !html.contains(&format!("{path}/{own}/end")), "{html}");

        let post = async |who: &Client, path: &str| who.call(reqwest::Method::POST, path).form(&[]).await;
        assert_eq!(post(&office, &format!("{path}/{id}/end")).await.leads_to(), path);
        others[0].get("/panel").await.leads_to();
        post(&office, &format!("{path}/{id}/end")).await.page(404);
        // Somebody else's session is not there.
        post(&t.admin().await, &format!("{path}/{own}/end")).await.page(404);
        others[1].get("/panel").await.page(200);
        assert_eq!(post(&office, &format!("{path}/end-others")).await.leads_to(), path);
        for other in &others {
            other.get("/panel").await.leads_to();
        }
        office.get(path).await.page(200);
    })
    .await;
}
