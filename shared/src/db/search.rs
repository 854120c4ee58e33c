//! Searching: the folded words of a record stand in an index of their own, and each word that is
//! looked for must be the prefix of one of them.

use sqlx::{MySql, QueryBuilder};
use uuid::Uuid;

use super::{Db, like_prefix};
use crate::{auth::CompanyId, types::turkish};

/// Words of one record at most, and letters of one word.
const MAX_WORDS: usize = 32;
const MAX_LETTERS: usize = 60;

fn words(text: &str) -> Vec<String> {
    let key = turkish::search_key(text);
    let mut words: Vec<String> =
        key.split(' ').filter(|w| !w.is_empty()).map(|w| w.chars().take(MAX_LETTERS).collect()).collect();
    let mut seen = std::collections::HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words.truncate(MAX_WORDS);
    words
}

/// Puts the words of a record's texts in the place of those that it had. `entity` is the record's
/// kind (`COMPANY`, `WORKPLACE`, `PERSON`, `USER`); a record without a company is found by staff only.
pub async fn index(
    db: &mut Db,
    entity: &str,
    id: Uuid,
    company: Option<CompanyId>,
    texts: &[&str],
) -> sqlx::Result<()> {
    let kept = index_new(&mut *db, entity, id, company, texts).await?;
    // Places that are no longer needed are emptied: nobody has the right to delete.
    sqlx::query("UPDATE search_words SET word = '' WHERE entity = ? AND entity_id = ? AND place >= ?")
        .bind(entity)
        .bind(id)
        .bind(kept)
        .execute(db)
        .await?;
    Ok(())
}

/// Writes the words of a new record, which has no old ones to empty; says how many there are.
pub async fn index_new(
    db: &mut Db,
    entity: &str,
    id: Uuid,
    company: Option<CompanyId>,
    texts: &[&str],
) -> sqlx::Result<u8> {
    let words = words(&texts.join(" "));
    if !words.is_empty() {
        let mut sql = QueryBuilder::<MySql>::new(
            "INSERT INTO search_words (tenant_id, company_id, entity, entity_id, place, word) ",
        );
        sql.push_values(words.iter().enumerate(), |mut row, (place, word)| {
            row.push("current_tenant()")
                .push_bind(company)
                .push_bind(entity)
                .push_bind(id)
                .push_bind(u8::try_from(place).unwrap_or(u8::MAX))
                .push_bind(word);
        });
        sql.push(" ON DUPLICATE KEY UPDATE word = VALUES(word)");
        sql.build().execute(&mut *db).await?;
    }
    Ok(u8::try_from(words.len()).unwrap_or(u8::MAX))
}

/// Writes the words of many new records at once.
pub async fn index_all_new(
    db: &mut Db,
    entity: &str,
    company: Option<CompanyId>,
    records: &[(Uuid, String)],
) -> sqlx::Result<()> {
    let placed = |(id, text): &(Uuid, String)| -> Vec<(Uuid, u8, String)> {
        let words = words(text).into_iter().enumerate();
        words.map(|(place, word)| (*id, u8::try_from(place).unwrap_or(u8::MAX), word)).collect()
    };
    let all: Vec<(Uuid, u8, String)> = records.iter().flat_map(placed).collect();
    if all.is_empty() {
        return Ok(());
    }
    let mut sql =
        QueryBuilder::<MySql>::new("INSERT INTO search_words (tenant_id, company_id, entity, entity_id, place, word) ");
    sql.push_values(&all, |mut row, (id, place, word)| {
        row.push("current_tenant()")
            .push_bind(company)
            .push_bind(entity)
            .push_bind(*id)
            .push_bind(*place)
            .push_bind(word.as_str());
    });
    sql.build().execute(db).await?;
    Ok(())
}

/// Adds the condition that the record in `column` has a word with each of the prefixes in `q`.
/// A `q` without a letter or digit finds nothing.
pub fn matching(sql: &mut QueryBuilder<'_, MySql>, column: &'static str, entity: &'static str, q: &str) {
    let words = words(q);
    if words.is_empty() {
        sql.push(" AND FALSE");
    }
    for word in words.iter().take(8) {
        sql.push(" AND ")
            .push(column)
            .push(" IN (SELECT entity_id FROM search_words WHERE entity = ")
            .push_bind(entity);
        sql.push(" AND word LIKE ").push_bind(like_prefix(word)).push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_once_each_and_bounded() {
        assert_eq!(words("Işık  IŞIK İnşaat A.Ş."), ["isik", "insaat", "a", "s"]);
        assert!(words("--- !!").is_empty());
        assert_eq!(words(&"a".repeat(100))[0].len(), MAX_LETTERS);
    }
}
