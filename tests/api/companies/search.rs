//! Lists: searching, filtering, sorting and paging as Turkish names need it.

use serde_json::{Value, json};
use tests::harness::{Client, with_tenant};

use super::{DANGEROUS, company, employee, workplace};

async fn names(by: &Client, query: &str) -> Vec<String> {
    let rows = by.get(&format!("/api/v1/companies?{query}")).await.rows();
    rows.iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn words_are_found_by_their_beginning_in_any_case() {
    with_tenant(async |t| {
        let office = t.office().await;
        let body = json!({"name": "Işık Çelik A.Ş.", "taxId": "4830123451", "email": "bilgi@isikcelik.test"});
        office.post("/api/v1/companies", body).await.created();
        company(&office, "İnci Gıda").await;
        for q in ["ISIK", "%C4%B1%C5%9F%C4%B1k", "celik", "is%20cel", "4830", "bilgi@isik"] {
            assert_eq!(names(&office, &format!("q={q}")).await, ["Işık Çelik A.Ş."], "{q}");
        }
        assert_eq!(names(&office, "q=elik").await, [""; 0], "not in the middle of a word");
        assert_eq!(names(&office, "q=%25%25").await, [""; 0], "a wildcard is no word");
        office.get("/api/v1/companies?q=a").await.fails(400, "VALIDATION_ERROR").on_field("q");
    })
    .await;
}

#[tokio::test]
async fn a_sole_trader_is_found_by_the_whole_number_only() {
    with_tenant(async |t| {
        let office = t.office().await;
        let body = json!({"name": "Esnaf Ali", "taxId": "19090909018", "email": "ali@esnaf.test"});
        office.post("/api/v1/companies", body).await.created();
        assert_eq!(names(&office, "q=19090909018").await, ["Esnaf Ali"]);
        for q in ["1909", "1909090901", "ali%201909", "10000000146"] {
            assert_eq!(names(&office, &format!("q={q}")).await, [""; 0], "{q}");
        }
        let kept: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM search_words_rows WHERE tenant_id = ? AND word LIKE '1909%') \
             + (SELECT COUNT(*) FROM companies_rows WHERE tenant_id = ? AND search_key LIKE '%1909%')",
        )
        .bind(t.id)
        .bind(t.id)
        .fetch_one(&mut t.sql().await)
        .await
        .expect("the index");
        assert_eq!(kept, 0);
    })
    .await;
}

#[tokio::test]
async fn a_changed_name_is_found_and_the_old_one_is_not() {
    with_tenant(async |t| {
        let office = t.office().await;
        let path = format!("/api/v1/companies/{}", company(&office, "Eski Uzun Ad").await);
        office.patch(&path, json!({"version": 1, "name": "Yeni"})).await.ok();
        assert_eq!(names(&office, "q=yeni").await, ["Yeni"]);
        assert_eq!(names(&office, "q=eski").await, [""; 0]);
        assert_eq!(names(&office, "q=uzun").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn names_stand_in_the_order_of_the_turkish_alphabet() {
    with_tenant(async |t| {
        let office = t.office().await;
        for name in ["Zirve", "Şahin", "Sarı", "İnci", "Irmak", "Çınar", "Cam", "Ödül", "Okul"] {
            company(&office, name).await;
        }
        let sorted = ["Cam", "Çınar", "Irmak", "İnci", "Okul", "Ödül", "Sarı", "Şahin", "Zirve"];
        assert_eq!(names(&office, "").await, sorted);
        let page = office.get("/api/v1/companies?sort=-name&page=2&limit=4").await;
        assert_eq!(page.total(), 9);
        assert_eq!(
            page.rows().iter().map(|row| row["name"].clone()).collect::<Vec<Value>>(),
            ["Okul", "İnci", "Irmak", "Çınar"]
        );
        office.get("/api/v1/companies?sort=taxId").await.fails(400, "VALIDATION_ERROR").on_field("sort");
        office.get("/api/v1/companies?colour=red").await.fails(400, "VALIDATION_ERROR").on_field("colour");
    })
    .await;
}

#[tokio::test]
async fn filters_narrow_a_list_together() {
    with_tenant(async |t| {
        let office = t.office().await;
        let make = async |name: &str, nace: &str, city: &str, source: &str| {
            let body = json!({"name": name, "naceCode": nace, "cityCode": city, "source": source});
            office.post("/api/v1/companies", body).await.created();
        };
        make("Bir", DANGEROUS, "34", "Fuar").await;
        make("İki", "432101", "34", "Tavsiye").await;
        make("Üç", DANGEROUS, "06", "Fuar").await;
        assert_eq!(names(&office, "dangerClass=VERY_DANGEROUS").await, ["İki"]);
        assert_eq!(names(&office, "nace=25.11").await, ["Bir", "Üç"]);
        assert_eq!(names(&office, "city=34&source=Fuar").await, ["Bir"]);
        assert_eq!(names(&office, "status=CUSTOMER").await, [""; 0]);
        assert_eq!(names(&office, "isActive=false").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn employees_are_found_by_name_workplace_and_what_they_do() {
    with_tenant(async |t| {
        let office = t.office().await;
        let company = company(&office, "Yıldız").await;
        let (one, other) =
            (workplace(&office, &company, DANGEROUS).await, workplace(&office, &company, DANGEROUS).await);
        employee(
            &office,
            &one,
            &json!({"firstName": "Işıl", "lastName": "Şen", "gender": "FEMALE", "position": "Kaynakçı"}),
        )
        .await;
        employee(
            &office,
            &other,
            &json!({"firstName": "Ali", "lastName": "Acar", "gender": "MALE", "startDate": "2025-01-01"}),
        )
        .await;
        let found = async |query: &str| {
            let rows = office.get(&format!("/api/v1/employees?{query}")).await.rows();
            rows.iter().map(|row| row["firstName"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("").await, ["Ali", "Işıl"]);
        assert_eq!(found("q=isil%20sen").await, ["Işıl"]);
        assert_eq!(found(&format!("workplaceId={one}")).await, ["Işıl"]);
        assert_eq!(found("gender=MALE").await, ["Ali"]);
        assert_eq!(found("position=kaynak").await, ["Işıl"]);
        assert_eq!(found("sort=-startDate").await, ["Ali", "Işıl"]);
        assert_eq!(found(&format!("companyId={company}&isActive=false")).await, [""; 0]);
    })
    .await;
}
