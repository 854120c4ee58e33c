//! The scheduled task that sends what the writers could not.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    let app = shared::serve::start("outbox-relay")?;
    shared::serve::serve_task(app, system::relay::run).await
}
