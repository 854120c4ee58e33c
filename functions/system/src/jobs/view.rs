//! Which jobs somebody sees, and the way to their files.

use shared::{
    App, Result,
    auth::{Caller, Role},
    http::List,
    jobs::JobId,
    storage::ObjectKey,
};

use super::{Job, JobFilter, store};

/// Whether the caller sees the jobs of the whole tenant, not only his own.
pub(super) fn sees_all(caller: &Caller) -> bool {
    caller.role == Role::Admin
}

/// One page of the caller's jobs, and how many there are.
pub(super) async fn list(app: &App, caller: &Caller, list: &List<JobFilter>, order: &str) -> Result<(Vec<Job>, u64)> {
    let mut db = app.read(caller).await?;
    store::list(&mut db, list, order, sees_all(caller)).await
}

/// One of the caller's jobs, with the way to its file. The link stands nowhere else: whoever may not read the job gets
/// none.
pub(super) async fn find(app: &App, caller: &Caller, id: JobId) -> Result<Job> {
    let mut db = app.read(caller).await?;
    let mut job = store::find(&mut db, id, sees_all(caller)).await?;
    drop(db);
    let kept = job.file_expires_at.is_some_and(|until| until > app.now());
    let key = job.file_key.as_deref().and_then(|key| ObjectKey::kept(caller.tenant.as_uuid(), key));
    if let (true, Some(key), Some(name)) = (kept, key, &job.file_name) {
        job.result_url = Some(app.storage()?.sign_get(&key, name).await?.url);
    }
    Ok(job)
}
