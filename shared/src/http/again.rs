//! A change that lost a deadlock is done again: the database has undone all of it, and nobody was told anything yet.

use std::{cell::Cell, time::Duration};

use axum::{body::Body, extract::Request, middleware::Next, response::Response};

use super::{extract::Received, reply::Failed};
use crate::app::App;

/// How often a change is tried, the first time included.
const TRIES: u32 = 4;
/// How long the second try waits; each further one twice as long. The winner is done by then.
const PAUSE: Duration = Duration::from_millis(20);

tokio::task_local! {
    /// Whether a unit of work of this request was committed: what came before it must not be done twice.
    static COMMITTED: Cell<bool>;
}

/// Remembers that the request has had an effect.
pub(crate) fn has_committed() {
    // Tasks have no request; their messages come again by themselves.
    let _ = COMMITTED.try_with(|committed| committed.set(true));
}

/// Runs the handler, up to three times more while it loses deadlocks and has had no effect.
pub(crate) async fn run(app: &App, request: Request, next: Next) -> Response {
    // Only the body of an unsafe request is kept, and only those write.
    let Some(Received(body)) = request.extensions().get::<Received>().cloned() else { return next.run(request).await };
    let (parts, _) = request.into_parts();
    COMMITTED
        .scope(Cell::new(false), async {
            let mut pause = PAUSE;
            for _ in 1..TRIES {
                let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
                let response = next.clone().run(request).await;
                let lost = response.extensions().get::<Failed>().is_some_and(|failed| failed.by_deadlock);
                if !lost || COMMITTED.with(Cell::get) {
                    return response;
                }
                tracing::warn!(category = "application", "request.deadlocked");
                app.settle().await;
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            next.run(Request::from_parts(parts, Body::from(body))).await
        })
        .await
}
