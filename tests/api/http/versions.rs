//! Whoever changes a record says which version was seen.

use serde_json::json;
use tests::harness::with_tenant;

#[tokio::test]
async fn a_change_names_the_version_it_saw() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = office.post("/api/v1/companies", json!({"name": "Sürüm A.Ş."})).await.created();
        let path = format!("/api/v1/companies/{}", company["id"].as_str().unwrap());
        office.patch(&path, json!({"name": "Yeni A.Ş."})).await.fails(400, "VALIDATION_ERROR").on_field("version");
        let changed = office.patch(&path, json!({"name": "Yeni A.Ş.", "version": 1})).await;
        assert_eq!((changed.ok()["version"].as_i64(), changed.header("etag")), (Some(2), Some("\"2\"")));
        let stale = office.patch(&path, json!({"name": "Eski A.Ş."})).header("if-match", "\"1\"").await;
        stale.fails(409, "VERSION_CONFLICT").on_field("version");
        assert_eq!(stale.header("etag"), Some("\"2\""), "the answer names the current version");
        office
            .patch(&path, json!({"name": "X A.Ş.", "version": 2}))
            .header("if-match", "\"1\"")
            .await
            .fails(400, "VALIDATION_ERROR");
        assert_eq!(office.get(&path).await.ok()["name"], "Yeni A.Ş.");
    })
    .await;
}

/// What is done to a record by POST needs no version; whoever names one, in the header or in the body, means it.
#[tokio::test]
async fn a_stale_version_is_refused_by_whatever_takes_one() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = admin.post("/api/v1/companies", json!({"name": "Adım A.Ş."})).await.created();
        let company = company["id"].as_str().unwrap().to_owned();
        let workplace = json!({"companyId": company, "title": "Merkez"});
        let workplace = admin.post("/api/v1/workplaces", workplace).await.created()["id"].as_str().unwrap().to_owned();
        let employee = json!({
            "workplaceId": workplace, "firstName": "Ayşe", "lastName": "Kaya", "startDate": "2024-03-01", "isPregnant": true,
        });
        let employee = admin.post("/api/v1/employees", employee).await.created()["id"].as_str().unwrap().to_owned();
        let steps = [
            (format!("/api/v1/companies/{company}/status"), json!({"to": "PROSPECT"})),
            (
                format!("/api/v1/workplaces/{workplace}/danger-class"),
                json!({"dangerClass": "DANGEROUS", "reason": "İtiraz"}),
            ),
            (format!("/api/v1/employees/{employee}/terminate"), json!({"endDate": "2026-01-31", "reason": "İstifa"})),
        ];
        for (path, body) in &steps {
            let stale = admin.post(path, body.clone()).header("if-match", "\"9\"").await;
            stale.fails(409, "VERSION_CONFLICT").on_field("version");
            assert_eq!(stale.header("etag"), Some("\"1\""), "{path}");
            let mut torn = body.clone();
            torn["version"] = json!(1);
            let torn = admin.post(path, torn).header("if-match", "\"9\"").await;
            torn.fails(400, "VALIDATION_ERROR").with_code("CONTRADICTION");
            admin.post(path, body.clone()).header("if-match", "x").await.fails(400, "VALIDATION_ERROR").on_field("version");
            assert_eq!(admin.post(path, body.clone()).header("if-match", "\"1\"").await.ok()["version"], 2, "{path}");
        }
        let employee = format!("/api/v1/employees/{employee}");
        admin.delete(&employee, 2).await.no_content();
        let restore = |version: &str| admin.post(&format!("{employee}/restore"), json!({})).header("if-match", version);
        restore("\"2\"").await.fails(409, "VERSION_CONFLICT");
        assert_eq!(restore("\"3\"").await.ok()["version"], 4);
    })
    .await;
}

#[tokio::test]
async fn of_twenty_changes_to_one_version_one_wins() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = office.post("/api/v1/companies", json!({"name": "Yarış A.Ş."})).await.created();
        let path = format!("/api/v1/companies/{}", company["id"].as_str().unwrap());
        let changes: Vec<_> = (0..20)
            .map(|n| {
                let call = office.patch(&path, json!({"name": format!("Yarış {n} A.Ş."), "version": 1}));
                tokio::spawn(async move { call.await })
            })
            .collect();
        let mut won = 0;
        for change in changes {
            let answer = change.await.unwrap();
            if answer.status == 200 {
                won += 1;
            } else {
                answer.fails(409, "VERSION_CONFLICT");
            }
        }
        assert_eq!(won, 1);
        assert_eq!(office.get(&path).await.ok()["version"], 2);
        assert_eq!(t.audited("company", company["id"].as_str().unwrap()).await, ["CREATE", "UPDATE"]);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_changes_nothing_leaves_the_version_and_the_trail_alone() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let id = |record: &serde_json::Value| record["id"].as_str().unwrap().to_owned();
        let company = id(&admin
            .post("/api/v1/companies", json!({"name": "Durgun A.Ş.", "taxId": "19090909018"}))
            .await
            .created());
        let workplace =
            id(&admin.post("/api/v1/workplaces", json!({"companyId": company, "title": "Merkez"})).await.created());
        let employee = json!({
            "workplaceId": workplace, "firstName": "Ayşe", "lastName": "Kaya", "startDate": "2024-03-01",
            "tckn": "10000000146", "isDisabled": true,
        });
        let employee = id(&admin.post("/api/v1/employees", employee).await.created());
        let (doctor, _) = t.insert_user("DOCTOR", None, false).await;
        let (client, _) = t.insert_user("CLIENT", Some(&company), false).await;
        let body = json!({"staffId": doctor, "workplaceId": workplace, "kind": "PHYSICIAN", "startsOn": "2024-01-01"});
        let assignment = id(&admin.post("/api/v1/assignments", body).await.created());
        let records = [
            (
                format!("companies/{company}"),
                "company",
                company,
                json!({"name": "Durgun A.Ş.", "taxId": "19090909018"}),
            ),
            (format!("workplaces/{workplace}"), "workplace", workplace, json!({"title": "Merkez", "naceCode": null})),
            (format!("employees/{employee}"), "employee", employee, json!({"tckn": "10000000146", "isDisabled": true})),
            (format!("assignments/{assignment}"), "assignment", assignment, json!({"endsOn": null})),
            (format!("staff/{doctor}"), "user", doctor.to_string(), json!({"name": "Deneme DOCTOR", "role": "DOCTOR"})),
            (format!("users/{client}"), "user", client.to_string(), json!({"title": null, "isCompanyAdmin": false})),
            ("profile".to_owned(), "user", admin.user.clone(), json!({"locale": "tr"})),
            ("tenants/current".to_owned(), "tenant", t.id.to_string(), json!({"slug": null})),
        ];
        for (path, entity, id, same) in records {
            let path = format!("/api/v1/{path}");
            let trail = t.audited(entity, &id).await;
            for body in [json!({}), same] {
                let answer = admin.patch(&path, body).header("if-match", "\"1\"").await;
                assert_eq!((&answer.ok()["version"], answer.header("etag")), (&json!(1), Some("\"1\"")), "{path}");
            }
            assert_eq!(t.audited(entity, &id).await, trail, "{path}");
            admin.patch(&path, json!({})).header("if-match", "\"7\"").await.fails(409, "VERSION_CONFLICT");
        }
    })
    .await;
}
