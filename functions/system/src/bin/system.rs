//! The HTTP function for health, documentation and administrators.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    shared::serve_http("system", system::routes()).await
}
