//! Encrypted columns whose key is no longer the current one, written anew.

use shared::{
    Result,
    crypto::{Aad, FieldCipher},
    db::Db,
    telemetry::metrics::{self, Unit},
};
use sqlx::Connection as _;
use uuid::Uuid;

use super::Round;

/// Rows of one transaction.
const BATCH: u32 = 200;

/// A column of records of [`FieldCipher`].
#[derive(Debug)]
pub struct Column {
    /// The base table, whose key is `(tenant_id, id)`.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// What its records are bound to besides the row's id.
    place: (&'static str, &'static str),
}

/// Every encrypted column that is kept.
pub const ROTATED: &[Column] =
    &[Column { table: "persons_rows", column: "tckn_cipher", place: ("persons", "tckn_cipher") }];

/// Encrypted columns whose rows end before a key is taken away.
pub const SHORT_LIVED: &[(&str, &str)] = &[("idempotency_keys_rows", "response_cipher")];

/// A record and its row.
type Record = (Uuid, Uuid, Vec<u8>);

/// Writes records under older keys anew, column by column, until the round is over. How many they were.
pub(super) async fn rotate(round: &Round<'_>) -> Result<u32> {
    let mut db = round.app.system()?.connection().await?;
    let (mut done, mut left) = (0, 0);
    for column in ROTATED {
        let (rotated, refused) = column.rotate(&mut db, round).await?;
        done += rotated;
        left += refused;
        if round.is_over() {
            left += column.outdated(&mut db, round).await?;
        }
    }
    if round.tenant.is_none() {
        metrics::record("FieldsUnderOldKeys", Unit::None, f64::from(left), &[]);
    }
    Ok(done)
}

impl Column {
    /// How many were written anew, and how many do not open.
    async fn rotate(&self, db: &mut Db, round: &Round<'_>) -> Result<(u32, u32)> {
        let (mut done, mut refused, mut last) = (0, 0, (Uuid::nil(), Uuid::nil()));
        while !round.is_over() {
            let batch = self.batch(db, round, last).await?;
            let Some((tenant, id, _)) = batch.last() else { break };
            last = (*tenant, *id);
            let mut transaction = db.begin().await?;
            for record in &batch {
                match self.renewed(round.app.cipher(), record) {
                    Some(renewed) => done += self.write(&mut transaction, record, renewed).await?,
                    None => refused += 1,
                }
            }
            transaction.commit().await?;
        }
        if refused > 0 {
            tracing::error!(category = "error", table = self.table, column = self.column, refused, "rotation.refused");
        }
        Ok((done, refused))
    }

    /// The next records of another key, in the order of the primary key, so that each is looked at once.
    async fn batch(&self, db: &mut Db, round: &Round<'_>, last: (Uuid, Uuid)) -> Result<Vec<Record>> {
        let Self { table, column, .. } = self;
        let current = round.app.cipher().current_prefix();
        let sql = format!(
            "SELECT tenant_id, id, {column} FROM {table} WHERE (tenant_id > ? OR (tenant_id = ? AND id > ?)) \
             AND LEFT({column}, ?) <> ? AND (? IS NULL OR tenant_id = ?) ORDER BY tenant_id, id LIMIT {BATCH}"
        );
        let query = sqlx::query_as(&sql).bind(last.0).bind(last.0).bind(last.1);
        let query = query.bind(u32::try_from(current.len()).unwrap_or_default()).bind(current);
        Ok(query.bind(round.tenant).bind(round.tenant).fetch_all(db).await?)
    }

    fn renewed(&self, cipher: &FieldCipher, (_, id, record): &Record) -> Option<Vec<u8>> {
        let place = Aad::new(self.place.0, *id, self.place.1);
        let plain = cipher.decrypt(record, place).ok()?;
        Some(cipher.encrypt(&plain, place))
    }

    /// Only where the record still stands: somebody may have changed it. Neither version nor date change with a key.
    async fn write(&self, db: &mut Db, (tenant, id, record): &Record, renewed: Vec<u8>) -> Result<u32> {
        let Self { table, column, .. } = self;
        let sql = format!(
            "UPDATE {table} SET {column} = ?, updated_at = updated_at WHERE tenant_id = ? AND id = ? AND {column} = ?"
        );
        let written = sqlx::query(&sql).bind(renewed).bind(tenant).bind(id).bind(record).execute(db).await?;
        Ok(u32::from(written.rows_affected() == 1))
    }

    async fn outdated(&self, db: &mut Db, round: &Round<'_>) -> Result<u32> {
        let Self { table, column, .. } = self;
        let current = round.app.cipher().current_prefix();
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE LEFT({column}, ?) <> ?");
        let query = sqlx::query_scalar(&sql).bind(u32::try_from(current.len()).unwrap_or_default()).bind(current);
        let count: i64 = query.fetch_one(db).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
