//! `POST /auth/register` and `/auth/confirm-registration`

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use shared::{App, clock::Clock, config::Config};
use tests::harness::{Answer, Client, PASSWORD, database, eventually, mail_to, mails_to, with_tenant};
use tower::ServiceExt as _;
use uuid::Uuid;

use super::{OTHER_PASSWORD, address, client, sign_in, try_sign_in};

async fn register(email: &str, tenant: &str, password: &str) -> Answer {
    let body = json!({"tenantName": tenant, "name": "Ada Yıldırım", "email": email, "password": password});
    Client::anonymous().post("/api/v1/auth/register", body).await
}

async fn confirm(token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    Client::anonymous().post("/api/v1/auth/confirm-registration", body).await
}

#[tokio::test]
async fn a_registration_opens_with_the_link_of_its_mail_and_only_once() {
    let email = address();
    register(&email, "Marmara OSGB", PASSWORD).await.accepted();
    try_sign_in(&email, PASSWORD).await.fails(401, "UNAUTHORIZED");

    let token = mail_to(&email, 1).await.token("confirm-registration");
    confirm(&token, PASSWORD).await.no_content();
    let me = client(&sign_in(&email).await).get("/api/v1/auth/me").await.ok();
    assert_eq!((&me["user"]["role"], &me["tenant"]["name"]), (&json!("ADMIN"), &json!("Marmara OSGB")));
    assert!(me["permissions"].as_array().is_some_and(|list| list.contains(&json!("create_staff"))));

    confirm(&token, PASSWORD).await.fails(410, "GONE");
}

#[tokio::test]
async fn a_known_e_mail_gets_the_same_answer_and_a_further_tenant_behind_its_own_password() {
    with_tenant(async |t| {
        let (_, known) = t.insert_user("OFFICE", None, false).await;
        let unknown = address();
        let told = register(&known, "İkinci OSGB", OTHER_PASSWORD).await.accepted();
        assert_eq!(told, register(&unknown, "İkinci OSGB", OTHER_PASSWORD).await.accepted());

        // Nothing has changed for the account so far.
        let first = sign_in(&known).await;
        assert_eq!(first["user"]["tenantId"], t.id.to_string());
        confirm(&t.mail_to(&known).await.token("confirm-registration"), PASSWORD).await.no_content();
        try_sign_in(&known, OTHER_PASSWORD).await.fails(401, "UNAUTHORIZED");

        let choice = sign_in(&known).await;
        assert_eq!((&choice["tenantRequired"], &choice["accessToken"]), (&json!(true), &Value::Null));
        let tenants = choice["tenants"].as_array().expect("tenants").clone();
        let second = tenants.iter().find(|one| one["name"] == "İkinci OSGB").expect("the new tenant");
        assert_eq!((tenants.len(), &second["role"]), (2, &json!("ADMIN")));
        let body = json!({"email": known, "password": PASSWORD, "client": "mobile", "tenantId": second["id"]});
        let there = Client::anonymous().post("/api/v1/auth/login", body).await.ok();
        assert_eq!((&there["user"]["tenantId"], &there["user"]["role"]), (&second["id"], &json!("ADMIN")));
    })
    .await;
}

#[tokio::test]
async fn who_registers_a_strangers_e_mail_waits_in_vain_for_the_stranger_to_open_the_mail() {
    let email = address();
    register(&email, "Kendi OSGB", PASSWORD).await.accepted();
    let first = mail_to(&email, 1).await.token("confirm-registration");
    // The thief's registration takes the place of the owner's, which nobody has confirmed yet.
    register(&email, "Tuzak OSGB", OTHER_PASSWORD).await.accepted();
    let trap = mail_to(&email, 2).await.token("confirm-registration");
    confirm(&first, PASSWORD).await.fails(410, "GONE");
    confirm(&trap, PASSWORD).await.fails(400, "VALIDATION_ERROR").on_field("password").with_code("WRONG_PASSWORD");
    confirm(&trap, "").await.fails(400, "VALIDATION_ERROR").on_field("password");
    try_sign_in(&email, OTHER_PASSWORD).await.fails(401, "UNAUTHORIZED");

    register(&email, "Kendi OSGB", PASSWORD).await.accepted();
    let own = mail_to(&email, 3).await.token("confirm-registration");
    // A slip of the pen leaves the link good.
    confirm(&own, OTHER_PASSWORD).await.fails(400, "VALIDATION_ERROR").on_field("password");
    confirm(&own, PASSWORD).await.no_content();
    try_sign_in(&email, OTHER_PASSWORD).await.fails(401, "UNAUTHORIZED");
    let me = client(&sign_in(&email).await).get("/api/v1/auth/me").await.ok();
    assert_eq!(me["tenant"]["name"], "Kendi OSGB");
}

#[tokio::test]
async fn whoever_guesses_the_password_of_a_registration_is_locked_out() {
    let email = address();
    register(&email, "Sabır OSGB", PASSWORD).await.accepted();
    let token = mail_to(&email, 1).await.token("confirm-registration");
    for _ in 0..4 {
        confirm(&token, OTHER_PASSWORD).await.fails(400, "VALIDATION_ERROR").on_field("password");
    }
    confirm(&token, OTHER_PASSWORD).await.fails(423, "ACCOUNT_LOCKED");
    confirm(&token, PASSWORD).await.fails(423, "ACCOUNT_LOCKED");
}

