//! `POST /api/v1/companies/export`, `/workplaces/export`, `/employees/export`

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Value, json};
use shared::{app::App, clock::Clock, config::Config, storage::ObjectKey};
use tests::harness::{Client, Tenant, eventually, invoke, new_id, with_tenant};
use uuid::Uuid;

/// Waits for the end of the job that an answer names.
async fn ended(of: &Client, answer: &Value) -> Value {
    let path = format!("/api/v1/jobs/{}", answer["jobId"].as_str().unwrap());
    eventually("the export to end", async || {
        let job = of.get(&path).await.ok();
        ["DONE", "FAILED", "CANCELLED"].contains(&job["status"].as_str().unwrap()).then_some(job)
    })
    .await
}

/// The file of a job that is done.
async fn file(job: &Value) -> Vec<u8> {
    let url = job["resultUrl"].as_str().unwrap_or_else(|| panic!("no file: {job}"));
    reqwest::get(url).await.unwrap().error_for_status().unwrap().bytes().await.unwrap().to_vec()
}

async fn exported(of: &Client, list: &str, order: Value) -> Vec<Vec<String>> {
    let answer = of.post(&format!("/api/v1/{list}/export"), order).await;
    let started = answer.accepted();
    let location = format!("/api/v1/jobs/{}", started["jobId"].as_str().unwrap());
    assert_eq!((answer.header("location"), &started["status"]), (Some(location.as_str()), &json!("QUEUED")));
    let text = String::from_utf8(file(&ended(of, &started).await).await).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
    assert!(text.ends_with("\r\n") && text.matches('\n').count() == text.matches("\r\n").count());
    text.trim_end().split("\r\n").map(|line| line.split(';').map(str::to_owned).collect()).collect()
}

/// The column under a heading, without the heading.
fn column(table: &[Vec<String>], heading: &str) -> Vec<String> {
    let place = table[0].iter().position(|h| h == heading).unwrap_or_else(|| panic!("{heading}: {:?}", table[0]));
    table[1..].iter().map(|row| row[place].clone()).collect()
}

/// A workplace with people in it: `(company, workplace)`.
async fn register(t: &Tenant, names: &[(&str, &str)]) -> (String, String) {
    let admin = t.admin().await;
    let company = t.company().await["id"].as_str().unwrap().to_owned();
    let workplace = json!({"companyId": company, "title": "Merkez fabrika", "naceCode": "251101"});
    let workplace = admin.post("/api/v1/workplaces", workplace).await.created();
    let workplace = workplace["id"].as_str().unwrap().to_owned();
    for (first, last) in names {
        let employee = json!({"workplaceId": workplace, "firstName": first, "lastName": last,
            "startDate": "2024-03-01", "phone": "0532 123 45 67", "position": "=1+1"});
        admin.post("/api/v1/employees", employee).await.created();
    }
    (company, workplace)
}

async fn give_tckn(t: &Tenant, workplace: &str, tckn: &str) {
    let employee = json!({"workplaceId": workplace, "firstName": "Zeki", "lastName": "Öz", "tckn": tckn,
        "startDate": "2024-03-01", "birthDate": "1990-12-31"});
    t.admin().await.post("/api/v1/employees", employee).await.created();
}

