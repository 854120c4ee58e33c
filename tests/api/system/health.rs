//! `/health` and `/health/ready`

use reqwest::Method;
use tests::harness::Client;

#[tokio::test]
async fn anybody_may_ask_and_learns_nothing_but_that_it_is_well() {
    for (path, says) in [("/health", "ok"), ("/health/ready", "ready")] {
        let answer = Client::anonymous().get(path).await;
        assert_eq!(answer.ok(), serde_json::json!({"status": says}), "{path}");
        // A stale or foreign token is not even looked at.
        assert_eq!(Client::bearer("nonsense").get(path).await.status, 200, "{path}");
        let head = Client::anonymous().call(Method::HEAD, path).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
    }
    Client::anonymous().get("/health/nothing").await.fails(404, "NOT_FOUND");
    Client::anonymous().call(Method::DELETE, "/health").await.fails(405, "METHOD_NOT_ALLOWED");
}
