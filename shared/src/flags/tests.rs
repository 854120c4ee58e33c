//! What decides, in which order, and how a percentage spreads.

use proptest::prelude::*;

use super::*;

fn decision(rollout: u8) -> Decision {
    Decision {
        name: "things".into(),
        audience: Audience::Tenant,
        subject: Subject::Tenant,
        rollout,
        held: None,
        held_here: None,
        chosen: None,
    }
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

#[test]
fn the_nearest_word_of_the_operator_goes_first_then_the_tenants_then_the_percentage() {
    let (on, off) = (Some(Switch::On), Some(Switch::Off));
    let of = |decision: Decision| decision.of(uuid(1), uuid(2));
    assert_eq!(of(decision(100)), (true, Decider::Rollout));
    assert_eq!(of(decision(0)), (false, Decider::Rollout));
    assert_eq!(of(Decision { chosen: on, ..decision(0) }), (true, Decider::Tenant));
    assert_eq!(of(Decision { chosen: off, held: on, ..decision(0) }), (true, Decider::Operator));
    assert_eq!(of(Decision { held: off, held_here: on, ..decision(0) }), (true, Decider::Operator));
    let not_for_tenants = Decision { chosen: on, audience: Audience::Operator, ..decision(0) };
    assert_eq!(of(not_for_tenants), (false, Decider::Rollout));
}

#[test]
fn a_percentage_counts_what_the_flag_says() {
    let of_users = Decision { subject: Subject::User, ..decision(50) };
    let is_on = |flag: &Decision, tenant, user| flag.of(uuid(tenant), uuid(user)).0;
    assert!((0..100).all(|user| is_on(&decision(50), 7, user) == is_on(&decision(50), 7, 0)));
    assert!((0..100).any(|user| is_on(&of_users, 7, user) != is_on(&of_users, 7, 0)));
}

#[test]
fn a_percentage_is_the_share_it_says_and_flags_differ_in_whom_they_choose() {
    // Ids as they are made, one after the other: their first bytes are all but the same.
    let ids: Vec<Uuid> = (0..20_000).map(|n| uuid(0x0198_c7de_1111_7000_8000_0000_0000_0000 + n)).collect();
    let share = |flag: &str, percent: u8| ids.iter().filter(|id| place(flag, **id) < percent).count();
    for percent in [1, 5, 10, 25, 50, 75, 99] {
        // Four standard deviations of that many throws.
        let expected = 20_000.0 * f64::from(percent) / 100.0;
        let room = 4.0 * (expected * (1.0 - f64::from(percent) / 100.0)).sqrt();
        let found = f64::from(u32::try_from(share("things", percent)).unwrap());
        assert!((found - expected).abs() <= room, "{percent} %: {found} of {expected} ± {room}");
    }
    let both = ids.iter().filter(|id| place("things", **id) < 10 && place("exports", **id) < 10).count();
    assert!((100..300).contains(&both), "{both} of 20,000 are among the first tenth of two flags");
}

#[test]
fn a_place_never_changes() {
    // Written down once: another hash would move tenants in and out when a release goes out.
    let places = [1, 2, 3, 4].map(|number| place("exports", uuid(number)));
    assert_eq!(places, [30, 76, 63, 55]);
}

proptest! {
    #[test]
    fn a_higher_percentage_only_adds(name in "[a-z]{1,20}", id: u128, less in 0_u8..=100, more in 0_u8..=100) {
        let (less, more) = (less.min(more), less.max(more));
        let of = |rollout| Decision { name: name.clone(), ..decision(rollout) }.of(uuid(id), uuid(0)).0;
        prop_assert!(!of(less) || of(more));
        prop_assert!(!of(0) && of(100));
    }
}
