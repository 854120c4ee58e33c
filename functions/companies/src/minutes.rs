//! How much service the law asks for at a workplace: minutes a month for each professional, and whole
//! professionals beyond a size. The figures are rows of `rule_values`; here stands only how they are used.

use std::time::Duration;

use chrono::NaiveDate;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use shared::{App, cache::CacheKey, db::Db};
use utoipa::ToSchema;

use crate::danger::DangerClass;

shared::text_enum! {
    /// Who serves a workplace: which profession the law counts its minutes for. Identity has an enum of the same
    /// words for what somebody is by training; no crate of a feature depends on another's.
    pub enum ProfessionalKind {
        /// İş güvenliği uzmanı.
        SafetyExpert = "SAFETY_EXPERT",
        /// İşyeri hekimi.
        Physician = "PHYSICIAN",
        /// Diğer sağlık personeli.
        OtherHealth = "OTHER_HEALTH",
    }
}

/// One legal figure, as long as it holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuleValue {
    /// The row's id, which a computed figure names as its source.
    pub id: u32,
    /// What it is a figure of.
    pub rule_id: String,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; none while it holds.
    pub valid_to: Option<NaiveDate>,
    /// The danger class; none for every class.
    pub danger_class: Option<DangerClass>,
    /// The least headcount.
    pub band_from: Option<u32>,
    /// The greatest headcount.
    pub band_to: Option<u32>,
    /// The figure.
    pub value: Decimal,
}

/// How long figures are kept: so long does a release's new figure take to be used everywhere.
const KEPT: Duration = Duration::from_mins(10);

/// The figures of minimum service, of every day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceRules(Vec<RuleValue>);

/// Whole professionals that a workplace must have beside the minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FullTime {
    /// Safety experts.
    pub expert: u32,
    /// Physicians.
    pub physician: u32,
    /// Other health staff.
    pub other_health: u32,
}

/// What the law asks for at a workplace in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequiredMinutes {
    /// Minutes of a safety expert.
    pub expert: u32,
    /// Minutes of a physician.
    pub physician: u32,
    /// Minutes of other health staff; none where a full-time physician serves.
    pub other_health: u32,
    /// Whole professionals; the minutes are for the people beyond them.
    pub full_time: FullTime,
    /// The day whose figures were used.
    pub as_of: NaiveDate,
    /// The rows of the rule table that were used.
    pub rule_ids: Vec<u32>,
}

impl ServiceRules {
    /// Rules from rows.
    pub fn new(rows: Vec<RuleValue>) -> Self {
        Self(rows)
    }

    /// The figures, from the cache where they are there.
    pub async fn kept(app: &App, db: &mut Db) -> sqlx::Result<Self> {
        let key = CacheKey::platform("service-rules");
        app.cache().get_or_try(&key, &["reference"], KEPT, || Self::load(db)).await
    }

    /// Reads the figures.
    pub async fn load(db: &mut Db) -> sqlx::Result<Self> {
        sqlx::query_as!(
            RuleValue,
            r#"SELECT id, rule_id AS "rule_id: String", valid_from, valid_to,
               danger_class AS "danger_class: DangerClass", band_from, band_to, value
               FROM rule_values WHERE rule_id LIKE 'service.%' ORDER BY id"#
        )
        .fetch_all(db)
        .await
        .map(Self)
    }

    /// What is asked for on a day. Where a full-time physician serves, no other health staff is needed.
    pub fn required(
        &self,
        class: DangerClass,
        headcount: u32,
        day: NaiveDate,
        full_time_physician: bool,
    ) -> RequiredMinutes {
        let mut used = Vec::new();
        let mut of = |kind| self.of_kind(kind, class, headcount, day, &mut used);
        let (experts, expert) = of(ProfessionalKind::SafetyExpert);
        let (physicians, physician) = of(ProfessionalKind::Physician);
        let (others, other_health) = if full_time_physician { (0, 0) } else { of(ProfessionalKind::OtherHealth) };
        RequiredMinutes {
            expert,
            physician,
            other_health,
            full_time: FullTime { expert: experts, physician: physicians, other_health: others },
            as_of: day,
            rule_ids: used,
        }
    }

    /// The minutes that one professional can serve in a month.
    pub fn monthly_capacity(&self, day: NaiveDate) -> u32 {
        // The rule is one for every class and headcount.
        self.figure("service.monthly-capacity", DangerClass::LessDangerous, 0, day).map_or(0, |(_, minutes)| minutes)
    }

    /// Whole professionals and the minutes for the people beyond them.
    fn of_kind(
        &self,
        kind: ProfessionalKind,
        class: DangerClass,
        headcount: u32,
        day: NaiveDate,
        used: &mut Vec<u32>,
    ) -> (u32, u32) {
        let Some((rule, minutes)) = self.figure(&format!("service.minutes.{kind}"), class, headcount, day) else {
            return (0, 0);
        };
        used.push(rule);
        let multiple = self.figure(&format!("service.full-time.{kind}"), class, headcount, day);
        let whole = match multiple {
            Some((rule, size)) if size > 0 && headcount >= size => {
                used.push(rule);
                headcount / size
            }
            _ => 0,
        };
        let served = multiple.map_or(0, |(_, size)| whole.saturating_mul(size));
        (whole, headcount.saturating_sub(served).saturating_mul(minutes))
    }

    /// The figure of a rule for a class, a headcount and a day; the youngest where two hold.
    fn figure(&self, rule: &str, class: DangerClass, headcount: u32, day: NaiveDate) -> Option<(u32, u32)> {
        self.0
            .iter()
            .filter(|row| {
                row.rule_id == rule
                    && row.danger_class.is_none_or(|of| of == class)
                    && row.valid_from <= day
                    && row.valid_to.is_none_or(|to| to >= day)
                    && row.band_from.is_none_or(|from| headcount >= from)
                    && row.band_to.is_none_or(|to| headcount <= to)
            })
            .max_by_key(|row| row.valid_from)
            .and_then(|row| Some((row.id, row.value.to_u32()?)))
    }
}

#[cfg(test)]
#[path = "minutes_tests.rs"]
mod tests;
