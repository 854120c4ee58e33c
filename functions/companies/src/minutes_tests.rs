//! The worked examples of the law, and what must hold for every headcount.

use proptest::prelude::*;

use super::{
    DangerClass::{Dangerous, LessDangerous, VeryDangerous},
    *,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The figures of the rule table, written as in the regulations.
fn rules() -> ServiceRules {
    use ProfessionalKind::{OtherHealth, Physician, SafetyExpert};
    let classes = [LessDangerous, Dangerous, VeryDangerous];
    let per_class = [
        (100, "service.minutes", SafetyExpert, "2015-04-30", [10, 20, 40]),
        (110, "service.full-time", SafetyExpert, "2015-04-30", [1000, 500, 250]),
        (120, "service.minutes", Physician, "2014-12-18", [5, 10, 15]),
        (130, "service.full-time", Physician, "2014-12-18", [2000, 1000, 750]),
    ];
    let mut rows: Vec<RuleValue> = Vec::new();
    for (first, rule, kind, from, values) in per_class {
        for ((class, value), id) in classes.into_iter().zip(values).zip(first..) {
            rows.push(row(id, format!("{rule}.{kind}"), from, class, (None, None), value));
        }
    }
    for (id, from, to, value) in [(141, 10, Some(49), 10), (142, 50, Some(249), 15), (143, 250, None, 20)] {
        let rule = format!("service.minutes.{OtherHealth}");
        rows.push(row(id, rule, "2014-12-18", VeryDangerous, (Some(from), to), value));
    }
    rows.push(row(151, format!("service.full-time.{OtherHealth}"), "2014-12-18", VeryDangerous, (None, None), 500));
    ServiceRules::new(rows)
}

fn row(
    id: u32,
    rule_id: String,
    from: &str,
    class: DangerClass,
    band: (Option<u32>, Option<u32>),
    value: i64,
) -> RuleValue {
    RuleValue {
        id,
        rule_id,
        valid_from: day(from),
        valid_to: None,
        danger_class: Some(class),
        band_from: band.0,
        band_to: band.1,
        value: Decimal::new(value, 0),
    }
}

fn today() -> NaiveDate {
    day("2026-11-22")
}

#[test]
fn the_worked_examples_come_out() {
    // class, people, minutes of expert, physician, other health; whole professionals of each
    let examples = [
        (VeryDangerous, 25, [1_000, 375, 250], [0, 0, 0]),
        (VeryDangerous, 9, [360, 135, 0], [0, 0, 0]),
        (Dangerous, 25, [500, 250, 0], [0, 0, 0]),
        (Dangerous, 60, [1_200, 600, 0], [0, 0, 0]),
        (LessDangerous, 12, [120, 60, 0], [0, 0, 0]),
        (LessDangerous, 1_049, [490, 5_245, 0], [1, 0, 0]),
        (VeryDangerous, 260, [400, 3_900, 5_200], [1, 0, 0]),
        // The edges of the bands and of the whole professionals.
        (VeryDangerous, 10, [400, 150, 100], [0, 0, 0]),
        (VeryDangerous, 49, [1_960, 735, 490], [0, 0, 0]),
        (VeryDangerous, 50, [2_000, 750, 750], [0, 0, 0]),
        (VeryDangerous, 249, [9_960, 3_735, 3_735], [0, 0, 0]),
        (VeryDangerous, 250, [0, 3_750, 5_000], [1, 0, 0]),
        (VeryDangerous, 500, [0, 7_500, 0], [2, 0, 1]),
        (Dangerous, 1_000, [0, 0, 0], [2, 1, 0]),
        (LessDangerous, 999, [9_990, 4_995, 0], [0, 0, 0]),
        (LessDangerous, 1, [10, 5, 0], [0, 0, 0]),
        (VeryDangerous, 0, [0, 0, 0], [0, 0, 0]),
    ];
    for (class, people, [expert, physician, other_health], [experts, physicians, others]) in examples {
        let required = rules().required(class, people, today(), false);
        assert_eq!(
            [required.expert, required.physician, required.other_health],
            [expert, physician, other_health],
            "{class} {people}"
        );
        let full_time = FullTime { expert: experts, physician: physicians, other_health: others };
        assert_eq!(required.full_time, full_time, "{class} {people}");
    }
}

#[test]
fn a_full_time_physician_makes_other_health_staff_unnecessary() {
    let required = rules().required(VeryDangerous, 260, today(), true);
    assert_eq!((required.physician, required.other_health), (3_900, 0));
}

#[test]
fn a_day_has_the_figures_that_held_on_it() {
    let ServiceRules(mut rows) = rules();
    rows[0].valid_to = Some(day("2026-12-31"));
    rows.push(RuleValue {
        id: 901,
        valid_from: day("2027-01-01"),
        valid_to: None,
        value: Decimal::new(12, 0),
        ..rows[0].clone()
    });
    let rules = ServiceRules::new(rows);
    let on = |date: &str| {
        let required = rules.required(LessDangerous, 10, day(date), false);
        (required.expert, required.rule_ids.contains(&901))
    };
    assert_eq!(on("2026-12-31"), (100, false));
    assert_eq!(on("2027-01-01"), (120, true));
    assert_eq!(on("2015-04-29"), (0, false), "before any figure held");
}

proptest! {
    /// One person more never asks for less: whole professionals count with the people they serve.
    #[test]
    fn more_people_never_need_less(people in 0_u32..20_000, class in prop::sample::select(DangerClass::ALL)) {
        let weight = |people| {
            let required = rules().required(class, people, today(), false);
            let size = |kind| rules().figure(&format!("service.full-time.{kind}"), class, people, today()).map_or(0, |(_, size)| size);
            let rate = |kind| rules().figure(&format!("service.minutes.{kind}"), class, people, today()).map_or(0, |(_, rate)| rate);
            [
                required.expert + required.full_time.expert * size(ProfessionalKind::SafetyExpert) * rate(ProfessionalKind::SafetyExpert),
                required.physician + required.full_time.physician * size(ProfessionalKind::Physician) * rate(ProfessionalKind::Physician),
                required.other_health + required.full_time.other_health * size(ProfessionalKind::OtherHealth) * rate(ProfessionalKind::OtherHealth),
            ]
        };
        for (fewer, more) in weight(people).into_iter().zip(weight(people + 1)) {
            prop_assert!(fewer <= more);
        }
    }

    /// A more dangerous class never asks for less of a professional.
    #[test]
    fn more_danger_never_needs_less(people in 0_u32..250) {
        let minutes = |class| {
            let required = rules().required(class, people, today(), false);
            [required.expert, required.physician, required.other_health]
        };
        for (safer, worse) in [(LessDangerous, Dangerous), (Dangerous, VeryDangerous)] {
            for (a, b) in minutes(safer).into_iter().zip(minutes(worse)) {
                prop_assert!(a <= b);
            }
        }
    }
}