#[tokio::test]
async fn the_file_shows_what_the_list_shows() {
    with_tenant(async |t| {
        let (company, workplace) = register(t, &[("Çiğdem", "Şahin"), ("Ali", "Çelik"), ("Ayşe", "Demir")]).await;
        register(t, &[("Başka", "Biri")]).await;
        let office = t.office().await;
        let order = json!({"format": "csv", "companyId": company});
        let table = exported(&office, "employees", order).await;
        assert_eq!(column(&table, "Soyad"), ["Çelik", "Demir", "Şahin"]);
        assert_eq!(column(&table, "İşe giriş tarihi"), ["01.03.2024"; 3]);
        assert_eq!(column(&table, "Görev"), ["'=1+1"; 3]);
        assert_eq!(column(&table, "Telefon"), ["0(532) 123 45 67"; 3]);
        assert_eq!(column(&table, "Çalışıyor"), ["Evet"; 3]);

        let order = json!({"format": "csv", "workplaceId": workplace, "q": "ayse", "sort": "-lastName"});
        assert_eq!(column(&exported(&office, "employees", order).await, "Ad"), ["Ayşe"]);
        let order = json!({"format": "csv", "isActive": false});
        assert_eq!(exported(&office, "employees", order).await.len(), 1, "only the heading is left");
        let table = exported(&office, "workplaces", json!({"format": "csv", "companyId": company})).await;
        assert_eq!(
            (column(&table, "İşyeri"), column(&table, "Çalışan sayısı")),
            (vec!["Merkez fabrika".into()], vec!["3".into()])
        );
        let table = exported(&office, "companies", json!({"format": "csv"})).await;
        assert_eq!(table.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn the_headings_speak_the_language_of_the_request() {
    with_tenant(async |t| {
        register(t, &[("Ali", "Çelik")]).await;
        let office = t.office().await.with("accept-language", "en");
        let table = exported(&office, "employees", json!({"format": "csv"})).await;
        assert_eq!(
            (column(&table, "Start date"), column(&table, "Employed")),
            (vec!["2024-03-01".into()], vec!["Yes".into()])
        );
    })
    .await;
}

#[tokio::test]
async fn a_workbook_has_days_and_numbers_as_such() {
    with_tenant(async |t| {
        register(t, &[("Ali", "Çelik"), ("Ayşe", "Demir")]).await;
        let office = t.office().await;
        let started = office.post("/api/v1/employees/export", json!({"format": "xlsx"})).await.accepted();
        let job = ended(&office, &started).await;
        assert_eq!(job["result"], json!({"rows": 2, "format": "xlsx"}));
        assert!(job["fileName"].as_str().unwrap().starts_with("calisanlar-20"), "{job}");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file(&job).await)).unwrap();
        let range = book.worksheet_range("Çalışanlar").unwrap();
        let rows: Vec<&[Data]> = range.rows().collect();
        let place = |heading: &str| rows[0].iter().position(|cell| *cell == *heading).unwrap();
        assert_eq!(rows.len(), 3);
        assert!(matches!(rows[1][place("İşe giriş tarihi")], Data::DateTime(_)), "{:?}", rows[1]);
        assert_eq!(rows[1][place("Görev")], Data::String("=1+1".into()), "text is text, and no formula");
        let started = office.post("/api/v1/workplaces/export", json!({"format": "xlsx"})).await.accepted();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file(&ended(&office, &started).await).await)).unwrap();
        let range = book.worksheet_range("İşyerleri").unwrap();
        let headcount = range.rows().next().unwrap().iter().position(|cell| *cell == *"Çalışan sayısı").unwrap();
        assert_eq!(range.rows().nth(1).unwrap()[headcount], Data::Float(2.0));
    })
    .await;
}

