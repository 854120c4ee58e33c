//! The scheduled task that clears away what nobody needs any more.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    let app = shared::serve::start("housekeeping")?;
    shared::serve::serve_task(app, system::housekeeping::run).await
}
