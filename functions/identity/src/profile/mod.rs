//! The own profile: name, telephone, language, and the e-mail with its confirmation. Never role or company.

pub mod api;
pub(crate) mod email;
pub mod pages;
mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    Error, Result,
    auth::{Caller, CompanyId, Role, UserId},
    db::{Audit, Event, Work, search},
    http::{Patch, reply::Resource},
    types::{Email, Phone, Text},
};
use utoipa::ToSchema;

use crate::{accounts, record::record, staff};

shared::text_enum! {
    /// The languages that the product writes to people in.
    pub enum Locale {
        /// Turkish.
        Tr = "tr",
        /// English.
        En = "en",
    }
}

/// The own profile in this tenant.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The user.
    pub id: UserId,
    /// The account's e-mail, the same in all tenants.
    pub email: Email,
    /// The name.
    pub name: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The title.
    pub title: Option<String>,
    /// The language of mail, the same in all tenants.
    pub locale: Locale,
    /// Whether that is the owner's choice, which pages follow too; else they speak the browser's language.
    pub locale_chosen: bool,
    /// The role.
    pub role: Role,
    /// The company of a customer's user.
    pub company_id: Option<CompanyId>,
    /// Whether a customer's user administers the users of the company.
    pub is_company_admin: bool,
    /// The version.
    pub version: i64,
    /// When the user was made.
    pub created_at: DateTime<Utc>,
    /// When the user was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Profile {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        "/api/v1/profile".to_owned()
    }
}

shared::input! {
    /// What one may change of oneself.
    pub struct PatchProfile {
        /// The name.
        pub name: Patch<Text<2, 255>>,
        /// The first name.
        pub first_name: Patch<Option<Text<1, 100>>>,
        /// The last name.
        pub last_name: Patch<Option<Text<1, 100>>>,
        /// The telephone number.
        pub phone: Patch<Option<Phone>>,
        /// The title.
        pub title: Patch<Option<Text<1, 100>>>,
        /// The language of mail and pages.
        pub locale: Patch<Locale>,
    }
}

fn apply(patch: PatchProfile, profile: &mut Profile) {
    if let Patch::Set(name) = patch.name {
        profile.name = name.into_string();
    }
    staff::set_text(patch.first_name, &mut profile.first_name);
    staff::set_text(patch.last_name, &mut profile.last_name);
    staff::set_text(patch.title, &mut profile.title);
    patch.phone.apply(&mut profile.phone);
    // What is sent as it was chooses nothing.
    if let Patch::Set(locale) = patch.locale
        && locale != profile.locale
    {
        (profile.locale, profile.locale_chosen) = (locale, true);
    }
}

/// Chooses the language of the own mail and pages, be it the one that the account has already.
pub async fn choose_language(work: &mut Work, caller: &Caller, locale: Locale) -> Result<Profile> {
    let before = store::find(work, caller.user).await?.ok_or_else(Error::not_found)?;
    let (version, after) = (before.version, Profile { locale, locale_chosen: true, ..before.clone() });
    write(work, caller, version, before, after).await
}

/// Changes the own profile.
pub async fn update(work: &mut Work, caller: &Caller, version: i64, patch: PatchProfile) -> Result<Profile> {
    let before = store::find(work, caller.user).await?.ok_or_else(Error::not_found)?;
    let mut after = before.clone();
    apply(patch, &mut after);
    write(work, caller, version, before, after).await
}

async fn write(work: &mut Work, caller: &Caller, version: i64, before: Profile, after: Profile) -> Result<Profile> {
    if before.version == version && Audit::is_same(&before, &after) {
        work.leave_as_is();
        return Ok(before);
    }
    if !store::update(work, &after, version).await? {
        let current = store::find(work, caller.user).await?.ok_or_else(Error::not_found)?;
        return Err(Error::version_conflict(current.version));
    }
    if (after.locale, after.locale_chosen) != (before.locale, before.locale_chosen) {
        accounts::store::set_locale(work, caller.account, after.locale.as_str()).await?;
    }
    search::index(work, "USER", caller.user.as_uuid(), caller.company, &[&after.name, after.email.as_str()]).await?;
    // The copies of the sessions know the name.
    for session in accounts::store::live_sessions(work).await? {
        work.forget_session(session);
    }
    let after = store::find(work, caller.user).await?.ok_or_else(Error::not_found)?;
    let id = caller.user.as_uuid();
    let audit = Audit::updated("user", id, &before, &after);
    record(work, caller.company, audit, Event::new("user.updated", id, after.version));
    work.invalidate(format!("user:{}", caller.user));
    Ok(after)
}
