//! Applying: each row once, with its audit row, and what the register says afterwards.

use serde_json::{Value, json};
use tests::harness::{eventually, with_tenant};

use super::{Register, applied, brought, checked, ended, id, list, result_file, shown, sizes, tckn, upload};
use crate::{
    companies::{employee, id as id_of, workplace},
    work::trace::lines,
};

#[tokio::test]
async fn a_file_becomes_employees_that_are_found_counted_and_recorded() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, workplace } = Register::new(&office).await;
        let import = brought(&office, &company, "liste.csv", list(230).as_bytes()).await;
        let done = applied(&office, &id(&import), json!({})).await;
        assert_eq!((&done["status"], &done["canApply"]), (&json!("APPLIED"), &json!(false)));
        assert_eq!(done["counts"]["newPersons"], 230);
        // One audit row a record, one event a batch of a hundred.
        assert_eq!(sizes(t).await, [230, 230, 230, 3]);
        assert_eq!(t.audited("import", &id(&import)).await, ["CREATE", "UPDATE", "IMPORT"]);
        assert_eq!(office.get(&format!("/api/v1/workplaces/{workplace}")).await.ok()["headcount"], 230);
        let found = office.get("/api/v1/employees?q=soyadi229").await.rows();
        assert_eq!((found.len(), &found[0]["version"]), (1, &json!(1)));
        assert_eq!(t.audited("employee", &id_of(&found[0])).await, ["CREATE"]);
        assert_eq!(office.get(&format!("/api/v1/employees?q={}", tckn(229))).await.total(), 1);
        let trail = t.admin().await.get("/api/v1/audit?entity=employee").await;
        assert!(trail.ok()[0]["changes"]["importId"] == id(&import).as_str() && !trail.text.contains(&tckn(229)));

        // The file is gone; the same list again adds nobody.
        for (path, body) in [("check", json!({})), ("apply", json!({})), ("upload", Value::Null)] {
            office.post(&format!("/api/v1/imports/{}/{path}", id(&import)), body).await.fails(409, "INVALID_STATE");
        }
        let again = brought(&office, &company, "liste.csv", list(230).as_bytes()).await;
        assert_eq!((&again["counts"]["existing"], &again["canApply"]), (&json!(230), &json!(false)));
        let path = format!("/api/v1/imports/{}/apply", id(&again));
        office.post(&path, json!({})).await.fails(409, "INVALID_STATE").with_code("NOTHING_TO_APPLY");
    })
    .await;
}

#[tokio::test]
async fn a_file_with_mistakes_is_refused_unless_they_are_skipped() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let text = format!("{}Ali;Can;123;01.02.2024\r\n", list(5));
        let import = brought(&office, &company, "liste.csv", text.as_bytes()).await;
        let path = format!("/api/v1/imports/{}/apply", id(&import));
        office.post(&path, json!({})).await.fails(422, "BUSINESS_RULE").on_field("skipErrors");
        let key = "import-key-1";
        let started = office.post(&path, json!({"skipErrors": true})).key(key).await;
        let again = office.post(&path, json!({"skipErrors": true})).key(key).await;
        assert_eq!((started.accepted(), again.header("idempotency-replayed")), (again.accepted(), Some("true")));
        assert_eq!(ended(&office, &started.accepted()).await["status"], "DONE");
        let done = shown(&office, &id(&import)).await;
        assert_eq!((&done["counts"]["newPersons"], &done["counts"]["failed"]), (&json!(5), &json!(1)));
        let file = result_file(&office, &done["applyJobId"]).await;
        assert_eq!(file.lines().count(), 2, "{file}");
        assert_eq!(sizes(t).await[..2], [5, 5]);
    })
    .await;
}

