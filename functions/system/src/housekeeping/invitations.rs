//! Invitations that nobody has accepted in time.

use serde_json::json;
use shared::{
    Result,
    auth::{CompanyId, TenantId},
    db::{Actor, Audit, Context, Event},
};
use uuid::Uuid;

use super::{NAME, Round};

/// Invitations of one transaction: each also writes an audit row and an event.
const BATCH: u32 = 100;

/// Marks them as expired, tenant by tenant: so their e-mail address may be invited again. How many they were.
pub(super) async fn expire(round: &Round<'_>) -> Result<u32> {
    let mut done = 0;
    while !round.is_over() {
        let Some(tenant) = next_tenant(round).await? else { break };
        let count = expire_of(round, tenant).await?;
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
        "SELECT tenant_id FROM invitations_rows WHERE status = 'PENDING' AND expires_at < ? \
         AND (? IS NULL OR tenant_id = ?) ORDER BY expires_at LIMIT 1",
    )
    .bind(round.time.naive_utc())
    .bind(round.tenant)
    .bind(round.tenant)
    .fetch_optional(&mut *db)
    .await?;
    Ok(tenant)
}

/// One transaction in the tenant's own context, as everything that changes its data.
async fn expire_of(round: &Round<'_>, tenant: TenantId) -> Result<u32> {
    let mut work = round.app.begin_as(Context::task(tenant), Actor::task(NAME)).await?;
    let rows: Vec<(Uuid, Option<CompanyId>, i64)> = sqlx::query_as(
        "SELECT id, company_id, version FROM invitations WHERE status = 'PENDING' AND expires_at < ? \
         ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED",
    )
    .bind(round.time.naive_utc())
    .bind(BATCH)
    .fetch_all(&mut *work)
    .await?;
    for (id, company, version) in &rows {
        sqlx::query("UPDATE invitations SET status = 'EXPIRED', version = version + 1, updated_at = ? WHERE id = ?")
            .bind(work.now().naive_utc())
            .bind(id)
            .execute(&mut *work)
            .await?;
        let (before, after) = (json!({"status": "PENDING"}), json!({"status": "EXPIRED"}));
        let mut audit = Audit::updated("invitation", *id, &before, &after);
        let mut event = Event::new("invitation.expired", *id, version + 1);
        if let Some(company) = company {
            audit = audit.of_company(*company);
            event = event.of_company(*company);
        }
        work.audit(audit);
        work.emit(event);
    }
    if rows.is_empty() {
        work.roll_back().await;
        return Ok(0);
    }
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    work.finish().await?;
    Ok(count)
}
