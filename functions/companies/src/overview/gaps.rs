//! What a workplace's service lacks: the law's minutes beside those that were agreed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Lacking, store::Served};
use crate::minutes::{ProfessionalKind, ServiceRules};

/// Too little service of one profession.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The profession.
    pub kind: ProfessionalKind,
    /// The minutes a month that the law asks for, whole professionals among them.
    pub required: u32,
    /// The minutes a month that were agreed.
    pub agreed: u32,
    /// Whether anybody serves at all.
    pub is_served: bool,
}

/// How much somebody should look at it: nobody at all before too little, then the missing minutes.
pub(super) fn weight(gaps: &[Gap]) -> (bool, u32) {
    let missing = gaps.iter().map(|gap| gap.required.saturating_sub(gap.agreed)).sum();
    (gaps.iter().any(|gap| !gap.is_served), missing)
}

impl Served {
    /// The workplace, if its service lacks something on this day.
    pub(super) fn lacking(&self, rules: &ServiceRules, day: NaiveDate) -> Option<Lacking> {
        let required = rules.required(self.danger_class, self.headcount, day, self.has_full_time_physician);
        let capacity = rules.monthly_capacity(day);
        let whole = |minutes: u32, people: u32| minutes.saturating_add(people.saturating_mul(capacity));
        let full_time = &required.full_time;
        let gaps: Vec<Gap> = [
            (ProfessionalKind::SafetyExpert, whole(required.expert, full_time.expert), self.expert),
            (ProfessionalKind::Physician, whole(required.physician, full_time.physician), self.physician),
            (ProfessionalKind::OtherHealth, whole(required.other_health, full_time.other_health), self.other_health),
        ]
        .into_iter()
        .filter(|(_, required, agreed)| agreed.unwrap_or_default() < *required)
        .map(|(kind, required, agreed)| Gap {
            kind,
            required,
            agreed: agreed.unwrap_or_default(),
            is_served: agreed.is_some(),
        })
        .collect();
        (!gaps.is_empty()).then(|| Lacking {
            id: self.id,
            title: self.title.clone(),
            company: self.company.clone(),
            danger_class: self.danger_class,
            gaps,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{danger::DangerClass, minutes::RuleValue, workplaces::WorkplaceId};

    fn rule(id: u32, name: &str, value: i64) -> RuleValue {
        RuleValue {
            id,
            rule_id: name.to_owned(),
            valid_from: NaiveDate::from_ymd_opt(2015, 1, 1).unwrap(),
            valid_to: None,
            danger_class: None,
            band_from: None,
            band_to: None,
            value: value.into(),
        }
    }

    #[test]
    fn a_workplace_lacks_what_the_law_asks_beyond_what_was_agreed() {
        let rules = ServiceRules::new(vec![
            rule(1, "service.minutes.SAFETY_EXPERT", 20),
            rule(2, "service.full-time.SAFETY_EXPERT", 500),
            rule(3, "service.minutes.PHYSICIAN", 10),
            rule(4, "service.monthly-capacity", 11_700),
        ]);
        let day = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let lacks = |headcount: u32, expert: Option<u32>, physician: Option<u32>| {
            let served = Served {
                id: WorkplaceId::from_uuid(Uuid::nil()),
                title: String::new(),
                company: String::new(),
                danger_class: DangerClass::Dangerous,
                headcount,
                has_full_time_physician: false,
                expert,
                physician,
                other_health: None,
            };
            let gaps = served.lacking(&rules, day).map(|one| one.gaps).unwrap_or_default();
            gaps.into_iter().map(|gap| (gap.kind.as_str(), gap.required, gap.is_served)).collect::<Vec<_>>()
        };
        assert_eq!(lacks(0, None, None), []);
        assert_eq!(lacks(30, Some(600), Some(300)), []);
        assert_eq!(lacks(30, Some(599), Some(300)), [("SAFETY_EXPERT", 600, true)]);
        assert_eq!(lacks(30, None, Some(0)), [("SAFETY_EXPERT", 600, false), ("PHYSICIAN", 300, true)]);
        // A whole expert for 500 people, and minutes for the other ten.
        assert_eq!(lacks(510, Some(11_899), Some(5100)), [("SAFETY_EXPERT", 11_900, true)]);
        assert_eq!(lacks(510, Some(11_900), Some(5100)), []);
    }

    #[test]
    fn nobody_at_all_weighs_more_than_too_little() {
        let gap = |required, is_served| Gap { kind: ProfessionalKind::Physician, required, agreed: 0, is_served };
        assert!(weight(&[gap(10, false)]) > weight(&[gap(9000, true)]));
        assert!(weight(&[gap(20, true), gap(20, true)]) > weight(&[gap(30, true)]));
    }
}
