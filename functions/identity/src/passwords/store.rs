//! What is known of the owner of a password.

use shared::{
    auth::{Role, UserId},
    db::Db,
};

/// The account's places in all tenants, as far as passwords are concerned.
#[derive(Debug)]
pub(super) struct Known {
    users: Vec<Place>,
    tenant: String,
}

#[derive(Debug)]
struct Place {
    id: UserId,
    name: String,
    role: Role,
}

impl Known {
    /// The roles in all tenants.
    pub(super) fn roles(&self) -> impl Iterator<Item = Role> {
        self.users.iter().map(|user| user.role)
    }

    /// The names of the person and of the tenant.
    pub(super) fn words(&self) -> (Vec<&str>, [&str; 1]) {
        (self.users.iter().map(|user| user.name.as_str()).collect(), [self.tenant.as_str()])
    }

    /// The name in one tenant.
    pub(super) fn name_of(&self, id: UserId) -> String {
        self.users.iter().find(|user| user.id == id).map(|user| user.name.clone()).unwrap_or_default()
    }
}

/// Reads the bound account's places.
pub(super) async fn known(db: &mut Db) -> sqlx::Result<Known> {
    let users =
        sqlx::query_as!(Place, r#"SELECT id AS "id: _", name AS "name: String", role AS "role: _" FROM own_users"#)
            .fetch_all(&mut *db)
            .await?;
    let tenant = sqlx::query_scalar!(r#"SELECT name AS "name: String" FROM tenant_profile"#).fetch_optional(db).await?;
    Ok(Known { users, tenant: tenant.unwrap_or_default() })
}
