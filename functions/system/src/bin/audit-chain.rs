//! The scheduled task that closes the hash chain of the audit trail and verifies it.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    let app = shared::serve::start("audit-chain")?;
    shared::serve::serve_task(app, system::audit::chain::run).await
}
