//! One trace goes from a caller's request through the outbox and the queue to the worker at its end.

use std::path::PathBuf;

use serde_json::{Value, json};
use tests::harness::{eventually, new_id, variable, with_tenant};

/// The lines of a function's log that hold an id: of a trace, of a job.
pub(crate) fn lines(function: &str, id: &str) -> Vec<Value> {
    let log = PathBuf::from(variable("STACK_LOGS")).join(format!("{function}.log"));
    let text = String::from_utf8_lossy(&std::fs::read(log).expect("the function's log")).into_owned();
    let of_id = text.lines().filter(|line| line.contains(id)).filter_map(|line| line.find('{').map(|at| &line[at..]));
    of_id.filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[tokio::test]
async fn the_callers_trace_reaches_the_worker_behind_the_queue() {
    with_tenant(async |t| {
        let office = t.office().await;
        let (trace, correlation) = (new_id().simple().to_string(), new_id().to_string());
        let call = office.post("/api/v1/companies", json!({"name": "İz A.Ş."}));
        let call = call.header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
        let company = call.header("x-correlation-id", &correlation).await.created();

        let row: (String, String) = sqlx::query_as(
            "SELECT CONVERT(traceparent USING utf8mb4), CONVERT(correlation_id USING utf8mb4) FROM outbox_rows \
             WHERE tenant_id = ? AND aggregate_id = ?",
        )
        .bind(t.id)
        .bind(company["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap())
        .fetch_one(&mut t.sql().await)
        .await
        .unwrap();
        assert!(row.0.starts_with(&format!("00-{trace}-")) && !row.0.contains("00f067aa0ba902b7"), "{}", row.0);
        assert_eq!(row.1, correlation, "what it causes is a span of its own in the caller's trace");

        let done = eventually("the worker's line", async || {
            lines("cache-invalidate", &trace).into_iter().find(|line| line["message"] == "message.done")
        })
        .await;
        assert_eq!((&done["traceId"], &done["correlationId"]), (&json!(trace), &json!(correlation)));
        assert_eq!((&done["topic"], &done["tenant"]), (&json!("company.created"), &json!(t.id)));
        let asked = eventually("the caller's line", async || {
            lines("companies", &trace).into_iter().find(|line| line["message"] == "request.answered")
        });
        assert_eq!(asked.await["traceId"], json!(trace));
    })
    .await;
}
