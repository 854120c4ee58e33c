//! The HTTP function of signing in, by itself: it costs a password hash, whoever asks.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    shared::serve_http("sign-in", identity::sign_in_routes()).await
}
