//! The dry run: every mistake of every row, and nothing changed.

use serde_json::{Value, json};
use tests::harness::{invoke, new_id, now, with_tenant};
use uuid::Uuid;

use super::{Register, brought, checked, company, ended, id, list, mistakes, result_file, shown, sizes, tckn, upload};
use crate::companies::{DANGEROUS, employee, workplace};

/// A thousand rows, of which each tenth has a mistake or two.
fn thousand() -> String {
    let mut text = String::from("Adı;Soyadı;TCKN;Doğum Tarihi;İşe Giriş Tarihi;Telefon;E-posta\r\n");
    for at in 0..1_000 {
        let row = match at % 10 {
            3 => format!("Ayşe;Yılmaz{at};12345678901;1.1.1990;01.02.2024;;\r\n"),
            7 => format!(";Yılmaz{at};{};31.02.1990;2024;12;a@\r\n", tckn(at)),
            _ => format!("Ayşe;Yılmaz{at};{};01.01.1990;01.02.2024;0532 123 45 67;a{at}@ornek.test\r\n", tckn(at)),
        };
        text.push_str(&row);
    }
    text
}

#[tokio::test]
async fn a_thousand_rows_are_checked_and_nothing_is_changed() {
    with_tenant(async |t| {
        let office = t.office().await;
        let register = Register::new(&office).await;
        let before = sizes(t).await;
        let import = brought(&office, &register.company, "çalışanlar.csv", thousand().as_bytes()).await;
        assert_eq!((&import["status"], &import["canApply"]), (&json!("CHECKED"), &json!(true)));
        assert_eq!(
            import["counts"],
            json!({"rows": 1000, "newPersons": 800, "newEmployments": 0, "existing": 0, "failed": 200})
        );
        assert_eq!(sizes(t).await, before);

        let path = format!("/api/v1/imports/{}/errors", id(&import));
        let page = office.get(&format!("{path}?page=2&limit=50")).await;
        assert_eq!(page.total(), 200);
        let rows = page.rows();
        assert_eq!((rows.len(), &rows[0]["row"]), (50, &json!(255)));
        assert_eq!(rows[0]["errors"][0]["column"], "TCKN");
        assert!(rows[0]["errors"][0]["message"].as_str().unwrap().starts_with("T.C. kimlik"));
        let english = office.get(&path).header("accept-language", "en").await.rows();
        assert!(english[0]["errors"][0]["message"].as_str().unwrap().starts_with("Write the TR identity"));
        let found = mistakes(&office, &import).await;
        assert_eq!(found[0], (5, vec!["tckn:INVALID_TCKN".to_owned()]));
        let all = [
            "firstName:REQUIRED",
            "startDate:INVALID_DATE",
            "birthDate:INVALID_DATE",
            "phone:INVALID_PHONE",
            "email:INVALID_EMAIL",
        ];
        assert_eq!(found[1], (9, all.map(str::to_owned).to_vec()));

        let file = result_file(&office, &import["checkJobId"]).await;
        let lines: Vec<&str> = file.split("\r\n").collect();
        assert_eq!(lines[0], "\u{feff}Adı;Soyadı;TCKN;Doğum Tarihi;İşe Giriş Tarihi;Telefon;E-posta;Satır;Hatalar");
        assert!(
            lines[1].starts_with("Ayşe;Yılmaz3;12345678901;1.1.1990;01.02.2024;;;5;\"TCKN: T.C. kimlik"),
            "{}",
            lines[1]
        );
        // The header, the rows and nothing behind the last line's end.
        assert_eq!(lines.len(), 202);
    })
    .await;
}

