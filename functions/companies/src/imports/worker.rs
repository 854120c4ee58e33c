//! The worker of the queue `imports`: the dry run and the applying.

use shared::{
    App, Error,
    jobs::run::{self, Stop},
    queue::{Message, worker::Failure},
};

use super::{APPLY, CHECK, apply, check};

/// Does one message. Doing it twice changes nothing the second time.
pub async fn deliver(app: App, message: Message) -> Result<(), Failure> {
    run::work_off(app, message, |run| async move {
        match run.kind() {
            // Boxed: the two are large, and lie in the frame of everything that calls them.
            kind if kind == CHECK.name => Box::pin(check::run(run)).await,
            kind if kind == APPLY.name => Box::pin(apply::run(run)).await,
            other => Err(Stop::Failed(Error::internal(format!("{other} is no job of this queue")))),
        }
    })
    .await
}
