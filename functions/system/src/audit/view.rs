//! What an administrator reads of the trail.

use shared::{
    App, Error, Result,
    auth::Caller,
    http::{Cursor, Pagination},
};
use uuid::Uuid;

use super::{
    AuditEntry, Position,
    api::{self, AuditQuery},
    names::{self, Names},
    store,
};

/// The entries that are asked for, the latest first, and how to go on.
pub(super) async fn list(app: &App, caller: &Caller, query: &AuditQuery) -> Result<(Vec<AuditEntry>, Pagination)> {
    let (filter, limit) = api::read(query)?;
    let cursors = Cursor::new("audit", caller.tenant.as_uuid(), &filter)?;
    let after: Option<Position> = query.cursor.as_deref().map(|cursor| cursors.read(app, cursor)).transpose()?;
    let mut db = app.read(caller).await?;
    // One more than is shown tells whether there is more.
    let mut rows = store::list(&mut db, &filter, after, limit + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more).map(|row| Position { created_at: row.created_at, id: row.id });
    let next_cursor = last.map(|position| cursors.after(app, &position)).transpose()?;
    Ok((rows, Pagination::Cursor { limit, next_cursor }))
}

/// One entry.
pub(super) async fn find(app: &App, caller: &Caller, id: Uuid) -> Result<AuditEntry> {
    let mut db = app.read(caller).await?;
    store::find(&mut db, id).await?.ok_or_else(Error::not_found)
}

/// What the records of these entries are called.
pub(super) async fn names(app: &App, caller: &Caller, entries: &[AuditEntry]) -> Result<Names> {
    let mut db = app.read(caller).await?;
    names::of(&mut db, entries).await
}