#[tokio::test]
async fn a_tckn_is_masked_unless_an_administrator_asks_and_then_it_is_recorded() {
    with_tenant(async |t| {
        let (_, workplace) = register(t, &[]).await;
        give_tckn(t, &workplace, "10000000146").await;
        let (admin, office) = (t.admin().await, t.office().await);
        let table = exported(&admin, "employees", json!({"format": "csv"})).await;
        assert_eq!(column(&table, "T.C. kimlik no"), ["100******46"]);
        for other in [office, t.doctor().await] {
            let refused = other.post("/api/v1/employees/export", json!({"format": "csv", "reveal": true})).await;
            refused.fails(403, "FORBIDDEN").on_field("reveal");
        }
        let order = json!({"format": "csv", "reveal": true, "q": "10000000146"});
        let started = admin.post("/api/v1/employees/export", order).await.accepted();
        let job = ended(&admin, &started).await;
        let text = String::from_utf8(file(&job).await).unwrap();
        assert!(text.contains("10000000146;Zeki;Öz"), "{text}");
        let id = started["jobId"].as_str().unwrap();
        assert_eq!(t.audited("job", id).await, ["CREATE", "EXPORT", "VIEW_SENSITIVE"]);
        let trail = admin.get(&format!("/api/v1/audit?entityId={id}&action=EXPORT")).await;
        let changes = &trail.rows()[0]["changes"];
        assert_eq!((&changes["rows"], &changes["kind"]), (&json!(1), &json!("employees.export")));
        assert!(!trail.text.contains("10000000146"), "what was typed stands in the trail: {}", trail.text);
        let refused = admin.post("/api/v1/companies/export", json!({"format": "csv", "reveal": true})).await;
        refused.fails(400, "VALIDATION_ERROR").on_field("reveal");
    })
    .await;
}

