//! Invitations: nobody types somebody else's password. Who is invited gets a link, and whether the
//! e-mail has an account already shows nowhere.

pub(crate) mod accept;
pub mod api;
pub mod pages;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    Code, Detail, Error, Result,
    auth::{Caller, CompanyId, Role},
    db::{Audit, Db, Event, Work, violated_key},
    error::Text as Words,
    http::{Paging, reply::Resource},
    types::{Email, Phone},
};
use utoipa::ToSchema;

use crate::{
    links::{self, Purpose},
    mail,
    profile::Locale,
    record::record,
    staff::Profession,
    users,
};

shared::id! {
    /// An invitation.
    InvitationId
}

shared::text_enum! {
    /// Where an invitation stands.
    pub enum InvitationStatus {
        /// The link can be opened.
        Pending = "PENDING",
        /// The invited person is a user now.
        Accepted = "ACCEPTED",
        /// It was taken back, or a later one took its place.
        Revoked = "REVOKED",
        /// Nobody opened the link in time.
        Expired = "EXPIRED",
    }
}

/// An invitation.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// Who is invited.
    pub email: Email,
    /// The role that the person will have.
    pub role: Role,
    /// The company of a customer's user.
    pub company_id: Option<CompanyId>,
    /// Whether the person will administer the users of the company.
    pub is_company_admin: bool,
    /// The name, as far as the inviter knows it.
    pub name: Option<String>,
    /// The language of the mail.
    pub locale: Locale,
    /// Where it stands.
    pub status: InvitationStatus,
    /// Until when the link is good.
    pub expires_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// The version.
    pub version: i64,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Invitation {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/users/invitations/{}", self.id)
    }
}

/// What else the invited person will be given.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Details {
    pub(crate) title: Option<String>,
    pub(crate) phone: Option<Phone>,
    pub(crate) profession: Option<Profession>,
}

/// An invitation to be sent.
#[derive(Debug)]
pub(crate) struct NewInvitation {
    pub(crate) email: Email,
    pub(crate) role: Role,
    pub(crate) company: Option<CompanyId>,
    pub(crate) is_company_admin: bool,
    pub(crate) name: Option<String>,
    pub(crate) locale: Locale,
    pub(crate) details: Details,
}

fn taken(tr: &'static str, en: &'static str) -> Error {
    Error::new(Code::Duplicate).detail(Detail::new("email", "DUPLICATE", Words::new(tr, en)))
}

/// Invites; an earlier invitation of the same e-mail is void from then on.
pub(crate) async fn invite(work: &mut Work, caller: &Caller, new: NewInvitation) -> Result<Invitation> {
    if store::is_user(work, &new.email).await? {
        return Err(taken(
            "Bu e-posta adresi zaten kullanıcınız; devre dışıysa yeniden etkinleştirin.",
            "This e-mail belongs to one of your users already; reactivate the user if deactivated.",
        ));
    }
    let now = work.now();
    for earlier in store::pending_of(work, &new.email).await? {
        // An invitation of staff is the administrator's business alone.
        if earlier.role.is_staff() && caller.role != Role::Admin {
            return Err(taken(
                "Bu e-posta adresi için bekleyen bir davet var; yöneticinize başvurun.",
                "There is a pending invitation for this e-mail; ask your administrator.",
            ));
        }
        end(work, &earlier).await?;
    }
    let id = InvitationId::new_at(now);
    let expires_at = now + Purpose::Invite.life();
    match store::insert(work, id, &new, caller.user, expires_at, now).await {
        Err(error) if violated_key(&error).as_deref() == Some("invitations_tenant_email_live_uk") => {
            return Err(taken(
                "Bu e-posta adresi için bekleyen bir davet var; az sonra yeniden deneyin.",
                "There is a pending invitation for this e-mail; try again in a moment.",
            ));
        }
        done => done?,
    }
    let link = links::issue(work, Purpose::Invite, links::Owner::Invitation(id), new.company, &new.email).await?;
    mail::link(work, new.company, "auth.invite", link);
    let invitation = store::find(work, id, now).await?.ok_or_else(Error::not_found)?;
    let audit = Audit::created("invitation", id.as_uuid(), &invitation);
    record(work, new.company, audit, Event::new("user.invited", id.as_uuid(), invitation.version));
    Ok(invitation)
}

/// Makes an invitation and its link void.
async fn end(work: &mut Work, invitation: &Invitation) -> Result<()> {
    let now = work.now();
    store::revoke(work, invitation.id).await?;
    links::store::revoke_invitation(work, invitation.id, now).await?;
    let after = Invitation { status: InvitationStatus::Revoked, ..invitation.clone() };
    let id = invitation.id.as_uuid();
    let audit = Audit::updated("invitation", id, invitation, &after);
    record(work, invitation.company_id, audit, Event::new("invitation.revoked", id, invitation.version + 1));
    Ok(())
}

/// Customers' users who are invited and have not come yet.
pub(crate) async fn waiting(db: &mut Db, paging: &Paging, now: DateTime<Utc>) -> Result<Vec<Invitation>> {
    let filter = api::InvitationFilter { status: Some(InvitationStatus::Pending), role: None, company_id: None };
    let order = paging.order_by(api::SORT, api::ORDER.0, api::ORDER.1)?;
    Ok(store::list(db, paging, &filter, &order, true, now).await?.0)
}

/// Whether this caller administers such invitations: staff's are the administrator's alone.
fn reaches(caller: &Caller, invitation: &Invitation) -> bool {
    caller.role == Role::Admin || !invitation.role.is_staff()
}

/// Invites once more with the same words, because the mail went astray or its link is over; the link of the earlier
/// mail is void.
async fn resend(work: &mut Work, caller: &Caller, id: InvitationId) -> Result<Invitation> {
    let now = work.now();
    let earlier = store::lock(work, id, now).await?.filter(|found| reaches(caller, found));
    let earlier = earlier.ok_or_else(Error::not_found)?;
    if !matches!(earlier.status, InvitationStatus::Pending | InvitationStatus::Expired) {
        return Err(Error::new(Code::InvalidState).text(Words::new(
            "Yalnız bekleyen ya da süresi dolmuş bir davet yeniden gönderilebilir.",
            "Only an invitation that waits or came too late can be sent again.",
        )));
    }
    if let Some(company) = earlier.company_id
        && !users::store::hold_company(work, company).await?
    {
        return Err(Error::not_found());
    }
    let new = NewInvitation {
        details: store::details(work, id).await?,
        email: earlier.email,
        role: earlier.role,
        company: earlier.company_id,
        is_company_admin: earlier.is_company_admin,
        name: earlier.name,
        locale: earlier.locale,
    };
    invite(work, caller, new).await
}

/// Takes an invitation back.
async fn revoke(work: &mut Work, caller: &Caller, id: InvitationId) -> Result<Invitation> {
    let now = work.now();
    let invitation = store::lock(work, id, now).await?.filter(|found| reaches(caller, found));
    let invitation = invitation.ok_or_else(Error::not_found)?;
    if invitation.status != InvitationStatus::Pending {
        return Err(Error::new(Code::InvalidState).text(Words::new(
            "Yalnız bekleyen bir davet geri alınabilir.",
            "Only a pending invitation can be taken back.",
        )));
    }
    end(work, &invitation).await?;
    store::find(work, id, now).await?.ok_or_else(Error::not_found)
}
