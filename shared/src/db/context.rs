//! Who a connection belongs to for the moment. The views of the database read it.

use uuid::Uuid;

use crate::auth::{AccountId, CompanyId, TenantId, UserId};

/// What stands for "every company of the tenant" in the session variable: staff carry it.
const EVERY_COMPANY: Uuid = Uuid::max();

/// The tenant, company, user and account that the database's views show rows for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    tenant: Uuid,
    company: Uuid,
    user: Uuid,
    account: Uuid,
}

impl Context {
    /// Staff, or a customer's user when `company` is given.
    pub fn new(tenant: TenantId, company: Option<CompanyId>, user: UserId, account: AccountId) -> Self {
        Self {
            tenant: tenant.as_uuid(),
            company: company.map_or(EVERY_COMPANY, CompanyId::as_uuid),
            user: user.as_uuid(),
            account: account.as_uuid(),
        }
    }

    /// A background task that works for a tenant and in nobody's name.
    pub fn task(tenant: TenantId) -> Self {
        Self { tenant: tenant.as_uuid(), company: EVERY_COMPANY, user: Uuid::nil(), account: Uuid::nil() }
    }

    /// Nobody yet: every view is empty, only the look-up functions answer.
    pub fn nobody() -> Self {
        Self { tenant: Uuid::nil(), company: Uuid::nil(), user: Uuid::nil(), account: Uuid::nil() }
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        TenantId::from_uuid(self.tenant)
    }

    /// The one statement that binds a connection.
    pub(super) async fn set(&self, db: &mut sqlx::MySqlConnection) -> sqlx::Result<()> {
        sqlx::query("SET @app_tenant = ?, @app_company = ?, @app_user = ?, @app_account = ?")
            .bind(self.tenant)
            .bind(self.company)
            .bind(self.user)
            .bind(self.account)
            .execute(db)
            .await?;
        Ok(())
    }
}
