//! Customers' users.

pub mod api;
pub mod pages;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    Code, Error, Result,
    auth::{Caller, CompanyId, Role, UserId},
    db::{Action, Audit, Event, Work, search},
    http::{Patch, reply::Resource},
    types::{Email, Phone, Text},
};
use utoipa::ToSchema;

use crate::{
    invitations::{self, Details, Invitation, NewInvitation},
    profile::Locale,
    record::record,
    staff::{self, Deactivation},
};

/// A customer's user.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct ClientUser {
    /// The user.
    pub id: UserId,
    /// The company.
    pub company_id: CompanyId,
    /// The account's e-mail.
    pub email: Email,
    /// The name.
    pub name: String,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The title.
    pub title: Option<String>,
    /// Always CLIENT.
    pub role: Role,
    /// Whether the user administers the users of the company.
    pub is_company_admin: bool,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Since when not.
    pub deactivated_at: Option<DateTime<Utc>>,
    /// The version.
    pub version: i64,
    /// When the user was made.
    pub created_at: DateTime<Utc>,
    /// When the user was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Resource for ClientUser {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/users/{}", self.id)
    }
}

shared::input! {
    /// Somebody of a customer who shall be let in.
    pub struct NewUser {
        /// Where the invitation is sent.
        pub email: Email,
        /// The company; a company's own administrator may leave it out.
        pub company_id: Option<CompanyId>,
        /// The name, as far as it is known; the invited person writes it himself.
        pub name: Option<Text<2, 255>>,
        /// The title.
        pub title: Option<Text<1, 100>>,
        /// The telephone number.
        pub phone: Option<Phone>,
        /// Whether the person shall administer the users of the company; false if left out.
        pub is_company_admin: Option<bool>,
        /// The language of the mail; Turkish if left out.
        pub locale: Option<Locale>,
    }
}

shared::input! {
    /// What may be changed of a customer's user. The e-mail is its owner's to change.
    pub struct PatchUser {
        /// The name.
        pub name: Patch<Text<2, 255>>,
        /// The telephone number.
        pub phone: Patch<Option<Phone>>,
        /// The title.
        pub title: Patch<Option<Text<1, 100>>>,
        /// Whether the user administers the users of the company; a change ends the user's sessions.
        pub is_company_admin: Patch<bool>,
    }
}

/// Among a customer's users only its administrators administer users.
pub(crate) fn may_administer(caller: &Caller) -> Result<()> {
    if caller.role == Role::Client && !caller.company_admin { Err(Error::new(Code::Forbidden)) } else { Ok(()) }
}

/// The company that the new user belongs to.
fn company_of(caller: &Caller, named: Option<CompanyId>) -> Result<CompanyId> {
    match (caller.company, named) {
        (Some(own), None) => Ok(own),
        (Some(own), Some(named)) if own == named => Ok(own),
        (Some(_), Some(_)) => Err(Error::not_found_in("companyId")),
        (None, Some(named)) => Ok(named),
        (None, None) => Err(Error::field("companyId", "REQUIRED", "Firmayı seçin.", "Choose the company.")),
    }
}

/// Invites somebody of a customer.
pub async fn invite(work: &mut Work, caller: &Caller, new: NewUser) -> Result<Invitation> {
    let company = company_of(caller, new.company_id)?;
    if !store::hold_company(work, company).await? {
        return Err(Error::not_found_in("companyId"));
    }
    let details = Details { title: new.title.map(Text::into_string), phone: new.phone, profession: None };
    let invitation = NewInvitation {
        email: new.email,
        role: Role::Client,
        company: Some(company),
        is_company_admin: new.is_company_admin.unwrap_or(false),
        name: new.name.map(Text::into_string),
        locale: new.locale.unwrap_or(Locale::Tr),
        details,
    };
    invitations::invite(work, caller, invitation).await
}

/// Changes a customer's user.
async fn update(work: &mut Work, by: UserId, id: UserId, version: i64, patch: PatchUser) -> Result<ClientUser> {
    let before = held(work, id).await?;
    if before.version != version {
        return Err(Error::version_conflict(before.version));
    }
    let mut after = before.clone();
    if let Patch::Set(name) = patch.name {
        after.name = name.into_string();
    }
    patch.phone.apply(&mut after.phone);
    staff::set_text(patch.title, &mut after.title);
    patch.is_company_admin.apply(&mut after.is_company_admin);
    if Audit::is_same(&before, &after) {
        work.leave_as_is();
        return Ok(before);
    }
    let rights_changed = after.is_company_admin != before.is_company_admin;
    if rights_changed {
        not_oneself(by, id, "isCompanyAdmin")?;
    }
    store::update(work, &after, rights_changed).await?;
    search::index(work, "USER", id.as_uuid(), Some(after.company_id), &[&after.name, after.email.as_str()]).await?;
    let topic = if rights_changed { "user.role-changed" } else { "user.updated" };
    told(work, &before, topic, |audit| if rights_changed { audit.action(Action::RoleChange) } else { audit }).await
}

