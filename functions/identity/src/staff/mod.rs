//! Staff: the OSGB's own people, and what must be known of a professional.

pub mod api;
mod change;
pub mod pages;
mod profession;
mod seen;
mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    App, Error, Result,
    auth::{Caller, Role, UserId},
    db::{Actor, Context, Work},
    http::reply::Resource,
    types::{Email, Phone, Text},
};
use utoipa::ToSchema;

pub use change::Deactivation;
pub(crate) use change::{no_change, set_text};
pub(crate) use profession::save as save_profession;
pub use profession::{CertificateClass, Profession, ProfessionalKind};
pub use seen::{Colleague, StaffSeen};
pub(crate) use store::set_active as set_active_row;

use crate::{
    invitations::{self, Details, Invitation, NewInvitation},
    passwords,
    profile::Locale,
    sessions,
};

shared::text_enum! {
    /// The roles of staff.
    pub enum StaffRole {
        /// Administrator.
        Admin = "ADMIN",
        /// Office staff.
        Office = "OFFICE",
        /// Workplace physician or other health staff.
        Doctor = "DOCTOR",
        /// Occupational safety expert.
        Expert = "EXPERT",
    }
}

impl From<StaffRole> for Role {
    fn from(role: StaffRole) -> Self {
        match role {
            StaffRole::Admin => Self::Admin,
            StaffRole::Office => Self::Office,
            StaffRole::Doctor => Self::Doctor,
            StaffRole::Expert => Self::Expert,
        }
    }
}

/// One of the OSGB's own people.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Staff {
    /// The user.
    pub id: UserId,
    /// The account's e-mail.
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
    /// The role.
    pub role: Role,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Since when not.
    pub deactivated_at: Option<DateTime<Utc>>,
    /// What the law asks of a professional.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub profession: Profession,
    /// The version.
    pub version: i64,
    /// When the user was made.
    pub created_at: DateTime<Utc>,
    /// When the user was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Staff {
    fn version(&self) -> i64 {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/staff/{}", self.id)
    }
}

shared::input! {
    /// Somebody who is to work here.
    pub struct NewStaff {
        /// Where the invitation is sent.
        pub email: Email,
        /// The role.
        pub role: StaffRole,
        /// The name, as far as it is known; the invited person writes it himself.
        pub name: Option<Text<2, 255>>,
        /// The title.
        pub title: Option<Text<1, 100>>,
        /// The telephone number.
        pub phone: Option<Phone>,
        /// The language of the mail; Turkish if left out.
        pub locale: Option<Locale>,
        /// The kind of professional.
        pub professional_kind: Option<ProfessionalKind>,
        /// The class of the certificate.
        pub certificate_class: Option<CertificateClass>,
        /// The number of the certificate.
        pub certificate_no: Option<Text<1, 50>>,
        /// The day on which the certificate was issued.
        pub certificate_issued_on: Option<chrono::NaiveDate>,
        /// The last day of the certificate.
        pub certificate_expires_on: Option<chrono::NaiveDate>,
        /// The number of the diploma.
        pub diploma_no: Option<Text<1, 50>>,
        /// The number in İSG-KATİP.
        pub katip_id: Option<Text<1, 50>>,
        /// Whether employed full time; false if left out.
        pub full_time: Option<bool>,
        /// Minutes that can be assigned in a month; 11,700 if left out.
        pub monthly_capacity_min: Option<u32>,
        /// The province that the professional works from, by its plate code.
        pub home_province_code: Option<Text<2, 2>>,
    }
}

/// Lets the next request of a user whose rights have just changed ask the database.
pub(crate) async fn forget(app: &App, caller: &Caller, id: UserId) {
    let account: Result<_> = async { Ok(store::account_of(&mut *app.read(caller).await?, id).await?) }.await;
    if let Ok(Some(account)) = account {
        sessions::forget_user(app, caller.tenant, id, account).await;
    }
}

/// Sends one of the staff a link that sets a new password.
pub(crate) async fn send_password_link(app: &App, caller: &Caller, id: UserId) -> Result<()> {
    let mut db = app.read(caller).await?;
    let staff = store::find(&mut db, id).await?.ok_or_else(Error::not_found)?;
    let account = store::account_of(&mut db, id).await?.ok_or_else(Error::not_found)?;
    drop(db);
    if !staff.is_active {
        return Err(no_change(false));
    }
    // The account's earlier links can only be made void in the account's own context.
    let context = Context::new(caller.tenant, None, id, account);
    let mut work = app.begin_as(context, Actor::from(caller)).await?;
    passwords::send_link(&mut work, account, id, None, &staff.email).await?;
    work.finish().await
}

/// Invites somebody to the staff: nobody types somebody else's password.
pub async fn invite(work: &mut Work, caller: &Caller, new: NewStaff) -> Result<Invitation> {
    let profession = Profession {
        professional_kind: new.professional_kind,
        certificate_class: new.certificate_class,
        certificate_no: new.certificate_no,
        certificate_issued_on: new.certificate_issued_on,
        certificate_expires_on: new.certificate_expires_on,
        diploma_no: new.diploma_no,
        katip_id: new.katip_id,
        full_time: new.full_time.unwrap_or(false),
        monthly_capacity_min: new.monthly_capacity_min.unwrap_or(profession::CAPACITY),
        home_province_code: new.home_province_code,
    };
    profession::check(work, &profession).await?;
    let details = Details { title: new.title.map(Text::into_string), phone: new.phone, profession: Some(profession) };
    let invitation = NewInvitation {
        email: new.email,
        role: new.role.into(),
        company: None,
        is_company_admin: false,
        name: new.name.map(Text::into_string),
        locale: new.locale.unwrap_or(Locale::Tr),
        details,
    };
    invitations::invite(work, caller, invitation).await
}
