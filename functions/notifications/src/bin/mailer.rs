//! The worker of the queue `mailer`: one message, one mail.

use notifications::emails;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    let app = shared::serve::start("mailer")?;
    let post = notifications::post(app.config())?;
    shared::queue::worker::serve_messages(app, move |app, message| {
        let post = post.clone();
        async move { emails::deliver(&post, &app, &message).await }
    })
    .await
}
