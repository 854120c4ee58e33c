//! What is known of an employee's health, and who is told.

use serde_json::{Value, json};
use tests::harness::{Client, with_tenant};

use super::{DANGEROUS, company, employee, id, workplace};

async fn shown(by: &Client, path: &str) -> [Value; 4] {
    let one = by.get(path).await.ok();
    let flags = |of: &Value| ["isPregnant", "isDisabled", "isNightShift", "isYoungWorker"].map(|name| of[name].clone());
    let listed = by.get("/api/v1/employees").await.rows();
    assert_eq!(flags(&listed[0]), flags(&one), "the list says no more and no less");
    flags(&one)
}

#[tokio::test]
async fn pregnancy_and_disability_are_told_to_administrators_and_physicians_only() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let company = company(&admin, "Yıldız").await;
        let workplace = workplace(&admin, &company, DANGEROUS).await;
        let group = json!({"isPregnant": true, "isDisabled": true, "isNightShift": true});
        let made = employee(&office, &workplace, &group).await;
        assert_eq!(
            (&made["isPregnant"], &made["isNightShift"]),
            (&Value::Null, &json!(true)),
            "nor is whoever wrote it"
        );
        let path = format!("/api/v1/employees/{}", id(&made));
        let (doctor, expert) = (t.doctor().await, t.expert().await);
        for (staff, kind) in [(&doctor, "PHYSICIAN"), (&expert, "SAFETY_EXPERT")] {
            let body = json!({"staffId": staff.user, "workplaceId": workplace, "kind": kind, "startsOn": "2024-01-01"});
            admin.post("/api/v1/assignments", body).await.created();
        }
        for told in [&admin, &doctor] {
            assert_eq!(shown(told, &path).await, [json!(true), json!(true), json!(true), json!(false)]);
        }
        for hidden in [&office, &expert] {
            assert_eq!(shown(hidden, &path).await, [Value::Null, Value::Null, json!(true), json!(false)]);
        }
        assert_eq!(shown(&t.client_of(&company).await, &path).await, [(); 4].map(|()| Value::Null));

        // The office changes what it is not shown, and leaves alone what it does not name.
        let changed = office.patch(&path, json!({"version": 1, "isPregnant": false})).await.ok();
        assert_eq!((&changed["isPregnant"], &changed["isDisabled"]), (&Value::Null, &Value::Null));
        assert_eq!(shown(&admin, &path).await, [json!(false), json!(true), json!(true), json!(false)]);
        let ended = json!({"endDate": "2026-01-31", "reason": "İstifa"});
        assert_eq!(office.post(&format!("{path}/terminate"), ended).await.ok()["isDisabled"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn the_trail_keeps_that_health_data_changed_and_not_how() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let id = id(&employee(&admin, &workplace, &json!({"bloodGroup": "A+"})).await);
        let path = format!("/api/v1/employees/{id}");
        admin.patch(&path, json!({"version": 1, "bloodGroup": "0-", "isPregnant": true})).await.ok();
        let rows = admin.get(&format!("/api/v1/audit?entity=employee&entityId={id}")).await.rows();
        let hidden = json!({"bloodGroup": {"before": "***", "after": "***"}, "specialGroup": "***"});
        assert_eq!(rows[0]["changes"], hidden);
        assert_eq!(rows[1]["changes"]["bloodGroup"], json!({"before": null, "after": "***"}));
    })
    .await;
}
