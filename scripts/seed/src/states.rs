//! What is rare in a register but has a place in every list: the deleted, the deactivated, the invited, what was
//! decided otherwise, and what ran in the background. Made last, so that the dice fall for the rest as before.

use chrono::TimeDelta;
use companies::{
    companies::{Company, store},
    workplaces,
};
use shared::{
    auth::{CompanyId, Role},
    db::search,
};

use crate::{
    Error,
    names::TRADES,
    plan::Person,
    register::{self, Made},
    service,
    tenants::{self, Making, Staff},
};

/// Whoever worked here once.
const GONE: Person = Person {
    email: "eski.uzman@anadolu.test",
    first_name: "Hakan",
    last_name: "Güneş",
    role: Role::Expert,
    title: "B Sınıfı İş Güvenliği Uzmanı",
};
/// Whoever worked for a customer once.
const GONE_CUSTOMER: Person = Person {
    email: "eski.musteri@cinar.test",
    first_name: "Derya",
    last_name: "Çınar",
    role: Role::Client,
    title: "Muhasebe Sorumlusu",
};

/// Makes all of it for a tenant.
pub(crate) async fn states(
    making: &mut Making<'_>,
    staff: &Staff,
    companies: &[Company],
    workplaces: &[Made],
) -> Result<(), Error> {
    deleted(making, staff, companies).await?;
    decided_otherwise(making, staff, workplaces).await?;
    if making.plan.slug == "anadolu" {
        deactivated(making, companies).await?;
    }
    invitations(making, staff, companies).await?;
    background(making, staff).await?;
    service::agreed(making).await
}

/// Two companies, a workplace and three employments that an administrator can bring back.
async fn deleted(making: &mut Making<'_>, staff: &Staff, companies: &[Company]) -> Result<(), Error> {
    let at = making.app.now() - TimeDelta::days(20);
    for number in 0..2 {
        let company = register::company(making, making.plan.companies + number).await?;
        register::write(making, staff.admin, &company).await?;
        store::set_deleted(making.db, company.id, Some(at), at).await?;
    }
    if let Some(company) = companies.first() {
        let workplace = register::workplace(making, company, &TRADES[0], 9).await?;
        workplaces::store::insert(making.db, &workplace).await?;
        let (id, owner) = (workplace.id.as_uuid(), Some(company.id));
        search::index(making.db, "WORKPLACE", id, owner, &workplace.search_texts()).await?;
        workplaces::store::set_deleted(making.db, workplace.id, Some(at), at).await?;
    }
    let entered_by_mistake: Vec<(uuid::Uuid, uuid::Uuid)> =
        sqlx::query_as("SELECT id, person_id FROM employments ORDER BY id DESC LIMIT 3")
            .fetch_all(&mut *making.db)
            .await?;
    for (employment, person) in entered_by_mistake {
        for (table, id) in [("employments_all", employment), ("persons_all", person)] {
            sqlx::query(&format!(
                "UPDATE {table} SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?"
            ))
            .bind(at.naive_utc())
            .bind(at.naive_utc())
            .bind(id)
            .execute(&mut *making.db)
            .await?;
        }
    }
    Ok(())
}

/// Two workplaces whose danger class was decided after an objection.
async fn decided_otherwise(making: &mut Making<'_>, staff: &Staff, workplaces: &[Made]) -> Result<(), Error> {
    for (class, other) in [("DANGEROUS", "LESS_DANGEROUS"), ("LESS_DANGEROUS", "DANGEROUS")] {
        let Some(made) = workplaces.iter().find(|made| made.workplace.derived_danger_class.as_str() == class) else {
            continue;
        };
        let at = made.workplace.created_at + TimeDelta::days(60);
        sqlx::query(
            "UPDATE workplaces SET danger_class_override = ?, danger_class_override_reason = ?, \
             danger_class_override_by = ?, danger_class_override_at = ?, version = version + 1 WHERE id = ?",
        )
        .bind(other)
        .bind("İtiraz Komisyonu kararı 2026/14")
        .bind(staff.admin)
        .bind(at.naive_utc())
        .bind(made.workplace.id)
        .execute(&mut *making.db)
        .await?;
    }
    Ok(())
}

