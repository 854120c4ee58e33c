//! The legal figures as they stand in the database, held against the regulations: minutes of a month for each
//! employee, and the headcounts for which a whole professional must be there.

use std::collections::BTreeSet;

use companies::{
    danger::DangerClass::{Dangerous, LessDangerous, VeryDangerous},
    minutes::ServiceRules,
};
use shared::{App, auth::TenantId, clock::Clock, config::Config, db::Context};
use tests::harness::{Tenant, with_tenant};

/// `rule class from-to value`, as the regulations have them (m.12 and m.19, as amended in 2014 and 2015).
const FIGURES: [&str; 16] = [
    "service.full-time.OTHER_HEALTH VERY_DANGEROUS - 500",
    "service.full-time.PHYSICIAN DANGEROUS - 1000",
    "service.full-time.PHYSICIAN LESS_DANGEROUS - 2000",
    "service.full-time.PHYSICIAN VERY_DANGEROUS - 750",
    "service.full-time.SAFETY_EXPERT DANGEROUS - 500",
    "service.full-time.SAFETY_EXPERT LESS_DANGEROUS - 1000",
    "service.full-time.SAFETY_EXPERT VERY_DANGEROUS - 250",
    "service.minutes.OTHER_HEALTH VERY_DANGEROUS 10-49 10",
    "service.minutes.OTHER_HEALTH VERY_DANGEROUS 250- 20",
    "service.minutes.OTHER_HEALTH VERY_DANGEROUS 50-249 15",
    "service.minutes.PHYSICIAN DANGEROUS - 10",
    "service.minutes.PHYSICIAN LESS_DANGEROUS - 5",
    "service.minutes.PHYSICIAN VERY_DANGEROUS - 15",
    "service.minutes.SAFETY_EXPERT DANGEROUS - 20",
    "service.minutes.SAFETY_EXPERT LESS_DANGEROUS - 10",
    "service.minutes.SAFETY_EXPERT VERY_DANGEROUS - 40",
];

async fn rules(t: &Tenant) -> ServiceRules {
    let app = App::new("tests", Config::from_env().unwrap(), Clock::System).unwrap();
    let mut db = app.read_as(Context::task(TenantId::from_uuid(t.id))).await.unwrap();
    ServiceRules::load(&mut db).await.unwrap()
}

#[tokio::test]
async fn the_table_holds_the_figures_of_the_regulations() {
    with_tenant(async |t| {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT CONVERT(CONCAT(rule_id, ' ', COALESCE(danger_class, '*'), ' ', COALESCE(band_from, ''), '-', \
             COALESCE(band_to, ''), ' ', CAST(value AS UNSIGNED)) USING utf8mb4) FROM rule_values_rows \
             WHERE valid_to IS NULL AND (rule_id LIKE 'service.minutes.%' OR rule_id LIKE 'service.full-time.%')",
        )
        .fetch_all(&mut t.sql().await)
        .await
        .unwrap();
        assert_eq!(rows.len(), FIGURES.len());
        assert_eq!(rows.iter().map(String::as_str).collect::<BTreeSet<_>>(), FIGURES.into_iter().collect());
        let capacity: String = sqlx::query_scalar(
            "SELECT CAST(CAST(value AS UNSIGNED) AS CHAR) FROM rule_values_rows WHERE rule_id = 'service.monthly-capacity'",
        )
        .fetch_one(&mut t.sql().await)
        .await
        .unwrap();
        assert_eq!(capacity, "11700", "45 hours a week are 195 a month");
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_for_is_computed_from_the_table() {
    with_tenant(async |t| {
        let rules = rules(t).await;
        let day = "2026-11-25".parse().unwrap();
        // The class, the headcount, minutes of expert, physician and other health staff, and whole ones of each.
        let examples = [
            (VeryDangerous, 25, [1_000, 375, 250], [0, 0, 0]),
            (VeryDangerous, 9, [360, 135, 0], [0, 0, 0]),
            (Dangerous, 60, [1_200, 600, 0], [0, 0, 0]),
            (LessDangerous, 12, [120, 60, 0], [0, 0, 0]),
            (LessDangerous, 1_049, [490, 5_245, 0], [1, 0, 0]),
            (VeryDangerous, 260, [400, 3_900, 5_200], [1, 0, 0]),
            // One below each size, and the size itself.
            (LessDangerous, 999, [9_990, 4_995, 0], [0, 0, 0]),
            (LessDangerous, 2_000, [0, 0, 0], [2, 1, 0]),
            (Dangerous, 499, [9_980, 4_990, 0], [0, 0, 0]),
            (Dangerous, 500, [0, 5_000, 0], [1, 0, 0]),
            (Dangerous, 1_000, [0, 0, 0], [2, 1, 0]),
            (VeryDangerous, 249, [9_960, 3_735, 3_735], [0, 0, 0]),
            (VeryDangerous, 499, [9_960, 7_485, 9_980], [1, 0, 0]),
            (VeryDangerous, 750, [0, 0, 5_000], [3, 1, 1]),
        ];
        for (class, headcount, minutes, whole) in examples {
            let asked = rules.required(class, headcount, day, false);
            assert_eq!([asked.expert, asked.physician, asked.other_health], minutes, "{class} {headcount}");
            let full = asked.full_time;
            assert_eq!([full.expert, full.physician, full.other_health], whole, "{class} {headcount}");
            let relieved = rules.required(class, headcount, day, true);
            assert_eq!((relieved.other_health, relieved.full_time.other_health), (0, 0), "{class} {headcount}");
        }
    })
    .await;
}
