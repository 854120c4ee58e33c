//! The SQL of the reference data.

use shared::{
    db::{Db, like_prefix},
    http::Paging,
    types::{FromText as _, NaceCode, turkish},
};
use sqlx::{MySql, QueryBuilder};

use super::{District, Nace, NaceFilter, Province};
use crate::{
    codes::{NacePrefix, ProvinceCode},
    listing,
};

/// All provinces, by name.
pub async fn provinces(db: &mut Db) -> sqlx::Result<Vec<Province>> {
    sqlx::query_as!(Province, r#"SELECT code AS "code: _", name AS "name: _" FROM provinces ORDER BY name"#)
        .fetch_all(db)
        .await
}

/// The districts of a province, by name; none when there is no such province.
pub async fn districts(db: &mut Db, province: &ProvinceCode) -> sqlx::Result<Vec<District>> {
    sqlx::query_as!(
        District,
        r#"SELECT code AS "code: _", province_code AS "province_code: _", name AS "name: _" FROM districts
           WHERE province_code = ? ORDER BY name"#,
        province
    )
    .fetch_all(db)
    .await
}

const NACE: &str = "n.code, n.title, n.danger_class, n.is_current, n.source";

/// An activity, on the current list or not.
pub async fn find_nace(db: &mut Db, code: &NaceCode) -> sqlx::Result<Option<Nace>> {
    let mut sql = QueryBuilder::new(format!("SELECT {NACE} FROM nace_codes n WHERE n.code = "));
    sql.push_bind(code.clone()).build_query_as().fetch_optional(db).await
}

/// One page of the activities that the filter lets pass.
pub async fn nace(db: &mut Db, paging: &Paging, filter: &NaceFilter, order: &str) -> sqlx::Result<(Vec<Nace>, u64)> {
    let part = listing::Part { columns: NACE, from: "nace_codes n", beside: "", order };
    listing::page(db, paging, &part, |sql| conditions(sql, paging, filter)).await
}

fn conditions(sql: &mut QueryBuilder<'static, MySql>, paging: &Paging, filter: &NaceFilter) {
    sql.push(" AND n.is_current = ").push_bind(filter.is_current.unwrap_or(true));
    if let Some(class) = filter.danger_class {
        sql.push(" AND n.danger_class = ").push_bind(class);
    }
    if let Some(code) = &filter.code {
        sql.push(" AND n.code LIKE ").push_bind(like_prefix(code.as_str()));
    }
    let Some(q) = &paging.q else { return };
    if let Ok(code) = NacePrefix::from_text(q) {
        sql.push(" AND n.code LIKE ").push_bind(like_prefix(code.as_str()));
        return;
    }
    // Three thousand short rows that all tenants share: read through them instead of an index of words.
    let key = turkish::search_key(q);
    if key.is_empty() {
        sql.push(" AND FALSE");
    }
    for word in key.split(' ').filter(|word| !word.is_empty()).take(8) {
        sql.push(" AND CONCAT(' ', n.search_key) LIKE ").push_bind(format!("% {}", like_prefix(word)));
    }
}
