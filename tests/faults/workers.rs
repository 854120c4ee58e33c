//! Workers that die in the middle of a batch, messages that come twice, and messages that nobody can do.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use sqlx::Row as _;
use tests::harness::{Client, Mail, Tenant, eventually, mails_to, new_id, with_tenant};

use crate::stack::{dead, kill, patiently, send, tell};

/// Invites so many people; their addresses.
async fn invite(admin: &Client, company: &Value, count: usize) -> Vec<String> {
    let mut invited = Vec::new();
    for _ in 0..count {
        let email = format!("{}@deneme.test", new_id().simple());
        let body = json!({"email": email, "companyId": company["id"]});
        admin.post("/api/v1/users/invite", body).await.created();
        invited.push(email);
    }
    invited
}

/// Waits for mail to each of them. What a dead worker held comes back when the stack has given it up.
async fn arrives(addresses: &[String]) {
    for address in addresses {
        patiently("a mail", 120, async || (!mails_to(address).await.is_empty()).then_some(())).await;
    }
}

/// The states of the tenant's mails, with how many are in each.
async fn states(t: &Tenant) -> BTreeMap<String, i64> {
    let sql = "SELECT CONVERT(state USING utf8mb4), COUNT(*) FROM email_sends_rows WHERE tenant_id = ? GROUP BY state";
    let rows = sqlx::query(sql).bind(t.id).fetch_all(&mut t.sql().await).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The messages that the tenant's writers sent to the mailer, as they stand in the queue.
async fn messages(t: &Tenant) -> Vec<String> {
    let rows = sqlx::query(
        "SELECT id, company_id, CONVERT(topic USING utf8mb4), aggregate_id, aggregate_version, CAST(payload AS CHAR) \
         FROM outbox_rows WHERE tenant_id = ? AND queue = 'mailer'",
    );
    let rows = rows.bind(t.id).fetch_all(&mut t.sql().await).await.unwrap();
    let id = |row: &sqlx::mysql::MySqlRow, at: usize| row.get::<Option<uuid::Uuid>, _>(at);
    let body = |row: &sqlx::mysql::MySqlRow| {
        json!({
            "id": id(row, 0), "schema": 1, "topic": row.get::<String, _>(2), "tenantId": t.id, "companyId": id(row, 1),
            "aggregateId": id(row, 3), "aggregateVersion": row.get::<i64, _>(4),
            "payload": serde_json::from_str::<Value>(row.get(5)).unwrap(),
        })
    };
    rows.iter().map(|row| body(row).to_string()).collect()
}

#[tokio::test]
async fn a_mailer_that_is_killed_in_mid_batch_leaves_no_mail_unsent() {
    with_tenant(async |t| {
        let (admin, company) = (t.admin().await, t.company().await);
        let mut invited = Vec::new();
        // The mail server lets the mailer wait, so that death finds it in the middle of a batch.
        tell("pause", "mail").await;
        for round in 1..=2 {
            invited.extend(invite(&admin, &company, 8).await);
            let held = async || (states(t).await.get("SENDING") >= Some(&round)).then_some(());
            patiently("the mailer to be at a mail", 60, held).await;
            kill("mailer").await;
        }
        tell("resume", "mail").await;
        // This time it falls where it falls: before a mail, or between the mail server's word and our note of it.
        invited.extend(invite(&admin, &company, 8).await);
        kill("mailer").await;
        // What the dead had claimed may be taken after its lease of a minute.
        patiently("every mail to be sent", 240, async || {
            let states = states(t).await;
            (states.get("SENT") == Some(&24) && states.len() == 1).then_some(())
        })
        .await;
        let taken_over = "SELECT COUNT(*) FROM email_sends_rows WHERE tenant_id = ? AND attempts > 1";
        let taken_over: i64 = sqlx::query_scalar(taken_over).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap();
        assert!(taken_over >= 2, "only {taken_over} mails were in a mailer's hands when it died");
        for email in &invited {
            let mails: Vec<Mail> = mails_to(email).await;
            assert!(!mails.is_empty(), "no mail to {email}");
            // Between the mail server's word and our note of it lies a moment in which death sends the mail again: the
            // same mail, by which mail programs know it.
            let name = |mail: &Mail| mail.headers["message-id"].to_string();
            assert!(mails.iter().all(|mail| name(mail) == name(&mails[0])), "two different mails to {email}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_message_again_sends_no_second_mail_and_one_that_nobody_can_do_ends_among_the_dead() {
    with_tenant(async |t| {
        let (admin, company) = (t.admin().await, t.company().await);
        let invited = invite(&admin, &company, 2).await;
        arrives(&invited).await;
        let poison = new_id().to_string();
        let unreadable = format!("{{\"none\": \"{poison}\"");
        let impossible = json!({"id": new_id(), "schema": 1, "topic": "mail.send", "tenantId": t.id, "companyId": null,
            "aggregateId": t.id, "aggregateVersion": 1, "payload": {"template": poison, "to": {"user": t.id}}});
        for queue in ["mailer", "events"] {
            send(queue, &unreadable).await;
        }
        send("mailer", &impossible.to_string()).await;
        let again = messages(t).await;
        assert_eq!(again.len(), 2);
        for _ in 0..3 {
            for message in &again {
                send("mailer", message).await;
            }
        }
        // Mails that are ordered beside the poison arrive.
        let beside = invite(&admin, &company, 3).await;
        arrives(&beside).await;
        for (queue, tries) in [("mailer", 6), ("events", 5)] {
            let found = patiently("the poison among the dead", 120, async || dead(queue, &unreadable).await).await;
            let received: u32 = found["Attributes"]["ApproximateReceiveCount"].as_str().unwrap().parse().unwrap();
            assert!(received >= tries, "{queue}: given up after {received} tries");
        }
        patiently("the impossible order among the dead", 120, async || dead("mailer", &poison).await).await;
        // The queue is worked off: what was ordered after the repetitions has arrived, so they have been looked at.
        tokio::time::sleep(Duration::from_secs(1)).await;
        for email in invited.iter().chain(&beside) {
            assert_eq!(mails_to(email).await.len(), 1, "one mail to {email}");
        }
        let sent = eventually("the notes of what was sent", async || states(t).await.get("SENT").copied()).await;
        assert_eq!(sent, 5);
    })
    .await;
}
