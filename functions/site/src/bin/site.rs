//! The HTTP function for every path that no other function has.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    shared::serve_http("site", site::routes()).await
}
