//! The SQL of the own profile.

use shared::{auth::UserId, db::Db, types::turkish};

use super::Profile;

/// The profile of a user.
pub(super) async fn find(db: &mut Db, id: UserId) -> sqlx::Result<Option<Profile>> {
    sqlx::query_as!(
        Profile,
        r#"SELECT id AS "id: _", email AS "email: _", name AS "name: String", first_name AS "first_name: String",
           last_name AS "last_name: String", phone AS "phone: _", title AS "title: String", locale AS "locale: _",
           locale_chosen AS "locale_chosen: bool", role AS "role: _", company_id AS "company_id: _", is_company_admin AS "is_company_admin: bool", version,
           created_at AS "created_at: _", updated_at AS "updated_at: _"
           FROM user_directory WHERE id = ?"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// Writes the profile; false when it is not in this version any more.
pub(super) async fn update(db: &mut Db, profile: &Profile, version: i64) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE users SET name = ?, first_name = ?, last_name = ?, phone = ?, title = ?, search_key = ?,
         version = version + 1 WHERE id = ? AND version = ?",
        profile.name,
        profile.first_name,
        profile.last_name,
        profile.phone,
        profile.title,
        turkish::kept_key(&profile.name),
        profile.id,
        version
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
