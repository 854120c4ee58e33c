//! Idempotency-Key: the key's row is the first of the transaction, the answer is stored with the effect.

use chrono::Duration;
use sha2::{Digest, Sha256};
use sqlx::Row;
use uuid::Uuid;

use super::{Db, violated_key};
use crate::{
    app::App,
    crypto::Aad,
    error::{Code, Error, Result},
    http::reply::Reply,
};

/// How long an answer can be had again.
const KEPT: Duration = Duration::hours(24);

/// A caller's key, bound to the request that it was sent with.
#[derive(Debug, Clone)]
pub struct Key {
    /// Hash of method, path and key; the actor is added when the work begins.
    pub(crate) operation: [u8; 32],
    /// Hash of the body: the same key with another body is a mistake.
    pub(crate) request: [u8; 32],
}

impl Key {
    /// A key as it came, with the request that it is for.
    pub fn new(key: &str, method: &str, path: &str, body: &[u8]) -> Self {
        let operation =
            Sha256::new().chain_update(method).chain_update([0]).chain_update(path).chain_update([0]).chain_update(key);
        Self { operation: operation.finalize().into(), request: Sha256::digest(body).into() }
    }

    fn scope(&self, actor: Uuid) -> [u8; 32] {
        Sha256::new().chain_update(actor).chain_update(self.operation).finalize().into()
    }
}

/// A key whose row this transaction holds.
#[derive(Debug)]
pub(super) struct Held {
    scope: [u8; 32],
}

/// Takes the key, or ends with the answer that was given to it before.
pub(super) async fn take(app: &App, db: &mut Db, key: &Key, actor: Uuid, company: Option<Uuid>) -> Result<Held> {
    let scope = key.scope(actor);
    let now = app.now();
    let inserted = sqlx::query(
        "SET STATEMENT innodb_lock_wait_timeout = 1 FOR \
         INSERT INTO idempotency_keys (tenant_id, id, scope_hash, request_hash, company_id, created_at, expires_at) \
         VALUES (current_tenant(), ?, ?, ?, ?, ?, ?)",
    )
    .bind(app.new_uuid())
    .bind(scope.as_slice())
    .bind(key.request.as_slice())
    .bind(company)
    .bind(now.naive_utc())
    .bind((now + KEPT).naive_utc())
    .execute(&mut *db)
    .await;
    match inserted {
        Ok(_) => Ok(Held { scope }),
        Err(error) if violated_key(&error).is_some() => match earlier(app, db, key, scope).await? {
            Some(answer) => Err(answer),
            None => Ok(Held { scope }),
        },
        Err(sqlx::Error::Database(error)) if is_lock_wait(error.as_ref()) => Err(in_progress()),
        Err(error) => Err(error.into()),
    }
}

fn in_progress() -> Error {
    Error::new(Code::KeyInProgress).retry_after(std::time::Duration::from_secs(1))
}

fn is_lock_wait(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>().is_some_and(|e| matches!(e.number(), 1205 | 1213))
}

/// What is to be answered because of a row that was there; none when its time is over and the key is free again.
async fn earlier(app: &App, db: &mut Db, key: &Key, scope: [u8; 32]) -> Result<Option<Error>> {
    let now = app.now();
    let row = sqlx::query(
        "SELECT request_hash, response_cipher, expires_at <= ? AS is_over FROM idempotency_keys WHERE scope_hash = ?",
    )
    .bind(now.naive_utc())
    .bind(scope.as_slice())
    .fetch_one(&mut *db)
    .await?;
    if row.try_get::<bool, _>("is_over")? {
        sqlx::query("UPDATE idempotency_keys SET request_hash = ?, expires_at = ? WHERE scope_hash = ?")
            .bind(key.request.as_slice())
            .bind((now + KEPT).naive_utc())
            .bind(scope.as_slice())
            .execute(db)
            .await?;
        return Ok(None);
    }
    let request: Vec<u8> = row.try_get("request_hash")?;
    if request != key.request {
        return Ok(Some(Error::new(Code::KeyReused)));
    }
    let Some(stored): Option<Vec<u8>> = row.try_get("response_cipher")? else {
        return Ok(Some(in_progress()));
    };
    let plain = app.cipher().decrypt(&stored, aad(scope)).map_err(Error::internal)?;
    let reply: Reply = serde_json::from_slice(&plain)?;
    Ok(Some(Error::replay(reply)))
}

/// Keeps the answer with the effect, encrypted: it may carry personal data.
pub(super) async fn store(app: &App, db: &mut Db, held: &Held, reply: &Reply) -> Result<()> {
    let stored = app.cipher().encrypt(&serde_json::to_vec(reply)?, aad(held.scope));
    sqlx::query("UPDATE idempotency_keys SET response_status = ?, response_cipher = ? WHERE scope_hash = ?")
        .bind(reply.status())
        .bind(stored)
        .bind(held.scope.as_slice())
        .execute(db)
        .await?;
    Ok(())
}

fn aad(scope: [u8; 32]) -> Aad {
    let mut id = [0; 16];
    id.copy_from_slice(&scope[..16]);
    Aad::new("idempotency_keys", Uuid::from_bytes(id), "response")
}