#[tokio::test]
async fn everybody_gets_what_the_own_list_shows() {
    with_tenant(async |t| {
        let (company, _) = register(t, &[("Bizim", "Kişi")]).await;
        register(t, &[("Başka", "Biri")]).await;
        let client = t.client_admin_of(&company).await;
        let table = exported(&client, "employees", json!({"format": "csv"})).await;
        assert_eq!(column(&table, "Ad"), ["Bizim"]);
        assert!(!table[0].iter().any(|heading| heading == "Gebe/emziren"), "{:?}", table[0]);
        // A physician without an assignment serves nobody.
        let table = exported(&t.doctor().await, "employees", json!({"format": "csv"})).await;
        assert_eq!(table.len(), 1);
        client
            .post("/api/v1/employees/export", json!({"format": "csv", "includeDeleted": true}))
            .await
            .fails(403, "FORBIDDEN");
        let stranger = t.client_of(t.company().await["id"].as_str().unwrap()).await;
        let jobs = client.get("/api/v1/jobs").await.rows();
        let path = format!("/api/v1/jobs/{}", jobs[0]["id"].as_str().unwrap());
        stranger.get(&path).await.fails(404, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused_with_its_field() {
    with_tenant(async |t| {
        let office = t.office().await;
        for (order, field) in [
            (json!({}), "format"),
            (json!({"format": "pdf"}), "format"),
            (json!({"format": "csv", "sort": "tckn"}), "sort"),
            (json!({"format": "csv", "q": "a"}), "q"),
            (json!({"format": "csv", "page": 2}), "page"),
            (json!({"format": "csv", "gender": "X"}), "gender"),
        ] {
            office.post("/api/v1/employees/export", order).await.fails(400, "VALIDATION_ERROR").on_field(field);
        }
        let order = json!({"format": "csv", "companyId": new_id()});
        office.post("/api/v1/employees/export", order).await.fails(404, "NOT_FOUND").on_field("companyId");
        assert_eq!(office.get("/api/v1/jobs").await.total(), 0);
        // The one that named somebody else's company has taken from the ten of an hour, the mistaken ones have not.
        let refused = office.post("/api/v1/employees/export", json!({"format": "pdf"})).await;
        assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (400, Some("9")));
        let ordered = office.post("/api/v1/employees/export", json!({"format": "csv"})).await;
        assert_eq!(ordered.header("x-ratelimit-remaining"), Some("8"));
        ended(&office, &ordered.accepted()).await;
    })
    .await;
}

#[tokio::test]
async fn the_same_key_makes_one_file_and_the_eleventh_of_an_hour_is_refused() {
    with_tenant(async |t| {
        let office = t.office().await;
        let order =
            |n: usize| office.post("/api/v1/companies/export", json!({"format": "csv"})).key(&format!("export-{n}"));
        let first = order(0).await.accepted();
        assert_eq!(order(0).await.accepted(), first);
        for n in 2..10 {
            order(n).await.accepted();
        }
        order(10).await.fails(429, "RATE_LIMIT_EXCEEDED");
        assert_eq!(office.get("/api/v1/jobs").await.total(), 9);
        for job in office.get("/api/v1/jobs").await.rows() {
            ended(&office, &json!({"jobId": job["id"]})).await;
        }
    })
    .await;
}

fn app() -> App {
    App::new("tests", Config::from_env().unwrap(), Clock::System).unwrap()
}

/// The event of one message for a job that no queue knows of.
fn message(t: &Tenant, job: Uuid, kind: &str, receives: u32) -> Value {
    let body = json!({"id": new_id(), "schema": 1, "topic": kind, "tenantId": t.id, "companyId": null,
        "aggregateId": job, "aggregateVersion": 1});
    json!({"Records": [{"messageId": "1", "body": body.to_string(), "messageAttributes": {},
        "attributes": {"ApproximateReceiveCount": receives.to_string()}}]})
}

/// Takes a finished job back to where a killed worker left it.
async fn rewind(t: &Tenant, job: Uuid, checkpoint: &Value) {
    sqlx::query(
        "UPDATE jobs_rows SET state = 'RUNNING', result = NULL, finished_at = NULL, file_key = NULL, file_name = NULL, \
         file_expires_at = NULL, checkpoint = ?, lease = id, lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND \
         WHERE tenant_id = ? AND id = ?",
    )
    .bind(checkpoint.to_string())
    .bind(t.id)
    .bind(job)
    .execute(&mut t.sql().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_killed_worker_leaves_nothing_behind() {
    with_tenant(async |t| {
        register(t, &[("Ali", "Çelik")]).await;
        let office = t.office().await;
        let started = office.post("/api/v1/employees/export", json!({"format": "csv"})).await.accepted();
        ended(&office, &started).await;
        let job = Uuid::parse_str(started["jobId"].as_str().unwrap()).unwrap();
        // What a run that was killed between two parts has left: an object in the making, and where it stands.
        let app = app();
        let key = ObjectKey::new(t.id, "exports", new_id());
        let mut upload = app.storage().unwrap().upload(key.clone(), "text/csv");
        upload.write(&vec![b'x'; 9 * 1024 * 1024]).await.unwrap();
        let upload_id = upload.id().unwrap().to_owned();
        rewind(t, job, &json!({"key": key.to_string(), "uploadId": upload_id})).await;
        let answer = invoke("exports", &message(t, job, "employees.export", 2)).await;
        assert_eq!(answer["batchItemFailures"], json!([]));
        let job = ended(&office, &started).await;
        assert_eq!((&job["status"], &job["result"]["rows"]), (&json!("DONE"), &json!(1)));
        assert!(String::from_utf8(file(&job).await).unwrap().contains("Çelik"));
        // The store knows nothing of the first upload any more: it cannot be ended.
        assert!(upload.finish().await.is_err(), "an upload was left behind");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_left_gets_no_file() {
    with_tenant(async |t| {
        let office = t.office().await;
        let started = office.post("/api/v1/companies/export", json!({"format": "csv"})).await.accepted();
        ended(&office, &started).await;
        let job = Uuid::parse_str(started["jobId"].as_str().unwrap()).unwrap();
        sqlx::query("UPDATE users_rows SET is_active = FALSE WHERE tenant_id = ? AND id = ?")
            .bind(t.id)
            .bind(Uuid::parse_str(&office.user).unwrap())
            .execute(&mut t.sql().await)
            .await
            .unwrap();
        rewind(t, job, &json!({"key": "none"})).await;
        invoke("exports", &message(t, job, "companies.export", 2)).await;
        let failed = t.admin().await.get(&format!("/api/v1/jobs/{job}")).await.ok();
        assert_eq!(failed["error"]["code"], "REQUESTER_INACTIVE");
        sqlx::query("UPDATE jobs_rows SET state = 'CANCELLED' WHERE tenant_id = ?")
            .bind(t.id)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
    })
    .await;
}
