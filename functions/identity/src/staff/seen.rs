//! What the roles are told of staff (docs/decisions/roles.md).

use serde::Serialize;
use shared::{
    auth::{Role, UserId},
    http::reply::Resource,
};
use utoipa::ToSchema;

use super::{ProfessionalKind, Staff};

/// One of the staff as the office is shown him: what assigning him to a workplace needs.
#[derive(Debug, Clone, Serialize, ToSchema)]
// Nothing else: the schema tells the short form from the whole one, which has all of its fields.
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Colleague {
    /// The user.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// The kind of professional.
    pub professional_kind: Option<ProfessionalKind>,
    /// The version.
    pub version: i64,
}

/// One of the staff: whole for ADMIN, in short for OFFICE.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum StaffSeen {
    /// To ADMIN.
    Whole(Box<Staff>),
    /// To OFFICE.
    Short(Colleague),
}

impl StaffSeen {
    /// What this role is shown. E-mail, telephone and the numbers of diplomas and certificates are personal data
    /// that only whoever administers staff has a use for.
    pub fn by(role: Role, staff: Staff) -> Self {
        if role == Role::Admin {
            return Self::Whole(Box::new(staff));
        }
        Self::Short(Colleague {
            id: staff.id,
            name: staff.name,
            role: staff.role,
            is_active: staff.is_active,
            professional_kind: staff.profession.professional_kind,
            version: staff.version,
        })
    }
}

impl Resource for StaffSeen {
    fn version(&self) -> i64 {
        match self {
            Self::Whole(staff) => staff.version,
            Self::Short(colleague) => colleague.version,
        }
    }

    fn location(&self) -> String {
        let id = match self {
            Self::Whole(staff) => staff.id,
            Self::Short(colleague) => colleague.id,
        };
        format!("/api/v1/staff/{id}")
    }
}
