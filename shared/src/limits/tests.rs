//! The limits against a naive model that remembers every admission.

use std::time::SystemTime;

use proptest::prelude::*;

use super::*;
use crate::redis::testing;

fn limit(name: &str, max: u32, window_seconds: u32) -> Limit {
    Limit::read(name, "USER", max, window_seconds, "OPEN", 1).unwrap()
}

/// Keys expire by Redis's clock, so the tests' time begins at the present.
fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

fn after(start: DateTime<Utc>, ms: u64) -> DateTime<Utc> {
    start + Duration::from_millis(ms)
}

fn remaining(decision: &Decision) -> u64 {
    decision.headers()[1].1
}

#[test]
fn rows_of_the_table_are_read() {
    let address = Limit::read("AUTH", "ADDRESS", 10, 60, "CLOSED", 1000).unwrap();
    assert!(!address.is_per_user() && address.take("x").fails_closed() && address.max == 10_000);
    let user = Limit::read("AUTHENTICATED", "USER", 1000, 60, "OPEN", 1000).unwrap();
    assert!(user.is_per_user() && !user.take("x").fails_closed() && user.max == 1000);
    assert!(
        Limit::read("X", "COMPANY", 1, 1, "OPEN", 1).is_none() && Limit::read("X", "USER", 1, 1, "AJAR", 1).is_none()
    );
}

#[tokio::test]
async fn the_answer_tells_what_is_left_and_when_to_come_back() {
    let limiter = Limiter::new(testing::handle());
    let take = limit("T", 3, 60).take(&testing::name());
    let start = now();
    for left in [2, 1, 0] {
        let decision = limiter.take(std::slice::from_ref(&take), start).await.unwrap();
        assert_eq!((decision.refused(), remaining(&decision)), (None, left));
    }
    let refused = limiter.take(std::slice::from_ref(&take), start).await.unwrap();
    let wait = refused.refused().unwrap();
    assert!((60..=63).contains(&wait.as_secs()), "{wait:?}");
    assert_eq!(refused.headers()[0], ("x-ratelimit-limit", 3));
    let early = limiter.take(std::slice::from_ref(&take), start + wait - Duration::from_millis(1)).await.unwrap();
    assert!(early.refused().is_some());
    let in_time = limiter.take(std::slice::from_ref(&take), start + wait).await.unwrap();
    assert_eq!(in_time.refused(), None);
}

#[tokio::test]
async fn all_limits_give_or_none_does() {
    let limiter = Limiter::new(testing::handle());
    let subject = testing::name();
    let (wide, narrow) = (limit("WIDE", 10, 60).take(&subject), limit("NARROW", 1, 60).take(&subject));
    let both = [wide.clone(), narrow];
    let start = now();
    assert_eq!(limiter.take(&both, start).await.unwrap().refused(), None);
    for _ in 0..5 {
        let refused = limiter.take(&both, start).await.unwrap();
        assert!(refused.refused().is_some());
        assert_eq!(remaining(&refused), 0, "the tightest limit speaks");
    }
    // The refused tries took nothing from the wide one.
    assert_eq!(remaining(&limiter.take(&[wide], start).await.unwrap()), 8);
}

#[tokio::test]
async fn the_session_comes_in_the_same_trip() {
    let redis = testing::handle();
    let limiter = Limiter::new(redis.clone());
    let key = testing::name();
    redis.set_ex(&key, "a session".into(), 60).await.unwrap();
    let (own, others) = ([limit("OWN", 3, 60).take(&key)], [limit("OTHERS", 9, 60).take(&key)]);
    let (value, decision) = limiter.take_of_session(&key, &own, &others, now()).await.unwrap();
    assert_eq!((value.as_deref(), remaining(&decision)), (Some("a session"), 2));
    let (value, decision) = limiter.take_of_session(&testing::name(), &own, &others, now()).await.unwrap();
    assert_eq!((value, remaining(&decision)), (None, 1));
    assert_eq!(remaining(&limiter.take(&others, now()).await.unwrap()), 8, "nothing was taken from the others");
}