#[tokio::test]
async fn the_latest_registration_of_an_unconfirmed_e_mail_counts() {
    let email = address();
    register(&email, "Eski OSGB", OTHER_PASSWORD).await.accepted();
    let first = mail_to(&email, 1).await.token("confirm-registration");
    register(&email, "Yeni OSGB", PASSWORD).await.accepted();
    let second = mail_to(&email, 2).await.token("confirm-registration");

    confirm(&first, PASSWORD).await.fails(410, "GONE");
    confirm(&second, PASSWORD).await.no_content();
    try_sign_in(&email, OTHER_PASSWORD).await.fails(401, "UNAUTHORIZED");
    let me = client(&sign_in(&email).await).get("/api/v1/auth/me").await.ok();
    assert_eq!(me["tenant"]["name"], "Yeni OSGB");
}

#[tokio::test]
async fn many_registrations_of_one_e_mail_at_once_make_one_account() {
    let email = address();
    let both = tokio::join!(register(&email, "Bir OSGB", PASSWORD), register(&email, "İki OSGB", PASSWORD));
    both.0.accepted();
    both.1.accepted();
    // One mail or two, depending on who came first; the last link that was made is the one that is good.
    let live = sqlx::query_scalar::<_, Uuid>(
        "SELECT id FROM link_tokens_rows WHERE email = ? AND used_at IS NULL AND revoked_at IS NULL",
    )
    .bind(&email)
    .fetch_one(&mut database().await)
    .await
    .expect("one link is good");
    let token = eventually("the mail with the good link", async || {
        let tokens = mails_to(&email).await.into_iter().map(|mail| mail.token("confirm-registration"));
        tokens.into_iter().find(|token| token.starts_with(&live.to_string()))
    })
    .await;
    confirm(&token, PASSWORD).await.no_content();
    assert_eq!(sign_in(&email).await["user"]["role"], "ADMIN");
}

#[tokio::test]
async fn a_password_that_a_registration_replaces_is_audited() {
    let email = address();
    register(&email, "Eski OSGB", OTHER_PASSWORD).await.accepted();
    register(&email, "Yeni OSGB", PASSWORD).await.accepted();
    let audited = sqlx::query_scalar::<_, i64>(
        "SELECT COUNT(*) FROM audit_log_rows l JOIN accounts_rows a ON a.id = l.entity_id
         WHERE a.email = ? AND l.entity = 'account' AND l.action = 'PASSWORD_CHANGE'",
    )
    .bind(&email)
    .fetch_one(&mut database().await)
    .await
    .expect("the audit trail can be read");
    assert_eq!(audited, 1);
}

#[tokio::test]
async fn a_link_that_we_did_not_make_is_unknown() {
    let email = address();
    register(&email, "Sahte OSGB", PASSWORD).await.accepted();
    let token = mail_to(&email, 1).await.token("confirm-registration");
    let middle = token.len() - 20;
    let changed = if &token[middle..=middle] == "A" { "B" } else { "A" };
    let forged = format!("{}{changed}{}", &token[..middle], &token[middle + 1..]);
    for token in [forged.as_str(), "x", &token[..token.len() - 1]] {
        confirm(token, PASSWORD).await.fails(404, "NOT_FOUND");
    }
    // The link of a registration opens nothing else.
    let body = json!({"token": token, "password": OTHER_PASSWORD});
    Client::anonymous().post("/api/v1/auth/reset-password", body).await.fails(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_password_that_is_short_common_or_full_of_names_is_refused() {
    for (password, code) in [
        ("kısa-9", "INVALID_LENGTH"),
        ("Password123!", "TOO_COMMON"),
        ("Yıldırım-kapı-88", "CONTAINS_OWN_DATA"),
        ("Karadeniz-kapı-88", "CONTAINS_OWN_DATA"),
    ] {
        register(&address(), "Karadeniz OSGB", password)
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("password")
            .with_code(code);
    }
}

/// The application of an installation that lets nobody register.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
fn closed() -> App {
    let config = Config::from_lookup(|name| match name {
        "REGISTRATION_OPEN" => Some("false".to_owned()),
        name => std::env::var(name).ok(),
    });
    App::new("tests", config.unwrap(), Clock::System).unwrap()
}

#[tokio::test]
async fn where_registration_is_closed_nobody_registers_and_the_rest_goes_on() {
    with_tenant(async |t| {
        let call = async |path: &str, body: Value| {
            let request = Request::post(path).header("content-type", "application/json");
            let request = request.header("user-agent", "prosektor-tests");
            let request = request.body(Body::from(body.to_string())).unwrap();
            let answer = identity::routes().into_router(closed()).oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            (status, serde_json::from_slice::<Value>(&body).unwrap())
        };
        let email = address();
        let body = json!({"tenantName": "Kapalı OSGB", "name": "Ada Kaya", "email": email, "password": PASSWORD});
        let (status, refused) = call("/api/v1/auth/register", body).await;
        assert_eq!((status, &refused["code"]), (403, &json!("FORBIDDEN")));
        let accounts: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM accounts_rows WHERE email = ?")
            .bind(&email)
            .fetch_one(&mut database().await)
            .await
            .expect("accounts can be counted");
        assert_eq!(accounts, 0);
        let (_, known) = t.insert_user("OFFICE", None, false).await;
        assert_eq!(call("/api/v1/auth/login", json!({"email": known, "password": PASSWORD})).await.0, 200);
    })
    .await;
}
