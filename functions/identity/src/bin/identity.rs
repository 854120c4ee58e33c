//! The HTTP function of sign-in, sessions, users, invitations and the own tenant.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    shared::serve_http("identity", identity::routes()).await
}
