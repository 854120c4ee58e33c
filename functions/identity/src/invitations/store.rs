//! The SQL of invitations.

use chrono::{DateTime, Utc};
use shared::{
    auth::{AccountId, CompanyId, Role, UserId},
    db::Db,
    http::page::Paging,
    types::Email,
};
use sqlx::{MySql, QueryBuilder, types::Json};

use super::{Details, Invitation, InvitationId, InvitationStatus, NewInvitation, api::InvitationFilter};

/// Whether the e-mail belongs to a user whom the caller sees.
pub(super) async fn is_user(db: &mut Db, email: &Email) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM user_directory WHERE email = ?) AS "is_user!: bool""#, email)
        .fetch_one(db)
        .await
}

/// What is written down of a new invitation.
pub(super) async fn insert(
    db: &mut Db,
    id: InvitationId,
    new: &NewInvitation,
    invited_by: UserId,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO invitations (id, tenant_id, company_id, email, role, name, is_company_admin, locale, details,
         invited_by, expires_at, created_at) VALUES (?, current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        new.company,
        new.email,
        new.role,
        new.name,
        new.is_company_admin,
        new.locale,
        Json(&new.details),
        invited_by,
        expires_at,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The columns of an invitation; one whose time is over says so before housekeeping does.
fn select(now: DateTime<Utc>) -> QueryBuilder<'static, MySql> {
    let mut sql = QueryBuilder::new(
        "SELECT id, email, role, company_id, is_company_admin, name, locale, expires_at, accepted_at, version, \
         created_at, updated_at, IF(status = 'PENDING' AND expires_at <= ",
    );
    sql.push_bind(now).push(", 'EXPIRED', status) AS status FROM invitations WHERE TRUE");
    sql
}

/// One invitation.
pub(super) async fn find(db: &mut Db, id: InvitationId, now: DateTime<Utc>) -> sqlx::Result<Option<Invitation>> {
    let mut sql = select(now);
    sql.push(" AND id = ").push_bind(id);
    sql.build_query_as().fetch_optional(db).await
}

/// One invitation, held.
pub(super) async fn lock(db: &mut Db, id: InvitationId, now: DateTime<Utc>) -> sqlx::Result<Option<Invitation>> {
    let mut sql = select(now);
    sql.push(" AND id = ").push_bind(id).push(" FOR UPDATE");
    sql.build_query_as().fetch_optional(db).await
}

/// What else the invited person will be given.
pub(super) async fn details(db: &mut Db, id: InvitationId) -> sqlx::Result<Details> {
    let found = sqlx::query_scalar!(r#"SELECT details AS "details: Json<Details>" FROM invitations WHERE id = ?"#, id)
        .fetch_one(db)
        .await?;
    Ok(found.0)
}

/// The invitation of this e-mail that stands in the way of another, held.
pub(super) async fn pending_of(db: &mut Db, email: &Email) -> sqlx::Result<Vec<Invitation>> {
    sqlx::query_as(
        "SELECT id, email, role, company_id, is_company_admin, name, locale, expires_at, accepted_at, version, \
         created_at, updated_at, status FROM invitations WHERE email = ? AND status = 'PENDING' FOR UPDATE",
    )
    .bind(email)
    .fetch_all(db)
    .await
}

/// A page of invitations, and how many there are.
pub(super) async fn list(
    db: &mut Db,
    paging: &Paging,
    filter: &InvitationFilter,
    order: &str,
    only_clients: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<(Vec<Invitation>, u64)> {
    let conditions = |sql: &mut QueryBuilder<'static, MySql>| {
        if only_clients {
            sql.push(" AND role = 'CLIENT'");
        }
        if let Some(role) = filter.role {
            sql.push(" AND role = ").push_bind(role);
        }
        if let Some(company) = filter.company_id {
            sql.push(" AND company_id = ").push_bind(company);
        }
        match filter.status {
            None => {}
            Some(InvitationStatus::Pending) => {
                sql.push(" AND status = 'PENDING' AND expires_at > ").push_bind(now);
            }
            Some(InvitationStatus::Expired) => {
                sql.push(" AND (status = 'EXPIRED' OR (status = 'PENDING' AND expires_at <= ")
                    .push_bind(now)
                    .push("))");
            }
            Some(other) => {
                sql.push(" AND status = ").push_bind(other);
            }
        }
        if let Some(q) = &paging.q {
            // E-mails follow ASCII's rules, so a plain prefix is what can be looked for.
            sql.push(" AND email LIKE ").push_bind(shared::db::like_prefix(&q.to_ascii_lowercase()));
        }
    };
    let mut sql = select(now);
    conditions(&mut sql);
    sql.push(" ORDER BY ").push(order).push(" LIMIT ").push_bind(paging.limit);
    sql.push(" OFFSET ").push_bind(paging.offset());
    let rows = sql.build_query_as().fetch_all(&mut *db).await?;
    let mut sql = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM invitations WHERE TRUE");
    conditions(&mut sql);
    sql.push(" LIMIT 10001) counted");
    let counted: i64 = sql.build_query_scalar().fetch_one(db).await?;
    Ok((rows, u64::try_from(counted).unwrap_or(0)))
}

/// Takes an invitation back.
pub(super) async fn revoke(db: &mut Db, id: InvitationId) -> sqlx::Result<()> {
    sqlx::query!("UPDATE invitations SET status = 'REVOKED', version = version + 1 WHERE id = ?", id)
        .execute(db)
        .await?;
    Ok(())
}

/// What an acceptance needs to know.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) email: Email,
    pub(crate) role: Role,
    pub(crate) company: Option<CompanyId>,
    pub(crate) is_company_admin: bool,
    pub(crate) locale: String,
    pub(crate) details: Json<Details>,
    pub(crate) tenant: String,
}

/// The invitation, while it can be accepted.
pub(crate) async fn offer(db: &mut Db, id: InvitationId, now: DateTime<Utc>) -> sqlx::Result<Option<Offer>> {
    sqlx::query_as!(
        Offer,
        r#"SELECT i.email AS "email: _", i.role AS "role: _", i.company_id AS "company: _",
           i.is_company_admin AS "is_company_admin: bool", i.locale AS "locale: String", i.details AS "details: _",
           t.name AS "tenant: String"
           FROM invitations i, tenant_profile t
           WHERE i.id = ? AND i.status = 'PENDING' AND i.expires_at > ? AND t.status = 'ACTIVE'
             AND (i.company_id IS NULL OR EXISTS (SELECT 1 FROM companies c WHERE c.id = i.company_id))"#,
        id,
        now
    )
    .fetch_optional(db)
    .await
}

/// The user that the invited person becomes.
pub(super) async fn insert_user(
    db: &mut Db,
    id: UserId,
    account: AccountId,
    name: &str,
    offer: &Offer,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO users (id, tenant_id, company_id, account_id, role, name, phone, title, is_company_admin,
         search_key, created_at) VALUES (?, current_tenant(), ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        offer.company,
        account,
        offer.role,
        name,
        offer.details.phone,
        offer.details.title,
        offer.is_company_admin,
        shared::types::turkish::kept_key(name),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes who the invited person is now; false when the invitation was taken back meanwhile.
pub(super) async fn accepted(db: &mut Db, id: InvitationId, user: UserId, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE invitations SET status = 'ACCEPTED', accepted_at = ?, accepted_user_id = ?, version = version + 1
         WHERE id = ? AND status = 'PENDING'",
        now,
        user,
        id
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
