//! Jobs: who sees them, their files, and stopping them.

use reqwest::Method;
use serde_json::json;
use tests::harness::{Client, eventually, with_tenant};

/// An export that has ended; its page.
async fn exported(by: &Client) -> String {
    let started = by.post("/api/v1/companies/export", json!({"format": "csv"})).await.accepted();
    let id = started["jobId"].as_str().unwrap().to_owned();
    eventually("the export to end", async || {
        (by.get(&format!("/api/v1/jobs/{id}")).await.ok()["status"] == "DONE").then_some(())
    })
    .await;
    format!("/jobs/{id}")
}

#[tokio::test]
async fn a_job_is_shown_to_whoever_started_it_and_to_administrators() {
    with_tenant(async |t| {
        let (office, admin, doctor) = (t.office().await, t.admin().await, t.doctor().await);
        let job = exported(&office).await;
        for page in [&job, "/jobs"] {
            assert!(office.get(page).await.page(200).contains("Şirket listesini dışa aktarma"), "{page}");
            assert!(admin.get(page).await.page(200).contains("Şirket listesini dışa aktarma"), "{page}");
        }
        for part in ["", "/file", "/cancel"] {
            doctor.get(&format!("{job}{part}")).await.page(404);
        }
        doctor.call(Method::POST, &format!("{job}/cancel")).form(&[]).await.page(404);
        assert!(!doctor.get("/jobs").await.page(200).contains(&job));
        assert!(!admin.get("/jobs?mine=true").await.page(200).contains(&job));
        for query in ["?status=NONSENSE", "?kind=", "?sort=nonsense&page=0", "?mine=perhaps", "?kind=companies.export"]
        {
            assert!(office.get(&format!("/jobs{query}")).await.page(200).contains(&job), "{query}");
        }
        office.get("/jobs/no-id").await.page(404);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_has_ended_is_not_stopped_and_the_page_says_so() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = exported(&office).await;
        let refused = office.call(Method::POST, &format!("{job}/cancel")).form(&[]).await;
        assert!(refused.page(409).contains("İş zaten sona ermiş."));
        // The page has nothing to stop any more, and does not ask for itself again.
        let shown = office.get(&job).await;
        assert!(!shown.page(200).contains("hx-get") && !shown.page(200).contains("/cancel"));
        assert!(office.get(&job).await.page(200).contains("/file"));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_kept_no_longer_is_gone() {
    with_tenant(async |t| {
        let office = t.office().await;
        let job = exported(&office).await;
        let id = job.strip_prefix("/jobs/").unwrap().parse::<uuid::Uuid>().unwrap();
        sqlx::query("UPDATE jobs_rows SET file_expires_at = created_at WHERE id = ?")
            .bind(id)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
        assert!(office.get(&format!("{job}/file")).await.page(410).contains("yeniden dışa aktarın"));
        assert!(!office.get(&job).await.page(200).contains("/file\""));
    })
    .await;
}

#[tokio::test]
async fn stopping_leads_back_to_where_the_job_was_shown_and_to_no_other_site() {
    with_tenant(async |t| {
        let office = t.office().await;
        let asked = office.get("/jobs").await;
        asked.page(200);
        let job = exported(&office).await;
        for (next, back) in [("/imports", "/imports"), ("//evil.test", job.as_str())] {
            let page = office.get(&format!("{job}/cancel?next={next}")).await;
            assert!(page.page(200).contains(&format!("href=\"{back}\"")), "{next}");
        }
    })
    .await;
}
