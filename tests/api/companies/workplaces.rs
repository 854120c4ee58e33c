//! `/api/v1/workplaces`

use serde_json::{Value, json};
use tests::harness::{Client, new_id, with_tenant};

use super::{DANGEROUS, LESS_DANGEROUS, VERY_DANGEROUS, company, employee, id, workplace};

/// Lets so many people work there, straight in the tables.
async fn staffed(t: &tests::harness::Tenant, company: &str, workplace: &str, people: u32) {
    let mut db = t.sql().await;
    for _ in 0..people {
        let (person, employment) = (new_id(), new_id());
        let [company, workplace] = [company, workplace].map(|id| id.parse::<uuid::Uuid>().expect("an id"));
        sqlx::query("INSERT INTO persons_rows (tenant_id, id, company_id, first_name, last_name) VALUES (?, ?, ?, 'Ad', 'Soyad')")
            .bind(t.id)
            .bind(person)
            .bind(company)
            .execute(&mut db)
            .await
            .expect("a person");
        sqlx::query(
            "INSERT INTO employments_rows (tenant_id, id, company_id, person_id, workplace_id, start_date) \
             VALUES (?, ?, ?, ?, ?, '2024-01-01')",
        )
        .bind(t.id)
        .bind(employment)
        .bind(company)
        .bind(person)
        .bind(workplace)
        .execute(&mut db)
        .await
        .expect("an employment");
    }
}

async fn minutes(by: &Client, workplace: &str) -> [Value; 3] {
    let shown = by.get(&format!("/api/v1/workplaces/{workplace}")).await.ok();
    ["expert", "physician", "otherHealth"].map(|who| shown["requiredMinutes"][who].clone())
}

#[tokio::test]
async fn the_law_asks_for_minutes_by_class_and_headcount() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let workplace = workplace(&office, &company, VERY_DANGEROUS).await;
        staffed(t, &company, &workplace, 9).await;
        assert_eq!(minutes(&office, &workplace).await, [json!(360), json!(135), json!(0)]);
        staffed(t, &company, &workplace, 16).await;
        assert_eq!(minutes(&office, &workplace).await, [json!(1000), json!(375), json!(250)]);
        let path = format!("/api/v1/workplaces/{workplace}/danger-class");
        office.post(&path, json!({"dangerClass": "DANGEROUS", "reason": "İtiraz kararı 2026/14"})).await.ok();
        assert_eq!(minutes(&office, &workplace).await, [json!(500), json!(250), json!(0)]);
        let listed = office.get("/api/v1/workplaces").await.rows();
        assert_eq!((&listed[0]["headcount"], &listed[0]["requiredMinutes"]["expert"]), (&json!(25), &json!(500)));
    })
    .await;
}

#[tokio::test]
async fn a_full_time_physician_makes_other_health_staff_unnecessary() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let company = company(&admin, "Yıldız").await;
        let workplace = workplace(&admin, &company, VERY_DANGEROUS).await;
        staffed(t, &company, &workplace, 10).await;
        let (doctor, _) = t.insert_user("DOCTOR", None, false).await;
        sqlx::query("INSERT INTO staff_profiles_rows (tenant_id, user_id, professional_kind, full_time) VALUES (?, ?, 'PHYSICIAN', TRUE)")
            .bind(t.id)
            .bind(doctor)
            .execute(&mut t.sql().await)
            .await
            .expect("a profile");
        assert_eq!(minutes(&admin, &workplace).await[2], json!(100));
        let body = json!({"staffId": doctor, "workplaceId": workplace, "kind": "PHYSICIAN", "startsOn": "2024-01-01"});
        let client = t.client_of(&company).await;
        assert_eq!(minutes(&client, &workplace).await[2], json!(100));
        admin.post("/api/v1/assignments", body).await.created();
        for anybody in [&admin, &client] {
            assert_eq!(minutes(anybody, &workplace).await[2], json!(0), "the law asks the same, whoever looks");
        }
        client.get("/api/v1/assignments").await.fails(403, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn a_decided_danger_class_counts_until_it_is_taken_back() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let path = format!("/api/v1/workplaces/{workplace}");
        let decide = |body| admin.post(&format!("{path}/danger-class"), body);
        decide(json!({"dangerClass": "VERY_DANGEROUS"})).await.fails(400, "VALIDATION_ERROR").on_field("reason");
        let decided = decide(json!({"dangerClass": "VERY_DANGEROUS", "reason": "Bakanlık kararı"})).await.ok();
        assert_eq!(
            (&decided["dangerClass"], &decided["derivedDangerClass"]),
            (&json!("VERY_DANGEROUS"), &json!("DANGEROUS"))
        );
        assert_eq!(decided["dangerClassOverrideBy"], admin.user.as_str());
        let moved = admin.patch(&path, json!({"version": 2, "naceCode": LESS_DANGEROUS})).await.ok();
        assert_eq!(
            (&moved["dangerClass"], &moved["derivedDangerClass"]),
            (&json!("VERY_DANGEROUS"), &json!("LESS_DANGEROUS"))
        );
        let back = decide(json!({"dangerClass": null, "reason": "Karar kalktı"})).await.ok();
        assert_eq!(
            (&back["dangerClass"], &back["dangerClassOverrideReason"]),
            (&json!("LESS_DANGEROUS"), &json!(null))
        );
        assert_eq!(t.audited("workplace", &workplace).await, ["CREATE", "UPDATE", "UPDATE", "UPDATE"]);
    })
    .await;
}

