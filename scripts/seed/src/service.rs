//! How much service was agreed, and until when those who give it may.

use chrono::TimeDelta;
use companies::{
    danger::DangerClass,
    minutes::{ProfessionalKind, ServiceRules},
};
use shared::types::istanbul;

use crate::{Error, tenants::Making};

/// The minutes that were agreed for each assignment: what the law asks for today, but at every fifth workplace too
/// little, because people came since, and at every ninth nothing yet.
pub(crate) async fn agreed(making: &mut Making<'_>) -> Result<(), Error> {
    let today = istanbul::today(making.app.now());
    let rules = ServiceRules::load(making.db).await?;
    let rows: Vec<(uuid::Uuid, ProfessionalKind, DangerClass, i64)> = sqlx::query_as(
        "SELECT a.id, a.kind, w.danger_class, \
         (SELECT COUNT(*) FROM active_employments e WHERE e.company_id = w.company_id AND e.workplace_id = w.id) \
         FROM assignments a JOIN workplaces w ON w.company_id = a.company_id AND w.id = a.workplace_id ORDER BY a.id",
    )
    .fetch_all(&mut *making.db)
    .await?;
    for (number, (id, kind, class, headcount)) in rows.into_iter().enumerate() {
        let required = rules.required(class, u32::try_from(headcount).unwrap_or(0), today, false);
        let minutes = match kind {
            ProfessionalKind::SafetyExpert => required.expert,
            ProfessionalKind::Physician => required.physician,
            ProfessionalKind::OtherHealth => required.other_health,
        };
        let minutes = match number {
            number if number % 9 == 8 => None,
            number if number % 5 == 4 => Some(minutes * 3 / 5),
            _ => Some(minutes),
        };
        sqlx::query("UPDATE assignments SET monthly_minutes = ? WHERE id = ?")
            .bind(minutes)
            .bind(id)
            .execute(&mut *making.db)
            .await?;
    }
    // A physician who has to see to his certificate.
    sqlx::query("UPDATE staff_profiles SET certificate_expires_on = ? WHERE professional_kind = 'PHYSICIAN'")
        .bind(today + TimeDelta::days(40))
        .execute(&mut *making.db)
        .await?;
    Ok(())
}
