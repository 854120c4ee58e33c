//! The task `housekeeping`

use chrono::Duration;
use serde_json::{Value, json};
use sqlx::Row as _;
use tests::harness::{Client, PASSWORD, Tenant, database, eventually, invoke, mail_to, new_id, now, with_tenant};
use uuid::Uuid;

async fn keep_house(t: &Tenant, time: &str) -> Value {
    invoke("housekeeping", &json!({"time": time, "tenantId": t.id})).await
}

async fn run(t: &Tenant, sql: &str) {
    let marks = sql.matches('?').count();
    let mut query = sqlx::query(sql);
    for _ in 0..marks {
        query = query.bind(t.id);
    }
    query.execute(&mut t.sql().await).await.unwrap();
}

async fn count(t: &Tenant, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table} WHERE tenant_id = ?");
    sqlx::query(&sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap().get(0)
}

/// Of each kind one row whose time is over and one whose time is not.
async fn litter(t: &Tenant) {
    for (table, columns, values) in [
        ("idempotency_keys_rows", "id, scope_hash, request_hash, expires_at", "'{}', '{}', '{}', {-0d}"),
        ("inbox_rows", "message_id, consumer, created_at", "'{}', 'probe', {-15d}"),
        (
            "outbox_rows",
            "id, queue, topic, aggregate_id, state, created_at",
            "'{}', 'events', 'a.b', '{}', 'SENT', {-8d}",
        ),
        (
            "outbox_rows",
            "id, queue, topic, aggregate_id, state, created_at",
            "'{}', 'events', 'a.b', '{}', 'SENT', {-6d}",
        ),
        ("inbox_rows", "message_id, consumer, created_at", "'{}', 'probe', {-13d}"),
        ("idempotency_keys_rows", "id, scope_hash, request_hash, expires_at", "'{}', '{}', '{}', {1d}"),
    ] {
        let mut text = values.to_owned();
        while text.contains("'{}'") {
            text = text.replacen("'{}'", &format!("UNHEX('{}')", new_id().simple()), 1);
        }
        let text = text.replace('{', "UTC_TIMESTAMP(6) + INTERVAL ").replace("d}", " DAY");
        run(t, &format!("INSERT INTO {table} (tenant_id, {columns}) VALUES (?, {text})")).await;
    }
}

#[tokio::test]
async fn what_is_over_goes_and_what_is_not_stays() {
    with_tenant(async |t| {
        let (_old, _ended, _live) = (t.office().await, t.office().await, t.office().await);
        litter(t).await;
        let sessions: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM sessions_rows WHERE tenant_id = ? ORDER BY id")
            .bind(t.id)
            .fetch_all(&mut t.sql().await)
            .await
            .unwrap();
        let age = async |id: Uuid, set: &str| {
            let sql = format!("UPDATE sessions_rows SET {set} WHERE id = ?");
            sqlx::query(&sql).bind(id).execute(&mut t.sql().await).await.unwrap();
        };
        age(sessions[0], "expires_at = UTC_TIMESTAMP(6) - INTERVAL 31 DAY").await;
        age(sessions[1], "ended_at = UTC_TIMESTAMP(6) - INTERVAL 31 DAY, end_reason = 'SIGN_OUT'").await;

        let report = keep_house(t, &now().to_rfc3339()).await;
        assert_eq!(report["skipped"], false, "{report}");
        // The run of the hour sweeps the same rows and may hold some of them.
        let outbox = 1 + events(t).await;
        for (table, left) in
            [("sessions_rows", 1), ("inbox_rows", 1), ("idempotency_keys_rows", 1), ("outbox_rows", outbox)]
        {
            eventually(&format!("{left} rows of {table}"), async || (count(t, table).await == left).then_some(()))
                .await;
        }
    })
    .await;
}

