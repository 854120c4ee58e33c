//! The SQL of the homes: what other features' views say, one statement each.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use shared::{
    auth::{Role, UserId},
    db::Db,
    types::Email,
};

/// The rows that a home names of each thing.
const NAMED: u32 = 5;
/// For so long a failed job is pointed out.
const RECENT: TimeDelta = TimeDelta::days(1);

/// Somebody who is invited and has not come yet.
#[derive(Debug)]
pub(super) struct Invited {
    pub(super) email: Email,
    pub(super) role: Role,
    pub(super) company: Option<String>,
    pub(super) expires_at: DateTime<Utc>,
}

/// Those who are invited and have not come yet, the first to expire first; of staff only for whoever invites them.
pub(super) async fn invited(db: &mut Db, now: DateTime<Utc>, with_staff: bool) -> sqlx::Result<Vec<Invited>> {
    sqlx::query_as!(
        Invited,
        r#"SELECT i.email AS "email: _", i.role AS "role: _", c.name AS "company?: String", i.expires_at AS "expires_at: _"
           FROM invitations i LEFT JOIN companies c ON c.id = i.company_id
           WHERE i.status = 'PENDING' AND i.expires_at > ? AND (? OR i.role = 'CLIENT')
           ORDER BY i.expires_at LIMIT ?"#,
        now,
        with_staff,
        NAMED
    )
    .fetch_all(db)
    .await
}

/// A professional's certificate that ends soon or has ended.
#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) last: NaiveDate,
}

/// The certificates of active staff that end by this day.
pub(super) async fn certificates(db: &mut Db, by: NaiveDate) -> sqlx::Result<Vec<Certificate>> {
    sqlx::query_as!(
        Certificate,
        r#"SELECT u.id AS "id: _", u.name AS "name: String", p.certificate_expires_on AS "last!: NaiveDate"
           FROM staff_profiles p JOIN users u ON u.id = p.user_id
           WHERE u.is_active AND u.role <> 'CLIENT' AND p.certificate_expires_on <= ?
           ORDER BY p.certificate_expires_on LIMIT ?"#,
        by,
        NAMED
    )
    .fetch_all(db)
    .await
}

/// The user's own work in the background.
#[derive(Debug)]
pub(super) struct Jobs {
    pub(super) running: i64,
    pub(super) failed: i64,
}

/// The user's jobs that go on, and those that failed lately.
pub(super) async fn jobs(db: &mut Db, user: UserId, now: DateTime<Utc>) -> sqlx::Result<Jobs> {
    sqlx::query_as!(
        Jobs,
        r#"SELECT COUNT(IF(state IN ('QUEUED', 'RUNNING'), 1, NULL)) AS running,
           COUNT(IF(state = 'FAILED' AND finished_at > ?, 1, NULL)) AS failed
           FROM jobs WHERE requested_by = ? AND created_at > ?"#,
        now - RECENT,
        user,
        now - TimeDelta::days(7)
    )
    .fetch_one(db)
    .await
}

/// What a professional should know of himself.
#[derive(Debug, Default)]
pub(super) struct OwnProfession {
    pub(super) certificate_expires_on: Option<NaiveDate>,
    pub(super) capacity: Option<u32>,
}

/// The caller's own certificate and capacity.
pub(super) async fn own_profession(db: &mut Db, user: UserId) -> sqlx::Result<Option<OwnProfession>> {
    sqlx::query_as!(
        OwnProfession,
        r#"SELECT certificate_expires_on, monthly_capacity_min AS "capacity: u32" FROM staff_profiles WHERE user_id = ?"#,
        user
    )
    .fetch_optional(db)
    .await
}