#[tokio::test]
async fn a_citizens_number_stands_nowhere_but_in_the_files() {
    with_tenant(async |t| {
        let office = t.office().await;
        let register = Register::new(&office).await;
        // Without headers the first row is a person; with a wrong date the second row has a mistake.
        let text = format!("Ali;Can;{};01.02.2024\nVeli;Can;{};yarın\n", tckn(1), tckn(2));
        let import = upload(&office, &register.company, "liste.csv", text.as_bytes()).await;
        let columns = json!({"columns": [{"column": 1, "field": "firstName"}, {"column": 2, "field": "lastName"},
            {"column": 3, "field": "tckn"}, {"column": 4, "field": "startDate"}]});
        let import = checked(&office, &import, columns).await;
        assert_eq!(import["columns"][2]["header"], "***********");
        assert_eq!(mistakes(&office, &import).await, [(2, vec!["startDate:INVALID_DATE".to_owned()])]);
        for table in ["imports", "import_errors", "jobs", "outbox", "audit_log"] {
            let mut columns: Vec<String> = sqlx::query_scalar(
                "SELECT CONVERT(column_name USING utf8mb4) FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND table_name = ?",
            )
            .bind(format!("{table}_rows"))
            .fetch_all(&mut t.sql().await)
            .await
            .unwrap();
            for name in &mut columns {
                *name = format!("COALESCE(CONVERT({name} USING utf8mb4), '')");
            }
            let sql = format!(
                "SELECT COUNT(*) FROM {table}_rows WHERE tenant_id = ? AND CONCAT({}) REGEXP ?",
                columns.join(", ' ', ")
            );
            let found: i64 = sqlx::query_scalar(&sql)
                .bind(t.id)
                .bind(format!("{}|{}", tckn(1), tckn(2)))
                .fetch_one(&mut t.sql().await)
                .await
                .unwrap();
            assert_eq!(found, 0, "{table} holds a number in clear");
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_register_knows_decides_over_a_row() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, workplace: here } = Register::new(&office).await;
        let sgk = json!({"companyId": company, "title": "Şube (Gebze)", "naceCode": DANGEROUS,
            "sgkNo": "2 6201 01 01 1234567 034 12 34 000"});
        office.post("/api/v1/workplaces", sgk).await.created();
        let twin = workplace(&office, &company, DANGEROUS).await;
        office.patch(&format!("/api/v1/workplaces/{twin}"), json!({"version": 1, "title": "ŞUBE GEBZE"})).await.ok();
        let known = json!({"tckn": tckn(1), "firstName": "Ali", "lastName": "Can", "startDate": "2024-02-01"});
        employee(&office, &here, &known).await;
        employee(&office, &here, &json!({"firstName": "Işıl", "lastName": "Ünal", "startDate": "2024-02-01"})).await;
        let other = json!({"tckn": tckn(3), "firstName": "Can", "lastName": "Ak", "startDate": "2024-02-01"});
        employee(&office, &here, &other).await;
        let (one, two, three) = (tckn(1), tckn(2), tckn(3));
        let text = [
            "Ad;Soyad;TCKN;İşe Giriş Tarihi;İşyeri / SGK Sicil No".to_owned(),
            format!("Ali;Can;{one};01.02.2024;merkez"),
            format!("Can;Ak;{three};01.03.2024;MERKEZ"),
            format!("Başka;Ad;{one};01.02.2024;26201010112345670341234000"),
            "IŞIL;ünal;;01.02.2024;Merkez".to_owned(),
            format!("Veli;Can;{two};01.02.2024;Depo"),
            format!("Veli;Can;{two};01.02.2024;Şube Gebze"),
            format!("Veli;Can;{two};01.02.2024;"),
            format!("Veli;Can;{two};01.02.2024;Merkez"),
            format!("Veli;Can;{two};01.02.2024;Merkez"),
        ]
        .join("\n");
        let import = brought(&office, &company, "liste.csv", text.as_bytes()).await;
        assert_eq!(
            import["counts"],
            json!({"rows": 9, "newPersons": 1, "newEmployments": 1, "existing": 2, "failed": 5})
        );
        let found = mistakes(&office, &import).await;
        let expected = [
            (3, "startDate:OVERLAPPING_EMPLOYMENT"),
            (4, "firstName:PERSON_KNOWN_BY_OTHER_NAME"),
            (6, "workplace:UNKNOWN_WORKPLACE"),
            (7, "workplace:WORKPLACE_AMBIGUOUS"),
            (8, "workplace:REQUIRED"),
            (10, "tckn:DUPLICATE_IN_FILE"),
        ];
        assert_eq!(found, expected.map(|(row, what)| (row, vec![what.to_owned()])));
        // For the whole file one workplace can be chosen; then the column does not matter.
        let again = checked(&office, &id(&import), json!({"workplaceId": here})).await;
        assert_eq!(again["counts"]["failed"], 6);
        let by_column = checked(&office, &id(&import), json!({"workplaceId": null})).await;
        assert_eq!(by_column["counts"], import["counts"]);
    })
    .await;
}