async fn held(work: &mut Work, id: UserId) -> Result<ClientUser> {
    store::lock(work, id).await?;
    store::find(work, id).await?.ok_or_else(Error::not_found)
}

async fn told(
    work: &mut Work,
    before: &ClientUser,
    topic: &'static str,
    finish: impl FnOnce(Audit) -> Audit,
) -> Result<ClientUser> {
    let after = store::find(work, before.id).await?.ok_or_else(Error::not_found)?;
    let id = after.id.as_uuid();
    let audit = finish(Audit::updated("user", id, before, &after));
    record(work, Some(after.company_id), audit, Event::new(topic, id, after.version));
    work.invalidate(format!("user:{}", after.id));
    Ok(after)
}

/// Nobody takes the own rights away: a company whose last administrator did so would have none.
fn not_oneself(by: UserId, id: UserId, field: &'static str) -> Result<()> {
    if by != id {
        return Ok(());
    }
    Err(Error::rule(
        field,
        "OWN_RIGHTS",
        "Kimse kendi yetkisini ya da erişimini kaldıramaz; başka bir yetkiliden isteyin.",
        "Nobody can take away their own rights or access; ask somebody else who may.",
    ))
}

/// Lets a customer's user out.
async fn deactivate(work: &mut Work, by: UserId, id: UserId, input: Deactivation) -> Result<ClientUser> {
    set_active(work, by, id, false, input).await
}

/// Lets a customer's user in again.
async fn reactivate(work: &mut Work, by: UserId, id: UserId) -> Result<ClientUser> {
    set_active(work, by, id, true, Deactivation::UNSAID).await
}

async fn set_active(work: &mut Work, by: UserId, id: UserId, active: bool, input: Deactivation) -> Result<ClientUser> {
    not_oneself(by, id, "isActive")?;
    let before = held(work, id).await?;
    input.expects(before.version)?;
    if before.is_active == active {
        return Err(staff::no_change(active));
    }
    let now = work.now();
    staff::set_active_row(work, id, (!active).then_some(now)).await?;
    let topic = if active { "user.reactivated" } else { "user.deactivated" };
    told(work, &before, topic, |audit| input.noted(audit)).await
}

#[cfg(test)]
mod tests {
    use shared::auth::{AccountId, SessionId, TenantId};
    use uuid::Uuid;

    use super::*;

    fn caller(role: Role, company: Option<u128>, company_admin: bool) -> Caller {
        Caller {
            session: SessionId::from_uuid(Uuid::nil()),
            tenant: TenantId::from_uuid(Uuid::nil()),
            user: UserId::from_uuid(Uuid::nil()),
            account: AccountId::from_uuid(Uuid::nil()),
            company: company.map(id),
            role,
            company_admin,
            name: String::new(),
            email: String::new(),
        }
    }

    fn id(number: impl Into<u128>) -> CompanyId {
        CompanyId::from_uuid(Uuid::from_u128(number.into()))
    }

    #[test]
    fn a_client_administers_users_only_as_company_admin() {
        assert!(may_administer(&caller(Role::Client, Some(1), true)).is_ok());
        assert_eq!(may_administer(&caller(Role::Client, Some(1), false)).unwrap_err().code(), Code::Forbidden);
        assert!(may_administer(&caller(Role::Office, None, false)).is_ok());
    }

    #[test]
    fn a_company_admin_invites_to_the_own_company_only() {
        let own = caller(Role::Client, Some(1), true);
        assert_eq!(company_of(&own, None).unwrap(), id(1_u8));
        assert_eq!(company_of(&own, Some(id(1_u8))).unwrap(), id(1_u8));
        assert_eq!(company_of(&own, Some(id(2_u8))).unwrap_err().code(), Code::NotFound);
        let office = caller(Role::Office, None, false);
        assert_eq!(company_of(&office, Some(id(2_u8))).unwrap(), id(2_u8));
        assert_eq!(company_of(&office, None).unwrap_err().list()[0].field, "companyId");
    }
}
