//! The worker of the queue `mailer`: one message, one mail.

use std::sync::Arc;

use notifications::emails;
use tokio::sync::OnceCell;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    let (function, post) = (shared::serve::start("mailer")?, Arc::new(OnceCell::new()));
    if let Some(app) = function.ready() {
        let _ = post.set(notifications::post(app.config())?);
    }
    shared::queue::worker::serve_messages(function, move |app, message| {
        let post = Arc::clone(&post);
        async move {
            let post = post.get_or_try_init(async || notifications::post(app.config())).await?;
            emails::deliver(post, &app, &message).await
        }
    })
    .await
}
