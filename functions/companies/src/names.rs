//! Names of what rows refer to by code or id.

use std::collections::{BTreeSet, HashMap};

use shared::{
    auth::{CompanyId, UserId},
    db::Db,
};
use sqlx::{MySql, QueryBuilder, Row as _};

/// The names of provinces and districts, by their codes.
pub(crate) struct Places {
    provinces: HashMap<String, String>,
    districts: HashMap<String, String>,
}

impl Places {
    /// Reads the names of these places.
    pub(crate) async fn of<'a>(
        db: &mut Db,
        provinces: impl Iterator<Item = &'a str>,
        districts: impl Iterator<Item = &'a str>,
    ) -> sqlx::Result<Self> {
        let provinces = by_code(db, "provinces", provinces.collect()).await?;
        let districts = by_code(db, "districts", districts.collect()).await?;
        Ok(Self { provinces, districts })
    }

    pub(crate) fn province(&self, code: Option<&str>) -> Option<&str> {
        code.and_then(|code| self.provinces.get(code)).map(String::as_str)
    }

    pub(crate) fn district(&self, code: Option<&str>) -> Option<&str> {
        code.and_then(|code| self.districts.get(code)).map(String::as_str)
    }
}

async fn by_code(db: &mut Db, table: &'static str, codes: BTreeSet<&str>) -> sqlx::Result<HashMap<String, String>> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = QueryBuilder::<MySql>::new(format!("SELECT code, name FROM {table} WHERE code IN ("));
    let mut list = sql.separated(", ");
    for code in codes {
        list.push_bind(code);
    }
    sql.push(")");
    let rows = sql.build().fetch_all(db).await?;
    // The driver takes text with a `_bin` collation for bytes, unless it is told not to check.
    rows.iter().map(|row| Ok((row.try_get_unchecked("code")?, row.try_get_unchecked("name")?))).collect()
}

/// The names of companies, deleted ones too.
pub(crate) async fn companies(
    db: &mut Db,
    ids: impl Iterator<Item = CompanyId>,
) -> sqlx::Result<HashMap<CompanyId, String>> {
    let ids: BTreeSet<CompanyId> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = QueryBuilder::<MySql>::new("SELECT id, name FROM companies_all WHERE id IN (");
    let mut list = sql.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    sql.push(")");
    let rows = sql.build().fetch_all(db).await?;
    rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get_unchecked("name")?))).collect()
}

/// The name of a user, if the caller sees it.
pub(crate) async fn user(db: &mut Db, id: UserId) -> sqlx::Result<Option<String>> {
    let mut sql = QueryBuilder::<MySql>::new("SELECT name FROM users WHERE id = ");
    let row = sql.push_bind(id).build().fetch_optional(db).await?;
    row.map(|row| row.try_get_unchecked("name")).transpose()
}
