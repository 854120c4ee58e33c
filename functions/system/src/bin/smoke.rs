//! The hook that CodeDeploy calls before traffic shifts to a new version of a function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    let aws = shared::config::Aws::from_variables(&shared::secrets::variables());
    shared::serve::serve_bare("smoke", move |event| {
        let aws = aws.clone();
        async move { system::smoke::run(&aws, event).await }
    })
    .await
}
