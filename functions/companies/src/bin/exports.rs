//! The worker of the queue `exports`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    shared::queue::worker::serve_queue("exports", companies::exports::make).await
}
