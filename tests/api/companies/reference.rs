//! `/api/v1/reference`

use serde_json::json;
use tests::harness::{Client, with_tenant};

#[tokio::test]
async fn there_are_81_provinces_and_each_has_districts() {
    with_tenant(async |t| {
        let office = t.office().await;
        let provinces = office.get("/api/v1/reference/provinces").await.rows();
        assert_eq!((provinces.len(), &provinces[0]), (81, &json!({"code": "01", "name": "Adana"})));
        let districts = office.get("/api/v1/reference/provinces/34/districts").await.rows();
        assert_eq!(districts.len(), 39);
        assert!(districts.iter().all(|district| district["provinceCode"] == "34"));
        for nothing in ["00", "82", "abc", "%27"] {
            office.get(&format!("/api/v1/reference/provinces/{nothing}/districts")).await.fails(404, "NOT_FOUND");
        }
        Client::anonymous().get("/api/v1/reference/provinces").await.fails(401, "UNAUTHORIZED");
    })
    .await;
}

#[tokio::test]
async fn an_activity_is_found_by_code_word_and_class() {
    with_tenant(async |t| {
        let office = t.office().await;
        let codes = async |query: &str| {
            let rows = office.get(&format!("/api/v1/reference/nace?{query}")).await.rows();
            rows.iter().map(|row| row["code"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(codes("code=25.11").await, ["251106", "251107", "251108"]);
        assert_eq!(codes("q=251106").await, ["251106"]);
        assert!(codes("q=EKMEK").await.contains(&"107102".to_owned()));
        assert!(!codes("q=ekmek&dangerClass=VERY_DANGEROUS").await.contains(&"107102".to_owned()));
        assert_eq!(codes("page=2&limit=3").await.len(), 3);
        assert!(office.get("/api/v1/reference/nace?isCurrent=false").await.total() > 100);
    })
    .await;
}
