//! `/users/invitations` and `POST /auth/accept-invite`

use serde_json::{Value, json};
use sqlx::Connection as _;
use tests::harness::{Answer, Client, PASSWORD, Tenant, with_tenant};

use super::{OTHER_PASSWORD, address, client, link_to, sign_in, text, try_sign_in};

async fn accept(token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "name": "Deniz Kaya", "password": password});
    Client::anonymous().post("/api/v1/auth/accept-invite", body).await
}

async fn invite(by: &Client, email: &str) -> Answer {
    by.post("/api/v1/staff", json!({"email": email, "role": "EXPERT", "title": "Uzman", "certificateClass": "B"})).await
}

#[tokio::test]
async fn who_accepts_an_invitation_is_what_it_says() {
    with_tenant(async |t| {
        let (admin, email) = (t.admin().await, address());
        let invitation = invite(&admin, &email).await.created();
        assert_eq!((&invitation["status"], &invitation["role"]), (&json!("PENDING"), &json!("EXPERT")));
        let token = t.mail_to(&email).await.token("accept-invite");
        accept(&token, "kısa").await.fails(400, "VALIDATION_ERROR").on_field("password");
        accept(&token, PASSWORD).await.no_content();
        accept(&token, PASSWORD).await.fails(410, "GONE");

        let user = sign_in(&email).await["user"].clone();
        assert_eq!((&user["role"], &user["name"]), (&json!("EXPERT"), &json!("Deniz Kaya")));
        let staff = admin.get(&format!("/api/v1/staff/{}", text(&user["id"]))).await.ok();
        assert_eq!((&staff["title"], &staff["certificateClass"]), (&json!("Uzman"), &json!("B")));
        let path = format!("/api/v1/users/invitations/{}", text(&invitation["id"]));
        assert_eq!(admin.get(&path).await.ok()["status"], "ACCEPTED");
        admin.post(&format!("{path}/revoke"), json!({})).await.fails(409, "INVALID_STATE");
        assert_eq!(t.audited("user", &text(&user["id"])).await, ["CREATE"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_an_account_proves_it_with_its_password_and_the_inviter_cannot_tell() {
    with_tenant(async |t| {
        let other = Tenant::new().await;
        let (_, known) = other.insert_user("DOCTOR", None, false).await;
        let admin = t.admin().await;
        let shape = |answer: &Value| answer.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        let told = invite(&admin, &known).await.created();
        assert_eq!(shape(&told), shape(&invite(&admin, &address()).await.created()));

        let token = t.mail_to(&known).await.token("accept-invite");
        accept(&token, OTHER_PASSWORD)
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("password")
            .with_code("WRONG_PASSWORD");
        accept(&token, PASSWORD).await.no_content();
        let choice = sign_in(&known).await;
        assert_eq!(choice["tenants"].as_array().map(Vec::len), Some(2));
        other.is_tidy().await;
    })
    .await;
}

#[tokio::test]
async fn a_second_invitation_makes_the_first_void() {
    with_tenant(async |t| {
        let (admin, email) = (t.admin().await, address());
        let first = invite(&admin, &email).await.created();
        let old = t.mail_to(&email).await.token("accept-invite");
        invite(&admin, &email).await.created();
        let new = t.mail_number(&email, 2).await.token("accept-invite");
        accept(&old, PASSWORD).await.fails(410, "GONE");
        let path = format!("/api/v1/users/invitations/{}", text(&first["id"]));
        assert_eq!(admin.get(&path).await.ok()["status"], "REVOKED");
        accept(&new, PASSWORD).await.no_content();
        invite(&admin, &email).await.fails(409, "DUPLICATE_RECORD").on_field("email");
    })
    .await;
}

#[tokio::test]
async fn of_many_invitations_at_once_exactly_one_is_live() {
    with_tenant(async |t| {
        let (admin, email) = (t.admin().await, address());
        let many = tokio::join!(
            invite(&admin, &email),
            invite(&admin, &email),
            invite(&admin, &email),
            invite(&admin, &email)
        );
        let answers = [many.0, many.1, many.2, many.3];
        assert!(answers.iter().any(|answer| answer.status == 201));
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            answer.fails(409, "DUPLICATE_RECORD").on_field("email");
        }
        let live = admin.get(&format!("/api/v1/users/invitations?status=PENDING&q={email}")).await.rows();
        assert_eq!(live.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_acceptances_at_once_one_counts() {
    with_tenant(async |t| {
        // Without a part of the person's own name, which no password may hold.
        let (admin, email, another) = (t.admin().await, address(), "Bakır-Limon-Fener-77");
        invite(&admin, &email).await.created();
        let token = t.mail_to(&email).await.token("accept-invite");
        let (a, b) = tokio::join!(accept(&token, PASSWORD), accept(&token, another));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 410], "{} {}", a.text, b.text);
        // The password is that of the one who was let in.
        let (right, wrong) = if a.status == 204 { (PASSWORD, another) } else { (another, PASSWORD) };
        try_sign_in(&email, wrong).await.fails(401, "UNAUTHORIZED");
        try_sign_in(&email, right).await.ok();
        assert_eq!(admin.get(&format!("/api/v1/staff?q={}", &email[..20])).await.total(), 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_becomes_a_user_of_a_company_that_is_being_deleted() {
    with_tenant(async |t| {
        let (office, email) = (t.office().await, address());
        let company = text(&t.company().await["id"]);
        office.post("/api/v1/users/invite", json!({"email": email, "companyId": company})).await.created();
        let token = t.mail_to(&email).await.token("accept-invite");
        let mut db = t.sql().await;
        let mut deletion = db.begin().await.expect("a transaction");
        sqlx::query("UPDATE companies_rows SET deleted_at = UTC_TIMESTAMP(6) WHERE id = ?")
            .bind(uuid::Uuid::parse_str(&company).expect("an id"))
            .execute(&mut *deletion)
            .await
            .expect("a company can be deleted");
        let accepting = tokio::spawn(async move { accept(&token, PASSWORD).await });
        // It waits for the deletion. Whoever does not wait is through long before this is over.
        let mut patience = 30;
        while patience > 0 && !accepting.is_finished() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            patience -= 1;
        }
        deletion.commit().await.expect("a commit");
        accepting.await.expect("an answer").fails(410, "GONE");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_taken_back_or_three_days_old_opens_nothing() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let (revoked, expired) = (address(), address());
        let invitation = invite(&admin, &revoked).await.created();
        let path = format!("/api/v1/users/invitations/{}/revoke", text(&invitation["id"]));
        let token = t.mail_to(&revoked).await.token("accept-invite");
        assert_eq!(admin.post(&path, json!({})).await.ok()["status"], "REVOKED");
        accept(&token, PASSWORD).await.fails(410, "GONE");

        invite(&admin, &expired).await.created();
        let token = t.mail_to(&expired).await.token("accept-invite");
        for table in ["invitations_rows", "link_tokens_rows"] {
            sqlx::query(&format!(
                "UPDATE {table} SET expires_at = expires_at - INTERVAL 72 HOUR WHERE tenant_id = ? AND email = ?"
            ))
            .bind(t.id)
            .bind(&expired)
            .execute(&mut t.sql().await)
            .await
            .expect("an invitation can be backdated");
        }
        accept(&token, PASSWORD).await.fails(410, "GONE");
        let rows = admin.get("/api/v1/users/invitations?status=EXPIRED").await.rows();
        assert_eq!((rows.len(), &rows[0]["email"]), (1, &json!(expired)));
    })
    .await;
}

#[tokio::test]
async fn who_registered_an_e_mail_but_never_confirmed_it_gains_nothing_by_the_owners_invitation() {
    with_tenant(async |t| {
        let (admin, email) = (t.admin().await, address());
        let body =
            json!({"tenantName": "Tuzak OSGB", "name": "Bir Başkası", "email": email, "password": OTHER_PASSWORD});
        Client::anonymous().post("/api/v1/auth/register", body).await.accepted();
        t.mail_to(&email).await;
        invite(&admin, &email).await.created();
        accept(&link_to("accept-invite", &email).await, PASSWORD).await.no_content();
        try_sign_in(&email, OTHER_PASSWORD).await.fails(401, "UNAUTHORIZED");
        let me = client(&sign_in(&email).await).get("/api/v1/auth/me").await.ok();
        assert_eq!(me["tenant"]["id"], t.id.to_string());
        let account = sqlx::query_scalar::<_, uuid::Uuid>("SELECT id FROM accounts_rows WHERE email = ?")
            .bind(&email)
            .fetch_one(&mut t.sql().await)
            .await
            .expect("the account");
        assert_eq!(t.audited("account", &account.to_string()).await, ["PASSWORD_CHANGE", "UPDATE"]);
    })
    .await;
}

#[tokio::test]
async fn the_office_sees_the_invitations_of_customers_only() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let company = t.company().await["id"].clone();
        let staff = invite(&admin, &address()).await.created();
        let customer =
            office.post("/api/v1/users/invite", json!({"email": address(), "companyId": company})).await.created();
        let rows = office.get("/api/v1/users/invitations").await.rows();
        assert_eq!((rows.len(), &rows[0]["id"]), (1, &customer["id"]));
        office.get(&format!("/api/v1/users/invitations/{}", text(&staff["id"]))).await.fails(404, "NOT_FOUND");
        assert_eq!(admin.get("/api/v1/users/invitations").await.rows().len(), 2);
        // Nor can it take an invitation of staff over by inviting the same person as a customer.
        let body = json!({"email": staff["email"], "companyId": company});
        office.post("/api/v1/users", body).await.fails(409, "DUPLICATE_RECORD").on_field("email");
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_more_than_ten_mails_of_an_hour_that_others_ordered() {
    with_tenant(async |t| {
        let (admin, email) = (t.admin().await, address());
        for _ in 0..10 {
            invite(&admin, &email).await.created();
        }
        let refused = invite(&admin, &email).await;
        refused.fails(429, "RATE_LIMIT_EXCEEDED");
        assert!(refused.header("retry-after").is_some());
        // Whoever orders it, and for what: a registration and a change of e-mail are mails to the same mailbox.
        let change = json!({"email": email, "password": PASSWORD});
        admin.post("/api/v1/profile/email", change).await.fails(429, "RATE_LIMIT_EXCEEDED");
        let body = json!({"tenantName": "Onbir OSGB", "name": "Ada Yıldırım", "email": email, "password": PASSWORD});
        Client::anonymous().post("/api/v1/auth/register", body).await.fails(429, "RATE_LIMIT_EXCEEDED");
        assert_eq!(admin.get("/api/v1/users/invitations?status=PENDING").await.total(), 1);
        invite(&admin, &address()).await.created();
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_sent_again_with_the_same_words_even_when_it_came_too_late() {
    with_tenant(async |t| {
        let (admin, office, email) = (t.admin().await, t.office().await, address());
        let first = invite(&admin, &email).await.created();
        t.mail_to(&email).await;
        let resend = |id: &Value| format!("/api/v1/users/invitations/{}/resend", text(id));
        office.post(&resend(&first["id"]), json!({})).await.fails(404, "NOT_FOUND");
        let late =
            "UPDATE invitations_rows SET expires_at = expires_at - INTERVAL 72 HOUR WHERE tenant_id = ? AND email = ?";
        sqlx::query(late).bind(t.id).bind(&email).execute(&mut t.sql().await).await.expect("backdated");
        let second = admin.post(&resend(&first["id"]), json!({})).await.created();
        assert_eq!((&second["status"], &second["role"]), (&json!("PENDING"), &json!("EXPERT")));
        admin.post(&resend(&first["id"]), json!({})).await.fails(409, "INVALID_STATE");
        accept(&t.mail_number(&email, 2).await.token("accept-invite"), PASSWORD).await.no_content();
        let staff = admin.get(&format!("/api/v1/staff?q={email}")).await.rows()[0].clone();
        assert_eq!((&staff["title"], &staff["certificateClass"]), (&json!("Uzman"), &json!("B")));
        admin.post(&resend(&second["id"]), json!({})).await.fails(409, "INVALID_STATE");
    })
    .await;
}