#[tokio::test]
async fn only_the_file_that_was_checked_is_applied() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let import = upload(&office, &company, "liste.csv", list(3).as_bytes()).await;
        let path = format!("/api/v1/imports/{import}");
        office.post(&format!("{path}/apply"), json!({})).await.fails(409, "INVALID_STATE").with_code("NOT_CHECKED");
        checked(&office, &import, json!({})).await;
        let way = office.post(&format!("{path}/upload"), json!({})).await.ok();
        let other = list(3).replace("Kişi", "Dişi");
        assert_eq!(super::put(&way, other.as_bytes()).await, 200);
        let started = office.post(&format!("{path}/apply"), json!({})).await.accepted();
        let job = ended(&office, &started).await;
        assert_eq!((&job["status"], &job["error"]["code"]), (&json!("FAILED"), &json!("FILE_CHANGED")));
        // Somebody has done that; nobody has to be called for it.
        let told = eventually("the worker's line", async || {
            let lines = lines("imports", job["id"].as_str().unwrap());
            lines
                .into_iter()
                .find(|line| ["job.refused", "job.failed"].contains(&line["message"].as_str().unwrap_or("")))
        });
        assert_eq!(told.await["level"], "INFO");
        assert_eq!(sizes(t).await, [0; 4]);
        checked(&office, &import, json!({})).await;
        assert_eq!(applied(&office, &import, json!({})).await["counts"]["newPersons"], 3);
        sqlx::query("DELETE FROM jobs_rows WHERE tenant_id = ? AND state = 'FAILED'")
            .bind(t.id)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_person_who_is_known_gets_an_employment_and_what_was_missing() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, workplace: here } = Register::new(&office).await;
        let there = workplace(&office, &company, crate::companies::DANGEROUS).await;
        let known = employee(&office, &here, &json!({"tckn": tckn(1), "firstName": "Ali", "lastName": "Can"})).await;
        let import = upload(
            &office,
            &company,
            "liste.csv",
            format!(
                "Ad;Soyad;TCKN;İşe Giriş Tarihi;Telefon;Doğum Tarihi\nAli;Can;{};01.02.2025;0532 123 45 67;\n\
             Yeni;Kişi;{};01.02.2025;;01.01.1990\n",
                tckn(1),
                tckn(2)
            )
            .as_bytes(),
        )
        .await;
        checked(&office, &import, json!({"workplaceId": there})).await;
        let done = applied(&office, &import, json!({})).await;
        assert_eq!((&done["counts"]["newPersons"], &done["counts"]["newEmployments"]), (&json!(1), &json!(1)));
        let rows = office.get(&format!("/api/v1/employees?workplaceId={there}&sort=firstName")).await.rows();
        assert_eq!((&rows[0]["personId"], &rows[0]["phone"]), (&known["personId"], &json!("+905321234567")));
        assert_eq!((&rows[0]["version"], &rows[1]["birthDate"]), (&json!(1), &json!("1990-01-01")));
        // The first employment shows the person too, and has changed with it.
        let first = office.get(&format!("/api/v1/employees/{}", id_of(&known))).await.ok();
        assert_eq!((&first["phone"], &first["version"]), (&json!("+905321234567"), &json!(2)));
        assert_eq!(t.audited("employee", &id_of(&known)).await, ["CREATE", "UPDATE"]);
    })
    .await;
}

#[tokio::test]
async fn a_workplace_that_is_deleted_meanwhile_takes_nobody() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let Register { company, workplace: here } = Register::new(&admin).await;
        let there = workplace(&admin, &company, crate::companies::DANGEROUS).await;
        admin.patch(&format!("/api/v1/workplaces/{there}"), json!({"version": 1, "title": "Şube"})).await.ok();
        let text = format!(
            "Ad;Soyad;TCKN;İşe Giriş Tarihi;İşyeri\nAli;Can;{};01.02.2024;Merkez\nVeli;Can;{};01.02.2024;Şube\n",
            tckn(1),
            tckn(2)
        );
        let import = brought(&admin, &company, "liste.csv", text.as_bytes()).await;
        assert_eq!(import["counts"]["newPersons"], 2);
        admin.delete(&format!("/api/v1/workplaces/{there}"), 2).await.no_content();
        let done = applied(&admin, &id(&import), json!({})).await;
        assert_eq!((&done["counts"]["newPersons"], &done["counts"]["failed"]), (&json!(1), &json!(1)));
        assert_eq!(super::mistakes(&admin, &done).await, [(3, vec!["workplace:UNKNOWN_WORKPLACE".to_owned()])]);
        assert_eq!(admin.get(&format!("/api/v1/workplaces/{here}")).await.ok()["headcount"], 1);
    })
    .await;
}
