//! The unit of work: the change, its audit rows, its events and its idempotency key are one
//! transaction; what must follow it happens after the commit.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::{
    Audit, Context, Db, Event, Key, Scoped,
    idempotency::{self, Held},
    outbox,
};
use crate::{
    app::App,
    auth::{Caller, CompanyId, SessionId, UserId},
    error::{Error, Result},
    http::{
        again,
        reply::Reply,
        request::{self, RequestInfo},
    },
};

/// Who does it, as the audit trail remembers it.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user; none for a background task or a stranger.
    pub user: Option<UserId>,
    /// The name at that time.
    pub name: String,
    /// The e-mail at that time.
    pub email: Option<String>,
}

impl Actor {
    /// A background task, by its function's name.
    pub fn task(name: &str) -> Self {
        Self { user: None, name: name.to_owned(), email: None }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        Self { user: Some(caller.user), name: caller.name.clone(), email: Some(caller.email.clone()) }
    }
}

/// An open transaction. Dropped without [`Work::commit`] it leaves nothing behind.
///
/// The statements of a feature run on it as on any connection: `store::insert(&mut work, …)`.
#[must_use = "a unit of work has no effect until it is committed"]
#[derive(Debug)]
pub struct Work {
    app: App,
    db: Scoped,
    context: Context,
    actor: Actor,
    info: Arc<RequestInfo>,
    now: DateTime<Utc>,
    key: Option<Held>,
    audit: Vec<Audit>,
    events: Vec<Event>,
    tags: Vec<String>,
    sessions: Touched,
    bookkeeping: bool,
}

/// The sessions that a unit of work has to do with.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) changed: Vec<SessionId>,
    pub(crate) ended: Vec<SessionId>,
}

impl Work {
    pub(crate) async fn begin(
        app: &App,
        context: Context,
        actor: Actor,
        key: Option<(Key, Uuid, Option<Uuid>)>,
    ) -> Result<Self> {
        let mut db = app.pool().scoped(context).await?;
        db.set_open(true);
        sqlx::query("START TRANSACTION").execute(&mut *db).await?;
        let mut work = Self {
            app: app.clone(),
            db,
            context,
            actor,
            info: request::current(),
            now: app.now(),
            key: None,
            audit: Vec::new(),
            events: Vec::new(),
            tags: Vec::new(),
            sessions: Touched::default(),
            bookkeeping: false,
        };
        if let Some((key, actor, company)) = key {
            match idempotency::take(app, &mut work.db, &key, actor, company).await {
                Ok(held) => work.key = Some(held),
                Err(error) => {
                    work.roll_back().await;
                    return Err(error);
                }
            }
        }
        Ok(work)
    }

    /// The one instant of this unit of work.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Whose rows it sees.
    pub fn context(&self) -> Context {
        self.context
    }

    /// Who does it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Changes who is named in the audit trail, when that is found out on the way.
    pub fn set_actor(&mut self, actor: Actor) {
        self.actor = actor;
    }

    /// Adds a row to the audit trail.
    pub fn audit(&mut self, row: Audit) {
        self.audit.push(row);
    }

    /// Adds an event, which is sent after the commit.
    pub fn emit(&mut self, mut event: Event) {
        event.id = crate::types::new_uuid(self.now);
        self.events.push(event);
    }

    /// Drops what the caches keep under this tag, after the commit.
    pub fn invalidate(&mut self, tag: impl Into<String>) {
        self.tags.push(tag.into());
    }

    /// Drops Redis's copy of a session of which this unit of work changed something, after the commit.
    pub fn forget_session(&mut self, session: SessionId) {
        self.sessions.changed.push(session);
    }

    /// Says to Redis that this unit of work ended a session, after the commit.
    pub fn end_session(&mut self, session: SessionId) {
        self.sessions.ended.push(session);
    }

    /// Says that this is bookkeeping of the system itself (progress, state of a message, last
    /// seen), which is not audited.
    pub fn bookkeeping(mut self) -> Self {
        self.bookkeeping = true;
        self
    }

    /// Says that everything is already as it was asked for: nothing is written, so there is nothing to audit.
    pub fn leave_as_is(&mut self) {
        self.bookkeeping = true;
    }

    /// Commits the change with the answer that it leads to.
    ///
    /// # Errors
    /// Nothing has happened when this fails. A change that left no audit row is refused.
    pub async fn commit(mut self, reply: Reply) -> Result<Reply> {
        if let Some(held) = &self.key {
            idempotency::store(&self.app, &mut self.db, held, &reply).await?;
        }
        self.finish().await?;
        Ok(reply)
    }

    /// Commits a change that answers nobody.
    pub async fn finish(mut self) -> Result<()> {
        if self.audit.is_empty() && !self.bookkeeping {
            return Err(Error::internal("a change without an audit row"));
        }
        self.write_audit().await?;
        let tenant = self.context.tenant();
        let rows = outbox::insert(&mut self.db, tenant, &self.events, &self.info, self.now).await?;
        sqlx::query("COMMIT").execute(&mut *self.db).await?;
        self.db.set_open(false);
        again::has_committed();
        // From here on the change stands: what fails now is made up for by the relay and by expiry.
        self.log_audit();
        self.app.after_commit(self.db, tenant, &self.tags, &self.sessions, rows).await;
        Ok(())
    }

    /// A line for each row of the trail, so that whoever watches the logs sees who does what, without the values:
    /// tenant and user stand on the line already.
    fn log_audit(&self) {
        for row in &self.audit {
            tracing::info!(
                category = "audit",
                action = row.action.as_str(),
                entity = row.entity,
                entity_id = row.entity_id.map(tracing::field::display),
                "audit.written"
            );
        }
    }

    /// Ends without effect; dropping does the same, but costs the connection.
    pub async fn roll_back(mut self) {
        if sqlx::query("ROLLBACK").execute(&mut *self.db).await.is_ok() {
            self.db.set_open(false);
        }
    }

    async fn write_audit(&mut self) -> Result<()> {
        if self.audit.is_empty() {
            return Ok(());
        }
        let mut sql = QueryBuilder::new(
            "INSERT INTO audit_log (tenant_id, id, company_id, action, entity, entity_id, actor_user_id, actor_name, \
             actor_email, request_id, ip, user_agent, changes, created_at) ",
        );
        let (actor, info, now) = (&self.actor, &self.info, self.now);
        // All have one instant, so the ids keep the order in which things were done.
        let rows = self.audit.iter().zip(crate::types::new_uuids(now));
        sql.push_values(rows, |mut row, (audit, id)| {
            row.push("current_tenant()")
                .push_bind(id)
                .push_bind(audit.company.map(CompanyId::as_uuid))
                .push_bind(audit.action.as_str())
                .push_bind(audit.entity)
                .push_bind(audit.entity_id)
                .push_bind(actor.user.map(UserId::as_uuid))
                .push_bind(actor.name.as_str())
                .push_bind(actor.email.as_deref())
                .push_bind(info.id.as_str())
                .push_bind(info.address.map(|a| a.to_string()))
                .push_bind(info.user_agent.as_deref())
                .push_bind(Json(&audit.changes))
                .push_bind(now.naive_utc());
        });
        sql.build().execute(&mut *self.db).await?;
        Ok(())
    }
}

impl Deref for Work {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Db {
        &mut self.db
    }
}