#[tokio::test]
async fn an_sgk_number_of_another_branch_is_accepted_with_a_warning() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let of = |sgk: &str| {
            office.post(
                "/api/v1/workplaces",
                json!({"companyId": company, "title": "Merkez", "naceCode": DANGEROUS, "sgkNo": sgk}),
            )
        };
        let odd = of("2 6201 01 01 1234567 034 12 34 000").await.created();
        assert_eq!(odd["sgkNo"], "26201010112345670341234000");
        assert_eq!(
            (&odd["warnings"][0]["field"], &odd["warnings"][0]["code"]),
            (&json!("sgkNo"), &json!("SGK_BRANCH_DIFFERS"))
        );
        assert_eq!(of("2 2511 01 01 1234567 034 12 34 000").await.created()["warnings"], json!([]));
        of("26201010112345670341234000").await.fails(409, "DUPLICATE_RECORD").on_field("sgkNo");
        of("26201010112345670341234001").await.created();
        of("2620101011234567034123400").await.fails(400, "VALIDATION_ERROR").on_field("sgkNo");
    })
    .await;
}

#[tokio::test]
async fn a_code_filled_up_with_zeros_gets_the_class_of_its_group() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let body = json!({"companyId": company, "title": "Merkez", "naceCode": "25.11.00"});
        let made = office.post("/api/v1/workplaces", body).await.created();
        assert_eq!(
            (&made["dangerClass"], &made["warnings"][0]["code"]),
            (&json!("DANGEROUS"), &json!("NACE_CODE_NOT_LISTED"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_company_of_the_body_must_be_there_and_live() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let gone = company(&admin, "Yıldız").await;
        admin.delete(&format!("/api/v1/companies/{gone}"), 1).await.no_content();
        for company in [gone, new_id().to_string()] {
            let body = json!({"companyId": company, "title": "Merkez"});
            admin.post("/api/v1/workplaces", body).await.fails(404, "NOT_FOUND").on_field("companyId");
        }
    })
    .await;
}

#[tokio::test]
async fn a_workplace_where_somebody_works_is_not_deleted() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let workplace = workplace(&admin, &company(&admin, "Yıldız").await, DANGEROUS).await;
        let employee = id(&employee(&admin, &workplace, &json!({})).await);
        let path = format!("/api/v1/workplaces/{workplace}");
        admin.delete(&path, 1).await.fails(409, "DEPENDENCY_EXISTS").on_field("employees");
        let end = json!({"endDate": "2026-01-31", "reason": "İstifa"});
        admin.post(&format!("/api/v1/employees/{employee}/terminate"), end).await.ok();
        admin.delete(&path, 1).await.no_content();
        assert_eq!(admin.get(&format!("/api/v1/employees/{employee}")).await.ok()["workplaceTitle"], "Merkez");
    })
    .await;
}