/// One of the staff and one of a customer's users who may not sign in any more.
async fn deactivated(making: &mut Making<'_>, companies: &[Company]) -> Result<(), Error> {
    for (person, company) in [(&GONE, None), (&GONE_CUSTOMER, companies.get(1).map(|company| company.id))] {
        let id = tenants::user(making, person, company, making.began).await?;
        sqlx::query("UPDATE users SET is_active = FALSE, is_company_admin = FALSE, deactivated_at = ?, version = 2 WHERE id = ?")
            .bind((making.app.now() - TimeDelta::days(45)).naive_utc())
            .bind(id)
            .execute(&mut *making.db)
            .await?;
    }
    Ok(())
}

/// An invitation in each state. Those that wait are overdue after three days, as they would be.
async fn invitations(making: &mut Making<'_>, staff: &Staff, companies: &[Company]) -> Result<(), Error> {
    let (now, domain) = (making.app.now(), making.plan.slug);
    let customer: Option<CompanyId> = companies.first().map(|company| company.id);
    let states = [
        ("yeni.uzman", "EXPERT", None, "PENDING", now),
        ("yeni.musteri", "CLIENT", customer, "PENDING", now - TimeDelta::days(1)),
        ("gecikmis", "OFFICE", None, "EXPIRED", now - TimeDelta::days(30)),
        ("vazgecilen", "DOCTOR", None, "REVOKED", now - TimeDelta::days(12)),
        ("gelen", "CLIENT", customer, "ACCEPTED", now - TimeDelta::days(90)),
    ];
    for (name, role, company, status, at) in states {
        let id = making.dice.id(at);
        let accepted = (status == "ACCEPTED").then(|| (at + TimeDelta::hours(5)).naive_utc());
        sqlx::query(
            "INSERT INTO invitations (tenant_id, id, company_id, email, role, status, invited_by, expires_at, \
             accepted_at, created_at, updated_at) VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(company)
        .bind(format!("{name}@{domain}.test"))
        .bind(role)
        .bind(status)
        .bind(staff.admin)
        .bind((at + TimeDelta::hours(72)).naive_utc())
        .bind(accepted)
        .bind(at.naive_utc())
        .bind(at.naive_utc())
        .execute(&mut *making.db)
        .await?;
    }
    Ok(())
}

/// What ran for the tenant: scheduled tasks of the last days, and work that people began.
async fn background(making: &mut Making<'_>, staff: &Staff) -> Result<(), Error> {
    let now = making.app.now();
    for (days, state, done, error) in
        [(3, "DONE", 41, None), (2, "FAILED", 12, Some("outbox: SERVICE_UNAVAILABLE")), (1, "DONE", 57, None)]
    {
        let at = now - TimeDelta::days(days);
        let id = making.dice.id(at);
        sqlx::query(
            "INSERT INTO job_runs_rows (id, tenant_id, name, scheduled_for, state, started_at, finished_at, scanned, done, \
             failed, error) VALUES (?, ?, 'housekeeping', ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(making.tenant)
        .bind(at.naive_utc())
        .bind(state)
        .bind(at.naive_utc())
        .bind((at + TimeDelta::seconds(4)).naive_utc())
        .bind(done)
        .bind(done)
        .bind(u32::from(error.is_some()))
        .bind(error)
        .execute(&mut *making.db)
        .await?;
    }
    // Their files are gone, as they are a day after the work has ended.
    for (days, kind, state, progress, total, error) in [
        (9, "employees.export", "DONE", 1_200, Some(1_200), None),
        (6, "companies.export", "DONE", 40, Some(40), None),
        (4, "employees.export", "CANCELLED", 500, Some(1_200), None),
        (
            2,
            "workplaces.export",
            "FAILED",
            0,
            None,
            Some(("SERVICE_UNAVAILABLE", "Dosya deposuna ulaşılamadı; yeniden deneyin.")),
        ),
    ] {
        let at = now - TimeDelta::days(days);
        let id = making.dice.id(at);
        sqlx::query(
            "INSERT INTO jobs (tenant_id, id, kind, state, progress, total, error_code, error, requested_by, \
             cancel_requested_at, started_at, finished_at, created_at, updated_at) \
             VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(kind)
        .bind(state)
        .bind(progress)
        .bind(total)
        .bind(error.map(|(code, _)| code))
        .bind(error.map(|(_, text)| text))
        .bind(staff.admin)
        .bind((state == "CANCELLED").then(|| (at + TimeDelta::seconds(5)).naive_utc()))
        .bind((at + TimeDelta::seconds(1)).naive_utc())
        .bind((at + TimeDelta::seconds(8)).naive_utc())
        .bind(at.naive_utc())
        .bind((at + TimeDelta::seconds(8)).naive_utc())
        .execute(&mut *making.db)
        .await?;
    }
    Ok(())
}
