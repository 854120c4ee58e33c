//! Workplaces whose activity has got another danger class: the list was replaced, and what is derived from it follows.

use serde_json::json;
use shared::{
    Result,
    auth::{CompanyId, TenantId},
    db::{Actor, Audit, Context, Event},
};
use uuid::Uuid;

use super::{NAME, Round};

/// Workplaces of one transaction: each also writes an audit row and an event.
const BATCH: u32 = 100;

/// Follows the list, tenant by tenant. How many workplaces that were.
///
/// Only codes that stand in the list: one that somebody filled up with zeros got the class of its group, and gets a
/// new one when somebody corrects it. A class that was decided otherwise stays, and what it was decided against follows.
pub(super) async fn follow(round: &Round<'_>) -> Result<u32> {
    let mut done = 0;
    while !round.is_over() {
        let Some(tenant) = next_tenant(round).await? else { break };
        let count = follow_of(round, tenant).await?;
        if count == 0 {
            break;
        }
        done += count;
    }
    Ok(done)
}

/// A tenant that has some.
async fn next_tenant(round: &Round<'_>) -> Result<Option<TenantId>> {
    let mut db = round.app.system()?.connection().await?;
    let tenant = sqlx::query_scalar(
        "SELECT w.tenant_id FROM workplaces_rows w JOIN nace_codes_rows n ON n.code = w.nace_code \
         WHERE w.derived_danger_class <> n.danger_class AND w.deleted_at IS NULL \
         AND (? IS NULL OR w.tenant_id = ?) LIMIT 1",
    )
    .bind(round.tenant)
    .bind(round.tenant)
    .fetch_optional(&mut *db)
    .await?;
    Ok(tenant)
}

#[derive(sqlx::FromRow)]
struct Workplace {
    id: Uuid,
    company_id: CompanyId,
    derived: String,
    decided: Option<String>,
    listed: String,
    version: i64,
}

/// One transaction in the tenant's own context, as everything that changes its data.
async fn follow_of(round: &Round<'_>, tenant: TenantId) -> Result<u32> {
    let mut work = round.app.begin_as(Context::task(tenant), Actor::task(NAME)).await?;
    let rows: Vec<Workplace> = sqlx::query_as(
        "SELECT w.id, w.company_id, CONVERT(w.derived_danger_class USING utf8mb4) AS derived, \
         CONVERT(w.danger_class_override USING utf8mb4) AS decided, CONVERT(n.danger_class USING utf8mb4) AS listed, \
         w.version FROM workplaces w JOIN nace_codes n ON n.code = w.nace_code \
         WHERE w.derived_danger_class <> n.danger_class ORDER BY w.id LIMIT ? FOR UPDATE",
    )
    .bind(BATCH)
    .fetch_all(&mut *work)
    .await?;
    if rows.is_empty() {
        work.roll_back().await;
        return Ok(0);
    }
    for Workplace { id, company_id, derived, decided, listed, version } in &rows {
        let now = work.now().naive_utc();
        sqlx::query(
            "UPDATE workplaces SET derived_danger_class = ?, version = version + 1, updated_at = ? WHERE id = ?",
        )
        .bind(listed)
        .bind(now)
        .bind(id)
        .execute(&mut *work)
        .await?;
        let class = |of: &str| json!({"derivedDangerClass": of, "dangerClass": decided.as_deref().unwrap_or(of)});
        let audit = Audit::updated("workplace", *id, &class(derived), &class(listed)).of_company(*company_id);
        work.audit(audit.note("reason", "the list of danger classes has changed"));
        work.emit(Event::new("workplace.updated", *id, version + 1).of_company(*company_id));
        work.invalidate(format!("company:{company_id}"));
    }
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    work.finish().await?;
    Ok(count)
}
