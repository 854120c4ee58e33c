//! The SQL of the overviews: one statement each, whatever the size of the register.

use shared::{auth::CompanyId, db::Db};

use super::{Assigned, OwnWorkplace, Professional};
use crate::{companies::CompanyStatus, danger::DangerClass, minutes::ProfessionalKind, workplaces::WorkplaceId};

/// How many companies stand in each status.
pub(super) async fn statuses(db: &mut Db) -> sqlx::Result<Vec<(CompanyStatus, i64)>> {
    let rows =
        sqlx::query!(r#"SELECT status AS "status: CompanyStatus", COUNT(*) AS "count" FROM companies GROUP BY status"#)
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().map(|row| (row.status, row.count)).collect())
}

/// A customer's workplace with its figures of today. A profession that nobody serves as has no minutes; one that is
/// served without an agreement has none of them.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) id: WorkplaceId,
    pub(super) title: String,
    pub(super) company: String,
    pub(super) danger_class: DangerClass,
    pub(super) headcount: u32,
    pub(super) has_full_time_physician: bool,
    pub(super) expert: Option<u32>,
    pub(super) physician: Option<u32>,
    pub(super) other_health: Option<u32>,
}

/// The customers' workplaces that are served.
pub(super) async fn served(db: &mut Db) -> sqlx::Result<Vec<Served>> {
    sqlx::query_as!(
        Served,
        r#"SELECT w.id AS "id: _", w.title AS "title: String", c.name AS "company: String",
           w.danger_class AS "danger_class!: DangerClass",
           CAST(COALESCE(f.headcount, 0) AS UNSIGNED INTEGER) AS "headcount!: u32",
           COALESCE(f.physicians, 0) > 0 AS "has_full_time_physician!: bool",
           CAST(s.expert AS UNSIGNED INTEGER) AS "expert: u32",
           CAST(s.physician AS UNSIGNED INTEGER) AS "physician: u32",
           CAST(s.other_health AS UNSIGNED INTEGER) AS "other_health: u32"
           FROM workplaces w
           JOIN companies c ON c.id = w.company_id AND c.status = 'CUSTOMER'
           LEFT JOIN (SELECT workplace_id, SUM(IF(fact = 'employees', value, 0)) AS headcount,
                             SUM(IF(fact = 'full_time_physicians', value, 0)) AS physicians
                        FROM workplace_facts GROUP BY workplace_id) f ON f.workplace_id = w.id
           LEFT JOIN (SELECT workplace_id,
                             SUM(IF(kind = 'SAFETY_EXPERT', COALESCE(monthly_minutes, 0), NULL)) AS expert,
                             SUM(IF(kind = 'PHYSICIAN', COALESCE(monthly_minutes, 0), NULL)) AS physician,
                             SUM(IF(kind = 'OTHER_HEALTH', COALESCE(monthly_minutes, 0), NULL)) AS other_health
                        FROM serving_professionals GROUP BY workplace_id) s ON s.workplace_id = w.id
           WHERE w.is_active ORDER BY c.name, w.title"#
    )
    .fetch_all(db)
    .await
}

/// The workplaces that the current user serves today.
pub(super) async fn assigned(db: &mut Db) -> sqlx::Result<Vec<Assigned>> {
    sqlx::query_as!(
        Assigned,
        r#"SELECT w.id AS "id: _", w.title AS "title: String", c.name AS "company: String",
           w.danger_class AS "danger_class!: DangerClass",
           CAST((SELECT COUNT(*) FROM active_employments e WHERE e.company_id = a.company_id AND e.workplace_id = w.id)
             AS UNSIGNED INTEGER) AS "headcount!: u32",
           a.kind AS "kind: _", a.monthly_minutes AS minutes, a.ends_on
           FROM assignments a
           JOIN workplaces w ON w.company_id = a.company_id AND w.id = a.workplace_id
           JOIN companies c ON c.id = a.company_id
           WHERE a.user_id = current_user_id()
             AND a.starts_on <= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR)
             AND (a.ends_on IS NULL OR a.ends_on >= DATE(UTC_TIMESTAMP() + INTERVAL 3 HOUR))
           ORDER BY 5 DESC, w.title LIMIT 200"#
    )
    .fetch_all(db)
    .await
}

/// The company of a customer's user.
pub(super) async fn own_company(db: &mut Db) -> sqlx::Result<Option<(CompanyId, String)>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: CompanyId", name AS "name: String" FROM companies WHERE id = current_company()"#
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.id, row.name)))
}

/// The live workplaces of the own company; who serves them is not among it yet.
pub(super) async fn own_workplaces(db: &mut Db) -> sqlx::Result<Vec<OwnWorkplace>> {
    let rows = sqlx::query!(
        r#"SELECT w.id AS "id: WorkplaceId", w.title AS "title: String", w.danger_class AS "danger_class!: DangerClass",
           CAST((SELECT COUNT(*) FROM active_employments e WHERE e.company_id = w.company_id AND e.workplace_id = w.id)
             AS UNSIGNED INTEGER) AS "headcount!: u32"
           FROM workplaces w WHERE w.company_id = current_company() AND w.is_active ORDER BY w.title LIMIT 100"#
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OwnWorkplace {
            id: row.id,
            title: row.title,
            danger_class: row.danger_class,
            headcount: row.headcount,
            professionals: Vec::new(),
        })
        .collect())
}

/// Who serves the own company's workplaces today.
pub(super) async fn professionals(db: &mut Db) -> sqlx::Result<Vec<(WorkplaceId, Professional)>> {
    let rows = sqlx::query!(
        r#"SELECT workplace_id AS "workplace: WorkplaceId", name AS "name: String",
           kind AS "kind: ProfessionalKind", monthly_minutes AS minutes
           FROM serving_professionals WHERE company_id = current_company() ORDER BY kind DESC, name"#
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.workplace, Professional { name: row.name, kind: row.kind, minutes: row.minutes }))
        .collect())
}