#[tokio::test]
async fn columns_that_no_header_names_can_be_chosen() {
    with_tenant(async |t| {
        let office = t.office().await;
        let register = Register::new(&office).await;
        let text = format!("Kişi;No;Ne zaman\nAyşe Nur Yıldız;{};01.02.2024\n", tckn(1));
        let import = brought(&office, &register.company, "liste.csv", text.as_bytes()).await;
        assert_eq!(
            (&import["canApply"], &import["missingFields"], &import["counts"]),
            (&json!(false), &json!(["firstName", "lastName", "startDate"]), &Value::Null)
        );
        assert_eq!(import["columns"][0], json!({"number": 1, "header": "Kişi", "field": null}));
        let path = format!("/api/v1/imports/{}", id(&import));
        office.post(&format!("{path}/apply"), json!({})).await.fails(409, "INVALID_STATE").with_code("NOT_CHECKED");
        let check = |columns: Value| office.post(&format!("{path}/check"), json!({"columns": columns}));
        check(json!([{"column": 0, "field": "tckn"}]))
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("columns[0].column");
        check(json!([{"column": 1, "field": "tckn"}, {"column": 2, "field": "tckn"}]))
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("columns[1].field");
        check(json!([{"column": 1, "field": "salary"}])).await.fails(400, "VALIDATION_ERROR");
        let columns = json!([{"column": 1, "field": "fullName"}, {"column": 2, "field": "tckn"},
            {"column": 3, "field": "startDate"}]);
        let import = checked(&office, &id(&import), json!({"columns": columns})).await;
        assert_eq!((&import["canApply"], &import["counts"]["newPersons"]), (&json!(true), &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn a_customers_user_brings_files_for_the_own_company_only() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let (own, other) = (Register::new(&admin).await, company(&admin, "Çınar").await);
        let client = t.client_of(&own.company).await;
        let file = |company: Value| json!({"companyId": company, "fileName": "liste.csv", "length": 10});
        client.post("/api/v1/imports", file(json!(other))).await.fails(404, "NOT_FOUND").on_field("companyId");
        let made = client.post("/api/v1/imports", json!({"fileName": "liste.csv", "length": 10})).await.created();
        assert_eq!(made["companyId"], own.company.as_str());
        let foreign = admin.post("/api/v1/imports", file(json!(other))).await.created();
        for path in ["", "/errors"] {
            client.get(&format!("/api/v1/imports/{}{path}", id(&foreign))).await.fails(404, "NOT_FOUND");
        }
        assert_eq!((client.get("/api/v1/imports").await.total(), admin.get("/api/v1/imports").await.total()), (1, 2));
        for stranger in [t.doctor().await, t.expert().await] {
            stranger.get("/api/v1/imports").await.fails(403, "FORBIDDEN");
        }
        let import = brought(&client, &own.company, "liste.csv", list(2).as_bytes()).await;
        assert_eq!(import["counts"]["newPersons"], 2);
        // Staff name the company, or a workplace of it.
        admin.post("/api/v1/imports", file(Value::Null)).await.fails(400, "VALIDATION_ERROR").on_field("companyId");
        let body = json!({"workplaceId": own.workplace, "fileName": "liste.csv", "length": 10});
        assert_eq!(admin.post("/api/v1/imports", body).await.created()["companyId"], own.company.as_str());
        let body = json!({"workplaceId": new_id(), "fileName": "liste.csv", "length": 10});
        admin.post("/api/v1/imports", body).await.fails(404, "NOT_FOUND").on_field("workplaceId");
    })
    .await;
}

#[tokio::test]
async fn the_job_has_the_rights_that_its_user_has_when_it_runs() {
    with_tenant(async |t| {
        let office = t.office().await;
        let register = Register::new(&office).await;
        let import = upload(&office, &register.company, "liste.csv", list(3).as_bytes()).await;
        let leaving = t.office().await;
        leaving.get(&format!("/api/v1/imports/{import}")).await.ok();
        // The session's copy still says OFFICE; the worker asks the database.
        sqlx::query("UPDATE users_rows SET role = 'EXPERT' WHERE tenant_id = ? AND id = ?")
            .bind(t.id)
            .bind(Uuid::parse_str(&leaving.user).unwrap())
            .execute(&mut t.sql().await)
            .await
            .unwrap();
        let started = leaving.post(&format!("/api/v1/imports/{import}/check"), json!({})).await.accepted();
        let job = ended(&leaving, &started).await;
        assert_eq!((&job["status"], &job["error"]["code"]), (&json!("FAILED"), &json!("FORBIDDEN")));
        assert_eq!(shown(&office, &import).await["status"], "FAILED");
        assert_eq!(checked(&office, &import, json!({})).await["canApply"], true);
        // It was meant to fail: nobody need be told.
        sqlx::query("DELETE FROM jobs_rows WHERE tenant_id = ? AND state = 'FAILED'")
            .bind(t.id)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_found_goes_after_a_month_and_the_import_after_three() {
    with_tenant(async |t| {
        let office = t.office().await;
        let register = Register::new(&office).await;
        let text = "Ad;Soyad;İşe Giriş Tarihi\nAli;Can;yarın\nVeli;Can;01.02.2024\n";
        let import = brought(&office, &register.company, "liste.csv", text.as_bytes()).await;
        let keep_house = async |days: i32| {
            for (table, column) in [("import_errors_rows", "created_at"), ("imports_rows", "updated_at")] {
                let sql =
                    format!("UPDATE {table} SET {column} = UTC_TIMESTAMP(6) - INTERVAL ? DAY WHERE tenant_id = ?");
                sqlx::query(&sql).bind(days).bind(t.id).execute(&mut t.sql().await).await.unwrap();
            }
            invoke("housekeeping", &json!({"time": now().to_rfc3339(), "tenantId": t.id})).await;
            (mistakes(&office, &import).await.len(), office.get("/api/v1/imports").await.total())
        };
        assert_eq!(keep_house(29).await, (1, 1));
        assert_eq!(keep_house(31).await, (0, 1));
        sqlx::query("UPDATE imports_rows SET updated_at = UTC_TIMESTAMP(6) - INTERVAL 91 DAY WHERE tenant_id = ?")
            .bind(t.id)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
        invoke("housekeeping", &json!({"time": now().to_rfc3339(), "tenantId": t.id})).await;
        assert_eq!(office.get("/api/v1/imports").await.total(), 0);
    })
    .await;
}
