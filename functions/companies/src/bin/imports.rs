//! The worker of the queue `imports`.

use companies::imports::worker;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result<()> {
    shared::queue::worker::serve_queue("imports", worker::deliver).await
}
