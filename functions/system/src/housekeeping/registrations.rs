//! Registrations that nobody has confirmed in time.

use shared::{
    Result,
    auth::{AccountId, TenantId, UserId},
    db::{Action, Actor, Audit, Context, Work, search},
};
use uuid::Uuid;

use super::{NAME, Round};

/// What is called a person whose name is cleared away.
const NOBODY: &str = "-";

/// The link by which a registration could have been confirmed, and whom it was for.
#[derive(Debug, sqlx::FromRow)]
struct Late {
    id: Uuid,
    tenant_id: TenantId,
    account_id: AccountId,
    user_id: UserId,
}

/// Clears away who registered and did not confirm while the link was good: name, password and e-mail, which somebody
/// else may have from then on. How many links are done with.
pub(super) async fn clear(round: &Round<'_>) -> Result<u32> {
    let mut done = 0;
    while !round.is_over() {
        let Some(late) = next(round).await? else { break };
        if !clear_one(round, &late).await? {
            break;
        }
        done += 1;
    }
    Ok(done)
}

/// A link that is over; an earlier one of the same account is void since this one was sent.
async fn next(round: &Round<'_>) -> Result<Option<Late>> {
    let mut db = round.app.system()?.connection().await?;
    let late = sqlx::query_as(
        "SELECT id, tenant_id, account_id, user_id FROM link_tokens_rows WHERE purpose = 'CONFIRM_EMAIL' \
         AND used_at IS NULL AND revoked_at IS NULL AND expires_at < ? AND (? IS NULL OR tenant_id = ?) \
         ORDER BY expires_at LIMIT 1",
    )
    .bind(round.time.naive_utc())
    .bind(round.tenant)
    .bind(round.tenant)
    .fetch_optional(&mut *db)
    .await?;
    Ok(late)
}

/// One transaction as the account's own; whether the link was still there to be done with.
async fn clear_one(round: &Round<'_>, late: &Late) -> Result<bool> {
    let context = Context::new(late.tenant_id, None, late.user_id, late.account_id);
    let mut work = round.app.begin_as(context, Actor::task(NAME)).await?;
    // Whoever registers the e-mail anew, or confirms it, holds the account first as well.
    let confirmed: bool =
        sqlx::query_scalar("SELECT email_confirmed_at IS NOT NULL FROM accounts WHERE id = ? FOR UPDATE")
            .bind(late.account_id)
            .fetch_one(&mut *work)
            .await?;
    let now = work.now().naive_utc();
    let revoked = sqlx::query(
        "UPDATE link_tokens SET revoked_at = ?, updated_at = ? WHERE id = ? AND used_at IS NULL AND revoked_at IS NULL",
    );
    let revoked = revoked.bind(now).bind(now).bind(late.id).execute(&mut *work).await?.rows_affected() == 1;
    if !revoked {
        work.roll_back().await;
        return Ok(false);
    }
    if confirmed {
        // A further tenant of somebody who has an account: the link alone is over.
        work.leave_as_is();
    } else {
        forget(&mut work, late).await?;
    }
    work.finish().await?;
    Ok(true)
}

async fn forget(work: &mut Work, late: &Late) -> Result<()> {
    let now = work.now().naive_utc();
    sqlx::query(
        "UPDATE accounts SET email = CONCAT(LOWER(HEX(id)), '@released.invalid'), password_hash = NULL, \
         version = version + 1, updated_at = ? WHERE id = ?",
    )
    .bind(now)
    .bind(late.account_id)
    .execute(&mut **work)
    .await?;
    sqlx::query("UPDATE users SET name = ?, search_key = '', version = version + 1, updated_at = ? WHERE id = ?")
        .bind(NOBODY)
        .bind(now)
        .bind(late.user_id)
        .execute(&mut **work)
        .await?;
    search::index(work, "USER", late.user_id.as_uuid(), None, &[]).await?;
    let audit = Audit::new(Action::Update, "account", late.account_id.as_uuid());
    work.audit(audit.note("reason", "NOT_CONFIRMED"));
    Ok(())
}
