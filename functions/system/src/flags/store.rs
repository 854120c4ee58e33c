//! The SQL of feature flags. Only those that are meant for tenants are seen.

use shared::{
    Result,
    db::{Db, Work},
    error::Text,
    flags::{Audience, Decision, Subject, Switch},
    types::Slug,
};
use uuid::Uuid;

/// A flag and what has been decided about it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) decision: Decision,
    pub(super) title: Text,
    pub(super) description: Text,
    /// The tenant's own row.
    pub(super) setting: Option<Uuid>,
    /// A choice that nobody has made yet is in its first version.
    pub(super) version: i64,
}

struct Row {
    name: String,
    title_tr: String,
    title_en: String,
    description_tr: String,
    description_en: String,
    audience: Audience,
    subject: Subject,
    rollout: u8,
    held: Option<Switch>,
    setting: Option<Uuid>,
    held_here: Option<Switch>,
    chosen: Option<Switch>,
    version: Option<i64>,
}

impl From<Row> for Found {
    fn from(row: Row) -> Self {
        Self {
            decision: Decision {
                name: row.name,
                audience: row.audience,
                subject: row.subject,
                rollout: row.rollout,
                held: row.held,
                held_here: row.held_here,
                chosen: row.chosen,
            },
            title: Text { tr: row.title_tr.into(), en: row.title_en.into() },
            description: Text { tr: row.description_tr.into(), en: row.description_en.into() },
            setting: row.setting,
            version: row.version.unwrap_or(1),
        }
    }
}

/// The flags that the tenant may decide about, or the one of this name.
async fn rows(db: &mut Db, name: Option<&str>) -> sqlx::Result<Vec<Found>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT f.name AS "name: String", f.title_tr AS "title_tr: String", f.title_en AS "title_en: String",
                  f.description_tr AS "description_tr: String", f.description_en AS "description_en: String",
                  f.audience AS "audience: Audience", f.subject AS "subject: Subject", f.rollout AS "rollout: u8",
                  f.held AS "held?: Switch", s.id AS "setting?: Uuid", s.held AS "held_here?: Switch",
                  s.chosen AS "chosen?: Switch", s.version AS "version?: i64"
           FROM flags f LEFT JOIN flag_settings s ON s.flag = f.name
           WHERE f.audience = 'TENANT' AND (? IS NULL OR f.name = ?) ORDER BY f.name"#,
        name,
        name,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Found::from).collect())
}

/// All flags that the tenant may decide about.
pub(super) async fn list(db: &mut Db) -> Result<Vec<Found>> {
    Ok(rows(db, None).await?)
}

/// One of them.
pub(super) async fn find(db: &mut Db, name: &Slug) -> Result<Option<Found>> {
    Ok(rows(db, Some(name.as_str())).await?.pop())
}

/// Writes the tenant's first choice, which is the second version: the first is that there was none.
pub(super) async fn insert(work: &mut Work, id: Uuid, name: &Slug, chosen: Option<Switch>) -> sqlx::Result<()> {
    let now = work.now().naive_utc();
    sqlx::query!(
        "INSERT INTO flag_settings (id, tenant_id, flag, chosen, version, created_at, updated_at) \
         VALUES (?, current_tenant(), ?, ?, 2, ?, ?)",
        id,
        name.as_str(),
        chosen,
        now,
        now,
    )
    .execute(&mut **work)
    .await?;
    Ok(())
}

/// Writes another choice; false when it is not in this version any more.
pub(super) async fn update(work: &mut Work, id: Uuid, chosen: Option<Switch>, version: i64) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE flag_settings SET chosen = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?",
        chosen,
        work.now().naive_utc(),
        id,
        version,
    )
    .execute(&mut **work)
    .await?;
    Ok(done.rows_affected() == 1)
}
