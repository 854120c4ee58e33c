//! The SQL of companies.

use chrono::{DateTime, Utc};
use shared::{
    auth::CompanyId,
    db::{Db, Work, like_prefix, search},
    http::Paging,
    types::{TaxId, Tckn},
};
use sqlx::{MySql, QueryBuilder};
use uuid::Uuid;

use super::{Company, CompanyFilter, CompanyStatus, Dependents, Fact, StatusStep};
use crate::{listing, reach::Reach, search::key};

/// The name of companies in the index of words.
pub(crate) const WORDS: &str = "COMPANY";

const COLUMNS: &str = "c.id, c.kind, c.name, c.trade_title, c.tax_id, c.tax_office, c.email, c.kep, c.mersis, c.phone, \
     c.address, c.city_code, c.district_code, c.currency, c.e_invoice_registered, c.withholding_buyer, c.source, \
     c.nace_code, c.danger_class, c.status, c.is_active, c.version, c.created_at, c.updated_at, c.deleted_at";

/// One page of the companies that the filter lets pass.
pub async fn list(
    db: &mut Db,
    reach: Reach,
    paging: &Paging,
    filter: &CompanyFilter,
    order: &str,
) -> sqlx::Result<(Vec<Company>, u64)> {
    let from = if paging.include_deleted { "companies_all c" } else { "companies c" };
    let part = listing::Part { columns: COLUMNS, from, beside: "", order };
    listing::page(db, paging, &part, |sql| conditions(sql, reach, paging, filter)).await
}

/// The ids of all companies that the filter lets pass, in their order.
pub async fn keys(
    db: &mut Db,
    reach: Reach,
    paging: &Paging,
    filter: &CompanyFilter,
    order: &str,
) -> sqlx::Result<Vec<uuid::Uuid>> {
    let from = if paging.include_deleted { "companies_all c" } else { "companies c" };
    let part = listing::Part { columns: COLUMNS, from, beside: "", order };
    listing::keys(db, "c.id", &part, |sql| conditions(sql, reach, paging, filter)).await
}

/// The companies of these ids, deleted or not.
pub async fn these(db: &mut Db, keys: &[uuid::Uuid]) -> sqlx::Result<Vec<Company>> {
    let part = listing::Part { columns: COLUMNS, from: "companies_all c", beside: "", order: "" };
    listing::these(db, "c.id", &part, keys).await
}

fn conditions(sql: &mut QueryBuilder<'static, MySql>, reach: Reach, paging: &Paging, filter: &CompanyFilter) {
    reach.push_company(sql, "c.id");
    if let Some(status) = filter.status {
        sql.push(" AND c.status = ").push_bind(status);
    }
    if let Some(active) = filter.is_active {
        sql.push(" AND c.is_active = ").push_bind(active);
    }
    if let Some(class) = filter.danger_class {
        sql.push(" AND c.danger_class = ").push_bind(class);
    }
    if let Some(nace) = &filter.nace {
        sql.push(" AND c.nace_code LIKE ").push_bind(like_prefix(nace.as_str()));
    }
    if let Some(city) = &filter.city {
        sql.push(" AND c.city_code = ").push_bind(city.clone());
    }
    if let Some(source) = &filter.source {
        sql.push(" AND c.source = ").push_bind(source.clone());
    }
    match paging.q.as_deref().map(|q| (q, Tckn::parse(q))) {
        // A sole trader is found by the whole number only.
        Some((_, Ok(tckn))) => {
            sql.push(" AND c.tax_id = ").push_bind(tckn.expose().to_owned());
        }
        Some((q, Err(_))) => search::matching(sql, "c.id", WORDS, q),
        None => {}
    }
}

/// A live company that the caller reaches.
pub async fn find(db: &mut Db, reach: Reach, id: CompanyId) -> sqlx::Result<Option<Company>> {
    let mut sql = QueryBuilder::new(format!("SELECT {COLUMNS} FROM companies c WHERE c.id = "));
    sql.push_bind(id);
    reach.push_company(&mut sql, "c.id");
    sql.build_query_as().fetch_optional(db).await
}

/// A company, deleted or not, locked until the end of the unit of work.
pub async fn lock_any(db: &mut Db, id: CompanyId) -> sqlx::Result<Option<Company>> {
    let mut sql = QueryBuilder::new(format!("SELECT {COLUMNS} FROM companies_all c WHERE c.id = "));
    sql.push_bind(id).push(" FOR UPDATE");
    sql.build_query_as().fetch_optional(db).await
}

