//! What the law asks for at a workplace beside what has been agreed: one line for each profession.

use chrono::NaiveDate;

use crate::{
    assignments::Assignment,
    minutes::{ProfessionalKind, RequiredMinutes},
};

/// One profession at a workplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The profession.
    pub kind: ProfessionalKind,
    /// Whole professionals that the law asks for.
    pub full_time: u32,
    /// Minutes a month that the law asks for beside them.
    pub required: u32,
    /// Minutes a month that have been agreed.
    pub agreed: u32,
    /// Professionals who serve today.
    pub people: u32,
}

impl Service {
    /// The three professions on a day.
    pub fn of(required: &RequiredMinutes, assignments: &[Assignment], day: NaiveDate) -> Vec<Self> {
        let line = |kind, full_time, required| {
            let serving = assignments.iter().filter(|one| one.kind == kind && one.period().covers(day));
            let (mut agreed, mut people) = (0_u32, 0);
            for assignment in serving {
                agreed = agreed.saturating_add(assignment.monthly_minutes.unwrap_or_default());
                people += 1;
            }
            Self { kind, full_time, required, agreed, people }
        };
        let whole = &required.full_time;
        vec![
            line(ProfessionalKind::SafetyExpert, whole.expert, required.expert),
            line(ProfessionalKind::Physician, whole.physician, required.physician),
            line(ProfessionalKind::OtherHealth, whole.other_health, required.other_health),
        ]
    }

    /// Whether the law asks for anybody.
    pub fn is_needed(&self) -> bool {
        self.full_time > 0 || self.required > 0
    }

    /// Whether less has been agreed than the law asks for.
    pub fn is_short(&self) -> bool {
        self.people < self.full_time || self.agreed < self.required
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::minutes::FullTime;
    use crate::{assignments::AssignmentId, workplaces::WorkplaceId};
    use shared::{
        auth::{CompanyId, UserId},
        types::Text,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn assignment(kind: ProfessionalKind, starts: &str, ends: Option<&str>, minutes: Option<u32>) -> Assignment {
        let now = chrono::DateTime::from_timestamp(1_795_370_400, 0).unwrap();
        Assignment {
            id: AssignmentId::new_at(now),
            staff_id: UserId::new_at(now),
            staff_name: Text::parse("Ayşe Uzman").unwrap(),
            company_id: CompanyId::new_at(now),
            workplace_id: WorkplaceId::new_at(now),
            workplace_title: Text::parse("Gebze Fabrika").unwrap(),
            kind,
            starts_on: day(starts),
            ends_on: ends.map(day),
            monthly_minutes: minutes,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }

    #[test]
    fn only_who_serves_today_counts_and_each_profession_for_itself() {
        let required = RequiredMinutes {
            expert: 400,
            physician: 150,
            other_health: 0,
            full_time: FullTime { expert: 1, ..FullTime::default() },
            as_of: day("2026-11-25"),
            rule_ids: Vec::new(),
        };
        let assignments = [
            assignment(ProfessionalKind::SafetyExpert, "2026-01-01", None, Some(400)),
            assignment(ProfessionalKind::SafetyExpert, "2025-01-01", Some("2025-12-31"), Some(900)),
            assignment(ProfessionalKind::Physician, "2026-01-01", None, None),
        ];
        let lines = Service::of(&required, &assignments, day("2026-11-25"));
        let read: Vec<_> = lines.iter().map(|l| (l.agreed, l.people, l.is_needed(), l.is_short())).collect();
        assert_eq!(read, [(400, 1, true, false), (0, 1, true, true), (0, 0, false, false)]);
    }
}
