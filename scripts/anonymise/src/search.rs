//! What records are found by, made anew from the stand-ins.

use shared::{
    auth::CompanyId,
    db::{Db, search},
    types::turkish,
};
use uuid::Uuid;

use crate::{
    Error,
    columns::Search,
    rows::{self, Row},
};

/// Writes the search keys and the words of a table's records.
pub(crate) async fn index(db: &mut Db, table: &str, search: &Search) -> Result<(), Error> {
    let key = rows::key(db, table).await?;
    let expressions = format!("{}, {}", search.company, search.text);
    let mut last: Option<Vec<Uuid>> = None;
    loop {
        let mut found = rows::batch(db, table, &key, &expressions, last.as_deref()).await?;
        let mut words: Vec<(Uuid, Option<CompanyId>, Uuid, String)> = Vec::with_capacity(found.len());
        for row in &mut found {
            let ([tenant, id], [company, text]) = (&row.key[..], &row.values[..]) else {
                return Err(Error::Key(table.to_owned()));
            };
            let company = company.as_deref().and_then(|bytes| Uuid::from_slice(bytes).ok()).map(CompanyId::from_uuid);
            let text = String::from_utf8_lossy(text.as_deref().unwrap_or_default()).into_owned();
            let kept = turkish::kept_key(&text);
            words.push((*tenant, company, *id, text));
            row.values = vec![Some(kept.into_bytes())];
        }
        rows::write(db, table, &key, &["search_key"], &found).await?;
        // Words are written for one tenant and one company at once.
        words.sort_by_key(|(tenant, company, id, _)| (*tenant, *company, *id));
        for group in words.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
            bind(db, group[0].0).await?;
            let records: Vec<(Uuid, String)> = group.iter().map(|(_, _, id, text)| (*id, text.clone())).collect();
            search::index_all_new(db, &search.entity, group[0].1, &records).await?;
        }
        if found.len() < rows::BATCH {
            return Ok(());
        }
        last = found.pop().map(|Row { key, .. }| key);
    }
}

/// The words are written through their view, which asks whose they are.
async fn bind(db: &mut Db, tenant: Uuid) -> sqlx::Result<()> {
    sqlx::query("SET @app_tenant = ?, @app_company = ?").bind(tenant).bind(Uuid::max()).execute(db).await?;
    Ok(())
}
