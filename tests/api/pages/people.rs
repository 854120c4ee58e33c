//! `/panel/staff`, `/panel/users`, `/panel/invitations` and `/portal/colleagues`.

use serde_json::json;
use tests::harness::{Answer, Client, PASSWORD, Tenant, with_tenant};

use super::{address, send, text};

async fn post(who: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    who.call(reqwest::Method::POST, path).form(fields).await
}

#[tokio::test]
async fn each_page_refuses_the_roles_that_have_no_business_there() {
    with_tenant(async |t| {
        let company = text(&t.company().await["id"]);
        let (staff, _) = t.insert_user("EXPERT", None, false).await;
        let (user, _) = t.insert_user("CLIENT", Some(&company), false).await;
        let [admin, office, doctor] = [t.admin().await, t.office().await, t.doctor().await];
        let [plain, boss] = [t.client_of(&company).await, t.client_admin_of(&company).await];
        let everybody = [&admin, &office, &doctor, &plain, &boss];
        let staff = format!("/panel/staff/{staff}");
        let [user, colleague] = ["/panel/users", "/portal/colleagues"].map(|base| format!("{base}/{user}"));
        let at = |base: &str, rest: &str| format!("{base}{rest}");
        for (path, answers) in [
            ("/panel/staff".to_owned(), [200, 200, 403, 403, 403]),
            ("/panel/staff/new".to_owned(), [200, 403, 403, 403, 403]),
            (staff.clone(), [200, 200, 403, 403, 403]),
            (at(&staff, "/edit"), [200, 403, 403, 403, 403]),
            (at(&staff, "/deactivate"), [200, 403, 403, 403, 403]),
            // The panel's pages are not there for customers, nor the portal's for staff.
            ("/panel/users".to_owned(), [200, 200, 403, 404, 404]),
            ("/panel/users/new".to_owned(), [200, 200, 403, 404, 404]),
            (at(&user, "/edit"), [200, 200, 403, 404, 404]),
            ("/panel/invitations".to_owned(), [200, 200, 403, 404, 404]),
            ("/portal/colleagues".to_owned(), [404, 404, 403, 403, 200]),
            (colleague.clone(), [404, 404, 403, 403, 200]),
            (at(&colleague, "/deactivate"), [404, 404, 403, 403, 200]),
        ] {
            for (who, status) in everybody.iter().zip(answers) {
                who.get(&path).await.page(status);
            }
            Client::anonymous().get(&path).await.leads_to();
        }
        for path in
            [at(&staff, "/edit"), at(&staff, "/deactivate"), at(&staff, "/reactivate"), at(&staff, "/reset-password")]
        {
            for who in &everybody[1..] {
                post(who, &path, &[]).await.page(403);
            }
        }
        for path in [
            at(&colleague, "/edit"),
            at(&colleague, "/deactivate"),
            at(&colleague, "/reactivate"),
            "/portal/colleagues/new".to_owned(),
        ] {
            for who in [&doctor, &plain] {
                post(who, &path, &[]).await.page(403);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_office_sees_who_somebody_is_and_no_personal_data() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let (id, email) = t.insert_user("EXPERT", None, false).await;
        let path = format!("/panel/staff/{id}");
        let change = json!({"phone": "+905321234567", "certificateNo": "B-4711", "professionalKind": "SAFETY_EXPERT",
            "certificateExpiresOn": "2020-01-31", "version": 1});
        admin.patch(&format!("/api/v1/staff/{id}"), change).await.ok();
        for page in ["/panel/staff", path.as_str()] {
            let (whole, short) = (admin.get(page).await, office.get(page).await);
            assert!(whole.page(200).contains(&email), "{page}");
            for personal in [email.as_str(), "532", "B-4711", "31.01.2020"] {
                assert!(!short.page(200).contains(personal), "{page} tells the office {personal}");
            }
            assert!(short.page(200).contains("İş güvenliği uzmanı"), "{page}");
        }
        assert!(admin.get(&path).await.page(200).contains("Belgenin süresi doldu"));
        for query in ["?utm=x", "?role=NONSENSE", "?sort=email", "?page=0", "?isActive=maybe"] {
            admin.get(&format!("/panel/staff{query}")).await.page(200);
            admin.get(&format!("/panel/users{query}")).await.page(200);
            admin.get(&format!("/panel/invitations{query}")).await.page(200);
        }
    })
    .await;
}

#[tokio::test]
async fn a_colleague_is_invited_once_however_often_the_form_is_sent() {
    with_tenant(async |t| {
        let (admin, email) = (t.admin().await, address());
        let form = admin.get("/panel/staff/new").await;
        let mut fields = vec![("email", "yarım@"), ("role", ""), ("locale", "tr"), ("monthlyCapacityMin", "99.999")];
        let wrong = send(&admin, "/panel/staff/new", &form, &fields).await;
        for field in ["email", "role"] {
            assert!(wrong.page(400).contains(&format!("id=\"f-{field}-error\"")), "{field}: {}", wrong.text);
        }
        fields = vec![("email", &email), ("role", "EXPERT"), ("locale", "tr"), ("monthlyCapacityMin", "5.850")];
        let sent = send(&admin, "/panel/staff/new", &form, &fields).await;
        assert_eq!(sent.leads_to(), "/panel/invitations");
        assert_eq!(send(&admin, "/panel/staff/new", &form, &fields).await.leads_to(), "/panel/invitations");
        let path = format!("/api/v1/users/invitations?q={email}");
        assert_eq!(admin.get(&path).await.total(), 1);
        assert!(admin.get("/panel/invitations").await.page(200).contains(&email));
        t.mail_to(&email).await.token("accept-invite");
    })
    .await;
}

#[tokio::test]
async fn a_change_of_role_ends_the_sessions_and_nobody_changes_the_own() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let path = format!("/panel/staff/{}/edit", office.user);
        let form = admin.get(&path).await;
        let fields = [("name", "Deneme OFFICE"), ("role", "ADMIN")];
        assert_eq!(send(&admin, &path, &form, &fields).await.leads_to(), format!("/panel/staff/{}", office.user));
        office.get("/panel").await.leads_to();
        let again = tests::harness::sign_in(&office.email, PASSWORD).await;
        again.get("/panel/staff/new").await.page(200);

        let own = format!("/panel/staff/{}/edit", admin.user);
        let form = admin.get(&own).await;
        assert!(!form.page(200).contains("name=\"role\" required"));
        let refused = send(&admin, &own, &form, &[("name", "Deneme ADMIN"), ("role", "OFFICE")]).await;
        assert!(refused.page(422).contains("Kimse kendi rolünü değiştiremez"), "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_deactivated_is_out_at_once_and_the_trail_says_why() {
    with_tenant(async |t| {
        let (admin, expert) = (t.admin().await, t.expert().await);
        let page = format!("/panel/staff/{}", expert.user);
        let ask = format!("{page}/deactivate");
        let form = admin.get(&ask).await;
        assert!(form.page(200).contains("Açık oturumları hemen kapanır"));
        expert.get("/panel").await.page(200);
        assert_eq!(send(&admin, &ask, &form, &[("reason", "İşten ayrıldı")]).await.leads_to(), page);
        expert.get("/panel").await.leads_to();
        let row = admin.get(&format!("/api/v1/audit?entityId={}", expert.user)).await.rows()[0].clone();
        assert_eq!(row["changes"]["reason"], "İşten ayrıldı", "{row}");
        assert!(admin.get(&page).await.page(200).contains("devre dışı"));
        // Twice is told at the form, and changes nothing.
        send(&admin, &ask, &admin.get(&ask).await, &[("reason", "")]).await.page(409);
        assert_eq!(post(&admin, &format!("{page}/reactivate"), &[]).await.leads_to(), page);
        tests::harness::sign_in(&expert.email, PASSWORD).await.get("/panel").await.page(200);
        // The last administrator stays.
        let own = format!("/panel/staff/{}/deactivate", admin.user);
        assert!(send(&admin, &own, &admin.get(&own).await, &[]).await.page(422).contains("son etkin yöneticisi"));
    })
    .await;
}

#[tokio::test]
async fn a_company_administers_its_own_users_and_no_others() {
    with_tenant(async |t| {
        let (ours, theirs) = (text(&t.company().await["id"]), text(&t.company().await["id"]));
        let boss = t.client_admin_of(&ours).await;
        let colleague = t.client_of(&ours).await;
        let (stranger, stranger_email) = t.insert_user("CLIENT", Some(&theirs), false).await;
        let list = boss.get("/portal/colleagues").await;
        assert!(list.page(200).contains(&colleague.email) && !list.text.contains(&stranger_email));
        for rest in ["", "/edit", "/deactivate"] {
            boss.get(&format!("/portal/colleagues/{stranger}{rest}")).await.page(404);
        }

        let email = address();
        let form = boss.get("/portal/colleagues/new").await;
        assert!(!form.page(200).contains("f-companyId"));
        let fields = [("email", email.as_str()), ("locale", "tr"), ("isCompanyAdmin", "false")];
        assert_eq!(send(&boss, "/portal/colleagues/new", &form, &fields).await.leads_to(), "/portal/colleagues");
        assert!(boss.get("/portal/colleagues").await.page(200).contains(&email));
        // Not into another company, whatever the form says.
        let foreign = [("email", "x@deneme.test"), ("locale", "tr"), ("companyId", theirs.as_str())];
        assert_ne!(
            send(&boss, "/portal/colleagues/new", &boss.get("/portal/colleagues/new").await, &foreign).await.status,
            303
        );

        let page = format!("/portal/colleagues/{}", colleague.user);
        let ask = format!("{page}/deactivate");
        assert_eq!(send(&boss, &ask, &boss.get(&ask).await, &[("reason", "")]).await.leads_to(), page);
        colleague.get("/portal").await.leads_to();
        let own = format!("/portal/colleagues/{}/deactivate", boss.user);
        send(&boss, &own, &boss.get(&own).await, &[]).await.page(422);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_sent_again_and_taken_back_by_whoever_may() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let (email, company) = (address(), text(&t.company().await["id"]));
        let body = json!({"email": email, "role": "DOCTOR", "title": "Hekim", "professionalKind": "PHYSICIAN"});
        let first = text(&admin.post("/api/v1/staff", body).await.created()["id"]);
        let old = t.mail_to(&email).await.token("accept-invite");
        let at = |id: &str, what: &str| format!("/panel/invitations/{id}/{what}");
        // An invitation of staff is the administrator's business.
        assert!(!office.get("/panel/invitations").await.page(200).contains(&email));
        post(&office, &at(&first, "resend"), &[]).await.page(404);
        post(&office, &at(&first, "revoke"), &[]).await.page(404);

        assert_eq!(post(&admin, &at(&first, "resend"), &[]).await.leads_to(), "/panel/invitations");
        let new = t.mail_number(&email, 2).await.token("accept-invite");
        Client::anonymous().get(&format!("/accept-invite/{old}")).await.page(410);
        Client::anonymous().get(&format!("/accept-invite/{new}")).await.page(200);
        let rows = admin.get(&format!("/api/v1/users/invitations?status=PENDING&q={email}")).await.rows();
        let second = text(&rows[0]["id"]);
        assert_eq!((rows.len(), &rows[0]["role"]), (1, &json!("DOCTOR")));
        assert_eq!(post(&admin, &at(&second, "revoke"), &[]).await.leads_to(), "/panel/invitations");
        Client::anonymous().get(&format!("/accept-invite/{new}")).await.page(410);
        // What was taken back is not sent again.
        post(&admin, &at(&second, "resend"), &[]).await.page(409);
        post(&admin, &at(&second, "revoke"), &[]).await.page(409);

        // A customer's own administrator: only those of the company.
        let boss = t.client_admin_of(&company).await;
        let body = json!({"email": address(), "companyId": text(&t.company().await["id"])});
        let foreign = text(&office.post("/api/v1/users/invite", body).await.created()["id"]);
        post(&boss, &format!("/portal/colleagues/invitations/{foreign}/revoke"), &[]).await.page(404);
        post(&office, &at(&foreign, "resend"), &[]).await.leads_to();
        other_tenant_sees_nothing(&first).await;
    })
    .await;
}

async fn other_tenant_sees_nothing(invitation: &str) {
    let other = Tenant::new().await;
    let admin = other.admin().await;
    for what in ["revoke", "resend"] {
        post(&admin, &format!("/panel/invitations/{invitation}/{what}"), &[]).await.page(404);
    }
    other.is_tidy().await;
}
