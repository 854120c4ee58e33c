//! Feature flags: what is switched on and off without a release, for everybody, for one tenant or for a share of them.
//!
//! A feature declares the [`Flag`] that it asks for, and its migration brings the flag's row. What is answered is never
//! an error: without the database the last known answer holds, and before there was one the flag's own.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use uuid::Uuid;

use crate::{
    app::App,
    auth::{Caller, TenantId},
    cache::CacheKey,
    db::{Context, Db},
    error::{Code, Detail, Error, Result, Text},
};

/// How long Redis keeps the answers; a process keeps them for a tenth of it more. So what an operator commands, who has
/// no way to the cache, holds everywhere within thirty seconds. A tenant's own choice drops the tag.
const LIFE: Duration = Duration::from_secs(27);
/// Tenants whose last known answers a process keeps.
const KNOWN: u64 = 1000;
crate::text_enum! {
    /// What somebody has decided about a flag.
    pub enum Switch {
        /// On.
        On = "ON",
        /// Off.
        Off = "OFF",
    }
}

crate::text_enum! {
    /// Who may choose.
    pub enum Audience {
        /// The operator alone.
        Operator = "OPERATOR",
        /// An ADMIN for his tenant, too.
        Tenant = "TENANT",
    }
}

crate::text_enum! {
    /// What the percentage of a flag counts.
    pub enum Subject {
        /// Tenants: all users of one have the same.
        Tenant = "TENANT",
        /// Users.
        User = "USER",
    }
}

crate::text_enum! {
    /// Whose word it is that a flag is on or off.
    pub enum Decider {
        /// The operator's, for everybody or for this tenant.
        Operator = "OPERATOR",
        /// That of the tenant's ADMIN.
        Tenant = "TENANT",
        /// Nobody's: the percentage decides.
        Rollout = "ROLLOUT",
    }
}

/// A flag as the code asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// Its name, in the table of flags.
    pub name: &'static str,
    /// What holds while nobody can be asked.
    pub default: bool,
}

/// What has been decided about one flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The flag's name.
    pub name: String,
    /// Who may choose.
    pub audience: Audience,
    /// What the percentage counts.
    pub subject: Subject,
    /// For how many of a hundred it is on.
    pub rollout: u8,
    /// The operator's word for everybody.
    pub held: Option<Switch>,
    /// The operator's word for this tenant.
    pub held_here: Option<Switch>,
    /// The choice of the tenant's ADMIN.
    pub chosen: Option<Switch>,
}

impl Decision {
    /// Whether it is on for this user of this tenant, and by whose word. The nearer word of the operator goes before
    /// the farther one, so that a tenant can be left out of what is held for all.
    pub fn of(&self, tenant: Uuid, user: Uuid) -> (bool, Decider) {
        if let Some(switch) = self.held_here.or(self.held) {
            return (switch == Switch::On, Decider::Operator);
        }
        if let (Audience::Tenant, Some(switch)) = (self.audience, self.chosen) {
            return (switch == Switch::On, Decider::Tenant);
        }
        let subject = match self.subject {
            Subject::Tenant => tenant,
            Subject::User => user,
        };
        (place(&self.name, subject) < self.rollout, Decider::Rollout)
    }
}

/// The place of a subject among a hundred, for one flag: always the same, so that a higher percentage only adds, and
/// another for each flag, so that it is not always the same ones who come first.
fn place(flag: &str, subject: Uuid) -> u8 {
    let hash = Sha256::new().chain_update(flag).chain_update([0]).chain_update(subject.as_bytes()).finalize();
    let number = hash.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    u8::try_from(number % 100).unwrap_or(u8::MAX)
}

/// The last answers of the database, by tenant.
#[derive(Debug, Clone)]
pub(crate) struct LastKnown(moka::sync::Cache<Uuid, Arc<Vec<Decision>>>);

impl Default for LastKnown {
    fn default() -> Self {
        Self(moka::sync::Cache::new(KNOWN))
    }
}

impl App {
    /// Whether a flag is on for the caller. Ask before a unit of work is begun: it takes a connection of its own.
    pub async fn flag(&self, caller: &Caller, flag: &Flag) -> bool {
        let decisions = self.decisions(caller.tenant, caller.context()).await;
        let Some(decisions) = decisions else { return flag.default };
        let found = decisions.iter().find(|decision| decision.name == flag.name);
        found.is_some_and(|decision| decision.of(caller.tenant.as_uuid(), caller.user.as_uuid()).0)
    }

    /// Refuses what is switched off for the caller.
    pub async fn require(&self, caller: &Caller, flag: &Flag) -> Result<()> {
        if self.flag(caller, flag).await { Ok(()) } else { Err(is_off(flag)) }
    }

    /// What has been decided for a tenant: kept, read, or the last known.
    async fn decisions(&self, tenant: TenantId, context: Context) -> Option<Arc<Vec<Decision>>> {
        let load = || async {
            let mut db = self.read_as(context).await?;
            Ok::<_, Error>(load(&mut db).await?)
        };
        let tenant = tenant.as_uuid();
        match self.cache().get_or_try(&CacheKey::flags(tenant), &[], LIFE, load).await {
            Ok(decisions) => {
                let decisions = Arc::new(decisions);
                self.last_flags().0.insert(tenant, Arc::clone(&decisions));
                Some(decisions)
            }
            Err(error) => {
                tracing::warn!(category = "application", error = %error, "flags.last_known");
                self.last_flags().0.get(&tenant)
            }
        }
    }
}

/// The rows that decide, as a connection's context shows them.
async fn load(db: &mut Db) -> sqlx::Result<Vec<Decision>> {
    let rows = sqlx::query(
        "SELECT f.name, f.audience, f.subject, f.rollout, f.held, c.held AS held_here, c.chosen \
         FROM flags f LEFT JOIN flag_choices c ON c.flag = f.name",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Decision {
                // The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
                name: row.try_get_unchecked("name")?,
                audience: row.try_get("audience")?,
                subject: row.try_get("subject")?,
                rollout: row.try_get("rollout")?,
                held: row.try_get("held")?,
                held_here: row.try_get("held_here")?,
                chosen: row.try_get("chosen")?,
            })
        })
        .collect()
}

fn is_off(flag: &Flag) -> Error {
    let text = Text::new(
        "Bu özellik kuruluşunuz için kapalı. Açılmasını yöneticinizden isteyin.",
        "This feature is switched off for your organisation. Ask your administrator to switch it on.",
    );
    Error::new(Code::BusinessRule).text(text.clone()).detail(Detail::new(flag.name, "FEATURE_OFF", text))
}

#[cfg(test)]
mod tests;
