//! Feature flags as a tenant's ADMIN sees them, and the operator's command. What a flag means for somebody is decided
//! by the common crate, here as everywhere.

pub mod api;
pub mod operator;
pub mod pages;
mod store;

use serde::Serialize;
use serde_json::json;
use shared::{
    Code, Detail, Error, Result,
    auth::Caller,
    cache::CacheKey,
    db::{Action, Audit, Event, Work, violated_key},
    error::{Language, Text},
    flags::{Decider, Subject, Switch},
    http::{Patch, Resource},
    types::Slug,
};
use utoipa::ToSchema;
use uuid::Uuid;

use store::Found;

/// A feature that is switched on or off.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeatureFlag {
    /// The name.
    #[schema(examples("exports"))]
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What is on or off with it.
    pub description: String,
    /// Whether it is on for the caller.
    pub is_on: bool,
    /// Whose word that is.
    pub decided_by: Decider,
    /// The tenant's choice; none where it leaves the decision to the operator.
    pub chosen: Option<Switch>,
    /// For how many of a hundred it is on where nobody has decided.
    pub rollout: u8,
    /// What these hundred are.
    pub subject: Subject,
    /// The version.
    pub version: i64,
    /// The tenant's own row, which comes with its first choice.
    #[serde(skip)]
    setting: Option<Uuid>,
}

impl Resource for FeatureFlag {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/admin/flags/{}", self.name)
    }
}

impl FeatureFlag {
    fn new(found: Found, caller: &Caller, language: Language) -> Self {
        let Found { decision, title, description, setting, version } = found;
        let (is_on, decided_by) = decision.of(caller.tenant.as_uuid(), caller.user.as_uuid());
        Self {
            title: title.in_language(language).to_owned(),
            description: description.in_language(language).to_owned(),
            is_on,
            decided_by,
            chosen: decision.chosen,
            rollout: decision.rollout,
            subject: decision.subject,
            version,
            setting,
            name: decision.name,
        }
    }
}

shared::input! {
    /// What a tenant may decide about a flag.
    pub struct PatchFlag {
        /// On, off, or null to leave it to the operator.
        pub chosen: Patch<Option<Switch>>,
    }
}

/// Writes a tenant's choice.
async fn choose(
    work: &mut Work,
    caller: &Caller,
    language: Language,
    name: &Slug,
    version: i64,
    patch: &PatchFlag,
) -> Result<FeatureFlag> {
    let before = store::find(work, name).await?.ok_or_else(Error::not_found)?;
    if before.version != version {
        return Err(Error::version_conflict(before.version));
    }
    let chosen = patch.chosen.as_set().copied().unwrap_or(before.decision.chosen);
    if chosen == before.decision.chosen {
        work.leave_as_is();
        return Ok(FeatureFlag::new(before, caller, language));
    }
    if before.decision.held.or(before.decision.held_here).is_some() {
        return Err(is_held());
    }
    let id = match before.setting {
        Some(id) => store::update(work, id, chosen, version).await?.then_some(id),
        None => insert(work, name, chosen).await?,
    };
    let now = store::find(work, name).await?.ok_or_else(Error::not_found)?;
    let id = id.ok_or_else(|| Error::version_conflict(now.version))?;
    let of = |found: &Found| json!({"chosen": found.decision.chosen});
    let audit = Audit::updated("flag", id, &of(&before), &of(&now)).action(Action::ConfigChange);
    work.audit(audit.note("flag", name.as_str()));
    let told = json!({"name": name.as_str(), "chosen": chosen, "tags": [CacheKey::FLAGS]});
    work.emit(Event::new("flag.changed", id, now.version).with(told));
    work.invalidate(CacheKey::FLAGS);
    Ok(FeatureFlag::new(now, caller, language))
}

/// The tenant's first choice; none when somebody else has made it at the same moment.
async fn insert(work: &mut Work, name: &Slug, chosen: Option<Switch>) -> Result<Option<Uuid>> {
    let id = work.app().new_uuid();
    match store::insert(work, id, name, chosen).await {
        Ok(()) => Ok(Some(id)),
        Err(error) if violated_key(&error).as_deref() == Some("flag_settings_tenant_flag_uk") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn is_held() -> Error {
    Error::new(Code::InvalidState).detail(Detail::new(
        "chosen",
        "FLAG_HELD",
        Text::new(
            "Bu özelliğe şu anda hizmet sağlayıcınız karar veriyor; seçiminiz değiştirilemez.",
            "Your service provider decides about this feature at the moment; your choice cannot be changed.",
        ),
    ))
}
