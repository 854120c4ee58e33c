//! The scheduled task that exports the audit trail to where nobody can change it, and verifies what it exported.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    let app = shared::serve::start("audit-export")?;
    shared::serve::serve_task(app, system::audit::export::run).await
}