#[tokio::test]
async fn a_session_that_is_over_takes_from_the_others() {
    let redis = testing::handle();
    let limiter = Limiter::new(redis.clone());
    let (key, subject) = (testing::name(), testing::name());
    // Two limits of each, so that each is seen to have its own figures.
    let own = [limit("A", 3, 60).take(&subject), limit("B", 5, 90).take(&subject)];
    let others = [limit("C", 2, 60).take(&subject), limit("D", 7, 90).take(&subject)];
    for over in [Over::Ended, Over::Expired] {
        redis.set_ex(&key, over.as_str().to_owned(), 60).await.unwrap();
        let (value, decision) = limiter.take_of_session(&key, &own, &others, now()).await.unwrap();
        assert_eq!((value.as_deref(), decision.headers()[0].1), (Some(over.as_str()), 2));
    }
    let (_, refused) = limiter.take_of_session(&key, &own, &others, now()).await.unwrap();
    assert!(refused.refused().is_some());
    let left = limiter.take(&own, now()).await.unwrap();
    assert_eq!((left.refused(), remaining(&left)), (None, 2), "its owner's own limits are whole");
    let left = limiter.take(&others[1..], now()).await.unwrap();
    assert_eq!(remaining(&left), 4);
}

#[tokio::test]
async fn what_is_given_back_can_be_taken_again() {
    let limiter = Limiter::new(testing::handle());
    let take = limit("T", 2, 900).take(&testing::name());
    let (first, later) = (now(), after(now(), 100_000));
    for at in [first, later] {
        assert_eq!(limiter.take(std::slice::from_ref(&take), at).await.unwrap().refused(), None);
    }
    assert!(limiter.take(std::slice::from_ref(&take), later).await.unwrap().refused().is_some());
    limiter.give_back(&take, first).await.unwrap();
    assert_eq!(remaining(&limiter.take(std::slice::from_ref(&take), later).await.unwrap()), 0);
    assert!(limiter.take(std::slice::from_ref(&take), later).await.unwrap().refused().is_some());
}

#[tokio::test]
async fn of_many_at_once_exactly_the_maximum_passes() {
    let limiter = Limiter::new(testing::handle());
    let takes = [limit("T", 20, 60).take(&testing::name())];
    let start = now();
    let tries = (0..100).map(|_| limiter.take(&takes, start));
    let passed =
        futures_util::future::join_all(tries).await.into_iter().filter(|d| d.as_ref().unwrap().refused().is_none());
    assert_eq!(passed.count(), 20);
}

#[tokio::test]
async fn counters_do_not_stay_for_ever() {
    let redis = testing::handle();
    let take = limit("T", 20, 60).take(&testing::name());
    Limiter::new(redis.clone()).take(std::slice::from_ref(&take), now()).await.unwrap();
    let mut pipeline = Pipeline::new();
    pipeline.pttl(&take.key);
    let (ttl,): (i64,) = redis.run(&pipeline).await.unwrap();
    assert!((60_000..=66_000).contains(&ttl), "{ttl}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// In no window is more admitted than the maximum, and nobody waits more than a slice too long.
    #[test]
    fn it_is_never_laxer_than_the_model_and_hardly_stricter(
        max in 1..8_u32, window_seconds in 1..90_u32, steps in prop::collection::vec(0..4_000_u64, 1..60),
    ) {
        let window = u64::from(window_seconds) * 1000;
        let takes = [limit("P", max, window_seconds).take(&testing::name())];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let limiter = Limiter::new(testing::handle());
            let start = now();
            let mut at = 0;
            let mut admitted: Vec<u64> = Vec::new();
            for step in steps {
                at += step * u64::from(window_seconds) / 30;
                let passed = limiter.take(&takes, after(start, at)).await.unwrap().refused().is_none();
                let within = |span: u64| admitted.iter().filter(|then| *then + span > at).count();
                if passed {
                    prop_assert!(within(window) < max as usize, "one too many at {at} after {admitted:?}");
                    admitted.push(at);
                } else {
                    // Refused only if the model, with a window longer by two slices, refuses as well.
                    prop_assert!(within(window + window / 10) >= max as usize, "refused at {at} after {admitted:?}");
                }
            }
            Ok(())
        })?;
    }
}