/// Events that the test's own people have made by signing in.
async fn events(t: &Tenant) -> i64 {
    let sql = "SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND topic <> 'a.b'";
    sqlx::query(sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap().get(0)
}

#[tokio::test]
async fn the_same_time_twice_does_nothing_twice() {
    with_tenant(async |t| {
        let time = now().to_rfc3339();
        assert_eq!(keep_house(t, &time).await["skipped"], false);
        litter(t).await;
        assert_eq!(keep_house(t, &time).await, json!({"skipped": true}));
        let later = (now() + Duration::hours(1)).to_rfc3339();
        assert!(keep_house(t, &later).await["cleared"]["inbox"].is_number());
        eventually("the old row to be cleared", async || (count(t, "inbox_rows").await == 1).then_some(())).await;
        let runs = t.admin().await.get("/api/v1/admin/job-runs?name=housekeeping&sort=-startedAt&limit=2").await.rows();
        assert!(runs.iter().any(|run| run["status"] == "DONE" && run["finishedAt"].is_string()), "{runs:?}");
        assert_eq!(count(t, "job_runs_rows").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_taken_over() {
    with_tenant(async |t| {
        let time = now();
        let sql = "INSERT INTO job_runs_rows (id, tenant_id, name, scheduled_for, started_at) \
                   VALUES (?, ?, 'housekeeping', ?, UTC_TIMESTAMP(6) - INTERVAL ? MINUTE)";
        for (minutes, skipped) in [(1, true), (60, false)] {
            let time = time + Duration::seconds(minutes);
            sqlx::query(sql)
                .bind(new_id())
                .bind(t.id)
                .bind(time.naive_utc())
                .bind(minutes)
                .execute(&mut t.sql().await)
                .await
                .unwrap();
            assert_eq!(keep_house(t, &time.to_rfc3339()).await["skipped"], skipped, "{minutes}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_invitation_that_nobody_accepted_expires_with_trail_and_event() {
    with_tenant(async |t| {
        let ids = [new_id(), new_id()];
        for (id, days) in ids.iter().zip([-1, 1]) {
            sqlx::query(
                "INSERT INTO invitations_rows (id, tenant_id, email, role, expires_at) \
                 VALUES (?, ?, ?, 'OFFICE', UTC_TIMESTAMP(6) + INTERVAL ? DAY)",
            )
            .bind(id)
            .bind(t.id)
            .bind(format!("{}@deneme.test", id.simple()))
            .bind(days)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
        }
        keep_house(t, &now().to_rfc3339()).await;
        eventually("one of them to expire", async || {
            let sql = "SELECT status, version FROM invitations_rows WHERE tenant_id = ? ORDER BY expires_at";
            let rows = sqlx::query(sql).bind(t.id).fetch_all(&mut t.sql().await).await.unwrap();
            let states: Vec<(String, i64)> = rows.iter().map(|row| (row.get_unchecked(0), row.get(1))).collect();
            (states == [("EXPIRED".into(), 2), ("PENDING".into(), 1)]).then_some(())
        })
        .await;
        assert_eq!(t.audited("invitation", &ids[0].to_string()).await, ["UPDATE"]);
        let sql = "SELECT topic FROM outbox_rows WHERE tenant_id = ? AND aggregate_id = ?";
        let topic: String =
            sqlx::query(sql).bind(t.id).bind(ids[0]).fetch_one(&mut t.sql().await).await.unwrap().get_unchecked(0);
        assert_eq!(topic, "invitation.expired");
    })
    .await;
}

#[tokio::test]
async fn a_registration_that_nobody_confirmed_is_forgotten_and_its_e_mail_is_free() {
    let email = format!("{}@deneme.test", new_id().simple());
    let body = json!({"tenantName": "Geç OSGB", "name": "Geç Kalan", "email": email, "password": PASSWORD});
    let register = async || Client::anonymous().post("/api/v1/auth/register", body.clone()).await.accepted();
    register().await;
    let token = mail_to(&email, 1).await.token("confirm-registration");
    let place = "SELECT l.tenant_id, l.account_id FROM link_tokens_rows l WHERE l.email = ? AND l.revoked_at IS NULL";
    let place = sqlx::query(place).bind(&email).fetch_one(&mut database().await).await.unwrap();
    let (tenant, account): (Uuid, Uuid) = (place.get(0), place.get(1));
    let t = Tenant { id: tenant };

    keep_house(&t, &now().to_rfc3339()).await;
    let name = "SELECT CONVERT(CONCAT(u.name, ' ', a.email) USING utf8mb4) FROM users_rows u \
                JOIN accounts_rows a ON a.id = u.account_id WHERE u.tenant_id = ?";
    let kept =
        async || -> String { sqlx::query_scalar(name).bind(tenant).fetch_one(&mut database().await).await.unwrap() };
    assert_eq!(kept().await, format!("Geç Kalan {email}"), "its link is good");
    let day = (now() + Duration::hours(25)).to_rfc3339();
    assert_eq!(keep_house(&t, &day).await["cleared"]["registrations"], 1);
    assert_eq!(kept().await, format!("- {}@released.invalid", account.simple()));
    assert!(t.audited("account", &account.to_string()).await.contains(&"UPDATE".to_owned()));
    let late = json!({"token": token, "password": PASSWORD});
    Client::anonymous().post("/api/v1/auth/confirm-registration", late).await.fails(410, "GONE");

    register().await;
    let token = mail_to(&email, 2).await.token("confirm-registration");
    let body = json!({"token": token, "password": PASSWORD});
    Client::anonymous().post("/api/v1/auth/confirm-registration", body).await.no_content();
    t.is_tidy().await;
}
