//! A tenant: its staff, its customers' users, and the order in which everything is made.

use chrono::{DateTime, NaiveDate, Utc};
use companies::companies::Company;
use shared::{
    App,
    auth::{AccountId, CompanyId, Role, TenantId, UserId, password::Password},
    db::search,
};
use sqlx::MySqlConnection;
use uuid::Uuid;

use crate::{
    Error,
    dice::Dice,
    people,
    plan::{PASSWORD, Person, TenantPlan},
    register, states,
};

/// Everything that the demo data know while they are made.
pub(crate) struct Making<'a> {
    pub(crate) app: &'a App,
    pub(crate) db: &'a mut MySqlConnection,
    pub(crate) dice: Dice,
    pub(crate) plan: &'a TenantPlan,
    pub(crate) tenant: TenantId,
    /// When the tenant began to use the product.
    pub(crate) began: DateTime<Utc>,
}

/// The users by what they do in the demo data.
pub(crate) struct Staff {
    pub(crate) admin: UserId,
    pub(crate) doctor: Option<UserId>,
    pub(crate) expert: Option<UserId>,
}

/// Makes a tenant with everything in it; nothing when it is there.
pub(crate) async fn seed(app: &App, db: &mut MySqlConnection, plan: &TenantPlan) -> Result<Option<String>, Error> {
    let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM tenants_rows WHERE slug = ?")
        .bind(plan.slug)
        .fetch_one(&mut *db)
        .await?;
    if there > 0 {
        return Ok(None);
    }
    let mut dice = Dice::new(plan.seed);
    let began = dice.instant(day(2023, 3, 1), day(2023, 3, 31));
    let tenant = TenantId::from_uuid(dice.id(began));
    sqlx::query(
        "INSERT INTO tenants_rows (id, name, slug, status, created_at, updated_at) VALUES (?, ?, ?, 'ACTIVE', ?, ?)",
    )
    .bind(tenant)
    .bind(plan.name)
    .bind(plan.slug)
    .bind(began.naive_utc())
    .bind(began.naive_utc())
    .execute(&mut *db)
    .await?;
    // From here on the views check each row as they would for the tenant's own staff.
    sqlx::query("SET @app_tenant = ?, @app_company = ?, @app_user = ?, @app_account = ?")
        .bind(tenant)
        .bind(Uuid::max())
        .bind(Uuid::nil())
        .bind(Uuid::nil())
        .execute(&mut *db)
        .await?;
    let mut making = Making { app, db, dice, plan, tenant, began };
    let staff = staff(&mut making).await?;
    let companies = register::companies(&mut making, &staff).await?;
    for (customer, company) in plan.customers.iter().zip(&companies) {
        user(&mut making, &customer.user, Some(company.id), company.created_at).await?;
    }
    let workplaces = register::workplaces(&mut making, &companies).await?;
    let employees = people::employees(&mut making, &workplaces).await?;
    let assignments = register::assignments(&mut making, &staff, &companies, &workplaces).await?;
    states::states(&mut making, &staff, &companies, &workplaces).await?;
    let (companies, workplaces) = (companies.len(), workplaces.len());
    Ok(Some(format!(
        "{companies} companies, {workplaces} workplaces, {employees} employees, {assignments} assignments"
    )))
}

async fn staff(making: &mut Making<'_>) -> Result<Staff, Error> {
    let (mut admin, mut doctor, mut expert) = (None, None, None);
    for person in making.plan.staff {
        let id = user(making, person, None, making.began).await?;
        match person.role {
            Role::Admin => admin = Some(id),
            Role::Doctor => doctor = Some(id),
            Role::Expert => expert = Some(id),
            Role::Office | Role::Client => {}
        }
    }
    for (id, kind, class) in [(doctor, "PHYSICIAN", None), (expert, "SAFETY_EXPERT", Some("A"))] {
        let Some(id) = id else { continue };
        let certificate = making.dice.digits(6);
        sqlx::query(
            "INSERT INTO staff_profiles (tenant_id, user_id, professional_kind, certificate_class, certificate_no, \
             certificate_issued_on, certificate_expires_on, home_province_code) \
             VALUES (current_tenant(), ?, ?, ?, ?, '2024-05-06', '2029-05-05', ?)",
        )
        .bind(id)
        .bind(kind)
        .bind(class)
        .bind(certificate)
        .bind(making.plan.provinces[0])
        .execute(&mut *making.db)
        .await?;
    }
    let admin = admin.ok_or_else(|| Error::Configuration("a tenant of the plan has no ADMIN".to_owned()))?;
    Ok(Staff { admin, doctor, expert })
}

/// Makes an account and its place in the tenant.
pub(crate) async fn user(
    making: &mut Making<'_>,
    person: &Person,
    company: Option<CompanyId>,
    at: DateTime<Utc>,
) -> Result<UserId, Error> {
    let (account, id) = (AccountId::from_uuid(making.dice.id(at)), UserId::from_uuid(making.dice.id(at)));
    let hash = making.app.hasher().hash(&Password::new(PASSWORD)).await?;
    let name = format!("{} {}", person.first_name, person.last_name);
    let at = at.naive_utc();
    sqlx::query(
        "INSERT INTO accounts_rows (id, email, password_hash, password_changed_at, email_confirmed_at, created_at, updated_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(account)
    .bind(person.email)
    .bind(hash)
    .bind(at)
    .bind(at)
    .bind(at)
    .bind(at)
    .execute(&mut *making.db)
    .await?;
    sqlx::query(
        "INSERT INTO users (tenant_id, id, company_id, account_id, role, name, first_name, last_name, title, \
         is_company_admin, search_key, created_at, updated_at) \
         VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(company)
    .bind(account)
    .bind(person.role)
    .bind(&name)
    .bind(person.first_name)
    .bind(person.last_name)
    .bind(person.title)
    .bind(company.is_some())
    .bind(shared::types::turkish::search_key(&name))
    .bind(at)
    .bind(at)
    .execute(&mut *making.db)
    .await?;
    search::index(making.db, "USER", id.as_uuid(), company, &[&name, person.email]).await?;
    Ok(id)
}

/// A day that the plan names.
pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// Whether somebody is likely to work there.
pub(crate) fn weight(company: &Company) -> u64 {
    use companies::companies::CompanyStatus::{Churned, Customer, Lead, Negotiation, Prospect};
    match company.status {
        Customer => 20,
        Negotiation => 6,
        Churned => 4,
        Prospect => 3,
        Lead => 1,
    }
}