/// Whether a live company is there; it stays so until the end of the unit of work.
pub async fn hold(db: &mut Db, id: CompanyId) -> sqlx::Result<bool> {
    let found =
        sqlx::query_scalar!(r#"SELECT id AS "id: CompanyId" FROM companies WHERE id = ? LOCK IN SHARE MODE"#, id)
            .fetch_optional(db)
            .await?;
    Ok(found.is_some())
}

/// The live company that has this tax number, if the caller sees it.
pub async fn find_by_tax_id(db: &mut Db, tax_id: &TaxId) -> sqlx::Result<Option<CompanyId>> {
    sqlx::query_scalar!(r#"SELECT id AS "id: CompanyId" FROM companies WHERE tax_id = ?"#, tax_id.expose())
        .fetch_optional(db)
        .await
}

/// What the features know of a company.
pub async fn facts(db: &mut Db, id: CompanyId) -> sqlx::Result<Vec<Fact>> {
    sqlx::query_as!(
        Fact,
        r#"SELECT fact AS "fact!: String", currency AS "currency: String", value AS "value!"
           FROM company_facts WHERE company_id = ?"#,
        id
    )
    .fetch_all(db)
    .await
}

/// Adds a company.
pub async fn insert(db: &mut Db, company: &Company) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO companies (tenant_id, id, kind, name, trade_title, tax_id, tax_office, email, kep, mersis, phone, \
         address, city_code, district_code, currency, e_invoice_registered, withholding_buyer, source, nace_code, \
         danger_class, status, is_active, search_key, version, created_at, updated_at) \
         VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        company.id,
        company.kind,
        company.name,
        company.trade_title,
        company.tax_id,
        company.tax_office,
        company.email,
        company.kep,
        company.mersis,
        company.phone,
        company.address,
        company.city_code,
        company.district_code,
        company.currency,
        company.e_invoice_registered,
        company.withholding_buyer,
        company.source,
        company.nace_code,
        company.danger_class,
        company.status,
        company.is_active,
        key(&company.search_texts()),
        company.version,
        company.created_at.naive_utc(),
        company.updated_at.naive_utc()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes all that may change of a locked company, with its new version.
pub async fn update(db: &mut Db, company: &Company) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE companies SET kind = ?, name = ?, trade_title = ?, tax_id = ?, tax_office = ?, email = ?, kep = ?, \
         mersis = ?, phone = ?, address = ?, city_code = ?, district_code = ?, currency = ?, e_invoice_registered = ?, \
         withholding_buyer = ?, source = ?, nace_code = ?, danger_class = ?, status = ?, is_active = ?, search_key = ?, \
         version = ?, updated_at = ? WHERE id = ?",
        company.kind,
        company.name,
        company.trade_title,
        company.tax_id,
        company.tax_office,
        company.email,
        company.kep,
        company.mersis,
        company.phone,
        company.address,
        company.city_code,
        company.district_code,
        company.currency,
        company.e_invoice_registered,
        company.withholding_buyer,
        company.source,
        company.nace_code,
        company.danger_class,
        company.status,
        company.is_active,
        key(&company.search_texts()),
        company.version,
        company.updated_at.naive_utc(),
        company.id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes a locked company or brings it back.
pub async fn set_deleted(
    db: &mut Db,
    id: CompanyId,
    deleted: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE companies_all SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
        deleted.map(|at| at.naive_utc()),
        now.naive_utc(),
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What still depends on a company.
pub async fn dependents(db: &mut Db, id: CompanyId, now: DateTime<Utc>) -> sqlx::Result<Dependents> {
    sqlx::query_as!(
        Dependents,
        r#"SELECT (SELECT COUNT(*) FROM workplaces WHERE company_id = ?) AS "workplaces!",
           (SELECT COUNT(*) FROM employments WHERE company_id = ?
            AND (end_date IS NULL OR end_date >= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR))) AS "employees!",
           (SELECT COUNT(*) FROM users WHERE company_id = ? AND is_active) AS "users!",
           (SELECT COUNT(*) FROM invitations
            WHERE company_id = ? AND status = 'PENDING' AND expires_at > ?) AS "invitations!""#,
        id,
        id,
        id,
        id,
        now.naive_utc()
    )
    .fetch_one(db)
    .await
}

/// Adds a step to a company's way, by whoever does the work.
pub async fn add_status(
    work: &mut Work,
    company: CompanyId,
    from: Option<CompanyStatus>,
    to: CompanyStatus,
    reason: Option<&str>,
) -> sqlx::Result<()> {
    let (id, user, now) = (work.app().new_uuid(), work.actor().user, work.now().naive_utc());
    sqlx::query!(
        "INSERT INTO company_status_history (tenant_id, id, company_id, from_status, to_status, reason, changed_by, \
         created_at) VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?)",
        id,
        company,
        from,
        to,
        reason,
        user,
        now
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// One page of a company's way, the latest step first.
pub async fn list_status(db: &mut Db, id: Uuid, paging: &Paging) -> sqlx::Result<(Vec<StatusStep>, u64)> {
    let part = listing::Part {
        columns: "h.id, h.from_status AS `from`, h.to_status AS `to`, h.reason, h.changed_by, \
                  u.name AS changed_by_name, h.created_at",
        from: "company_status_history h",
        beside: " LEFT JOIN users u ON u.id = h.changed_by",
        order: "h.created_at DESC, h.id DESC",
    };
    listing::page(db, paging, &part, |sql| {
        sql.push(" AND h.company_id = ").push_bind(id);
    })
    .await
}
