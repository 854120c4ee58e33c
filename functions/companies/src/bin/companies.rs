//! The HTTP function of the customer register.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    shared::serve_http("companies", companies::routes()).await
}
