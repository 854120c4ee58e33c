//! The worker that drops cached values when an event says that they have changed.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    shared::queue::worker::serve_queue("cache-invalidate", system::cache::follow).await
}
