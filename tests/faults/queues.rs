//! SQS

use serde_json::json;
use tests::harness::{Tenant, mail_to, mails_to, new_id, with_tenant};

use crate::{
    stack::{patiently, says_ready, tell},
    stream::Stream,
};

/// Events of the tenant that are not in their queues yet.
pub(crate) async fn unsent(t: &Tenant) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND state <> 'SENT'")
        .bind(t.id)
        .fetch_one(&mut t.sql().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn without_the_queues_changes_are_kept_and_their_events_and_mails_go_out_afterwards_by_themselves() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = t.company().await;
        let mut invited = Vec::new();
        let mut invite = async || {
            let email = format!("{}@deneme.test", new_id().simple());
            let body = json!({"email": email, "companyId": company["id"]});
            admin.post("/api/v1/users/invite", body).key(&new_id().to_string()).await.created();
            invited.push(email);
        };
        with_tenant(async |others| {
            let stream = Stream::start(others).await;
            for _ in 0..3 {
                invite().await;
            }
            tell("stop", "aws").await;
            says_ready(false).await;
            for _ in 0..3 {
                invite().await;
            }
            stream.goes_on().await;
            assert!(unsent(others).await > 0 && unsent(t).await >= 3, "the queues are not away");
            tell("start", "aws").await;
            says_ready(true).await;
            invite().await;
            stream.goes_on().await;
            let ledger = stream.end().await;
            assert_eq!(ledger.refused, 0, "a client has noticed something");
            ledger.agrees(others).await;
            // Nobody calls the relay: its own schedule does.
            patiently("the relay to send what waits", 120, async || {
                (unsent(t).await + unsent(others).await == 0).then_some(())
            })
            .await;
        })
        .await;
        for email in &invited {
            mail_to(email, 1).await;
        }
        for email in &invited {
            assert_eq!(mails_to(email).await.len(), 1, "one mail for one invitation");
        }
    })
    .await;
}
