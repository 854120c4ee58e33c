//! Limits: whoever tries too often waits, and nobody else does.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use serde_json::json;
use shared::{App, clock::Clock, config::Config};
use tests::harness::{Client, PASSWORD, new_id, with_tenant};
use tower::ServiceExt as _;

const SECRET: &str = "the-cdn-proves-itself-by-this-secret";
const PREVIOUS: &str = "and-by-this-one-until-it-is-told-anew";

/// The application behind a CDN, with the limits of production.
#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
fn behind_the_cdn() -> App {
    let config = Config::from_lookup(|name| match name {
        "ORIGIN_SECRET" => Some(SECRET.to_owned()),
        "ORIGIN_SECRET_PREVIOUS" => Some(PREVIOUS.to_owned()),
        "RATE_LIMIT_ADDRESS_FACTOR" => None,
        name => std::env::var(name).ok(),
    });
    App::new("tests", config.unwrap(), Clock::System).unwrap()
}

/// An address that nobody else uses.
fn address() -> String {
    let bytes = *new_id().as_bytes();
    let part = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    format!("2001:db8:{:x}:{:x}:{:x}::1:4711", part(10), part(12), part(14))
}

/// A sign-in of an unknown e-mail from this address; the status, and when to come back.
async fn try_to_sign_in(app: &App, address: &str, forwarded: &str) -> (u16, Option<String>) {
    sign_in(app, address, forwarded, &format!("{}@deneme.test", new_id().simple()), "whatever-it-is").await
}

/// A sign-in from this address; the status, and when to come back.
async fn sign_in(app: &App, address: &str, forwarded: &str, email: &str, password: &str) -> (u16, Option<String>) {
    proved_by(app, address, forwarded, SECRET, email, password).await
}

async fn proved_by(
    app: &App,
    address: &str,
    forwarded: &str,
    secret: &str,
    email: &str,
    password: &str,
) -> (u16, Option<String>) {
    let body = json!({"email": email, "password": password, "client": "mobile"});
    let request = Request::post("/api/v1/auth/login")
        .header("content-type", "application/json")
        .header("user-agent", "prosektor-tests")
        .header("x-origin-secret", secret)
        .header("cloudfront-viewer-address", address)
        .header("x-forwarded-for", forwarded)
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = identity::routes().into_router(app.clone()).oneshot(request).await.unwrap();
    let after = answer.headers().get("retry-after").and_then(|v| v.to_str().ok()).map(str::to_owned);
    (answer.status().as_u16(), after)
}

#[tokio::test]
async fn the_eleventh_sign_in_of_a_minute_from_one_address_waits_whatever_it_claims_to_be_forwarded_for() {
    let (app, address) = (behind_the_cdn(), address());
    for n in 0..10 {
        assert_eq!(try_to_sign_in(&app, &address, &format!("203.0.113.{n}")).await.0, 401);
    }
    let (status, after) = try_to_sign_in(&app, &address, "203.0.113.99").await;
    assert_eq!(status, 429);
    assert!(after.unwrap().parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn the_cdn_may_go_on_with_the_secret_before_and_nobody_with_another() {
    let app = behind_the_cdn();
    let status = async |address: &str, secret: &str| {
        let email = format!("{}@deneme.test", new_id().simple());
        proved_by(&app, address, "", secret, &email, "whatever-it-is").await.0
    };
    // Only who proves himself is believed the address, and uses up its limit.
    for (secret, eleventh) in [(PREVIOUS, 429), ("neither-of-both-though-it-is-as-long", 401), ("", 401)] {
        let address = address();
        for _ in 0..10 {
            status(&address, secret).await;
        }
        assert_eq!(status(&address, SECRET).await, eleventh, "{secret:?}");
    }
}

#[tokio::test]
async fn one_address_does_not_use_up_anothers_limit() {
    let (app, crowded) = (behind_the_cdn(), address());
    for _ in 0..11 {
        try_to_sign_in(&app, &crowded, "").await;
    }
    assert_eq!(try_to_sign_in(&app, &crowded, "").await.0, 429);
    assert_eq!(try_to_sign_in(&app, &address(), "").await.0, 401);
}

#[tokio::test]
async fn right_passwords_take_nothing_from_the_limit_of_wrong_ones() {
    with_tenant(async |t| {
        let (app, address) = (behind_the_cdn(), address());
        let (_, email) = t.insert_user("OFFICE", None, false).await;
        let ip = address.trim_end_matches(":4711").parse().unwrap();
        let take = app.limit("LOGIN_ADDRESS").await.unwrap().take(&shared::auth::address_of(&app, Some(ip)));
        for _ in 0..19 {
            let taken = app.limits().take(std::slice::from_ref(&take), app.now()).await.unwrap();
            assert_eq!(taken.refused(), None);
        }
        for _ in 0..3 {
            assert_eq!(sign_in(&app, &address, "", &email, PASSWORD).await.0, 200);
        }
        assert_eq!(sign_in(&app, &address, "", &email, "yanlış-parola").await.0, 401);
        let (status, after) = sign_in(&app, &address, "", &email, PASSWORD).await;
        assert_eq!((status, after.is_some()), (429, true));
    })
    .await;
}

#[tokio::test]
async fn of_many_guesses_at_once_five_are_made() {
    with_tenant(async |t| {
        let app = behind_the_cdn();
        let (user, email) = t.insert_user("OFFICE", None, false).await;
        let guesses: Vec<_> = (0..20)
            .map(|n| {
                let (app, address, email) = (app.clone(), address(), email.clone());
                tokio::spawn(async move { sign_in(&app, &address, "", &email, &format!("tahmin-{n}")).await.0 })
            })
            .collect();
        let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
        for guess in guesses {
            *answers.entry(guess.await.unwrap()).or_default() += 1;
        }
        assert_eq!(answers, BTreeMap::from([(401, 4), (423, 16)]));
        let audited = t.audited("user", &user.to_string()).await;
        let count = |action: &str| audited.iter().filter(|one| *one == action).count();
        assert_eq!((count("LOGIN_FAILED"), count("LOCKED")), (5, 1), "what is refused unseen is no try");
        t.mail_to(&email).await;
    })
    .await;
}

/// A call with this token from an address that nobody else uses; the status, and what is left of the limit.
async fn left_after(app: &App, token: &str) -> (u16, u64) {
    let request = Request::get("/api/v1/auth/me")
        .header("authorization", format!("Bearer {token}"))
        .header("user-agent", "prosektor-tests")
        .header("x-origin-secret", SECRET)
        .header("cloudfront-viewer-address", address())
        .body(Body::empty())
        .unwrap();
    let answer = identity::routes().into_router(app.clone()).oneshot(request).await.unwrap();
    let left = answer.headers()["x-ratelimit-remaining"].to_str().unwrap().parse().unwrap();
    (answer.status().as_u16(), left)
}

#[tokio::test]
async fn the_token_of_an_ended_session_takes_nothing_from_its_user() {
    with_tenant(async |t| {
        let app = behind_the_cdn();
        let (user, email) = t.insert_user("EXPERT", None, false).await;
        let sign_in = async || {
            let body = json!({"email": email, "password": PASSWORD, "client": "mobile"});
            let session = Client::anonymous().post("/api/v1/auth/login", body).await.ok();
            session["accessToken"].as_str().unwrap().to_owned()
        };
        let dead = [sign_in().await, sign_in().await, sign_in().await];
        // One is ended by its owner, one was idle for too long, one is ended behind the back of Redis.
        Client::bearer(&dead[0]).post("/api/v1/auth/logout", json!({})).await.no_content();
        let mut db = t.sql().await;
        for (change, n) in [
            ("last_seen_at = last_seen_at - INTERVAL 61 MINUTE", 1),
            ("ended_at = UTC_TIMESTAMP(6), end_reason = 'ENDED_BY_OWNER'", 2),
        ] {
            let id = "SELECT id FROM sessions_rows WHERE user_id = ? ORDER BY created_at, id LIMIT 1 OFFSET";
            let id: uuid::Uuid =
                sqlx::query_scalar(&format!("{id} {n}")).bind(user).fetch_one(&mut db).await.expect("a session");
            let update = format!("UPDATE sessions_rows SET {change} WHERE id = ?");
            sqlx::query(&update).bind(id).execute(&mut db).await.expect("a session can be changed");
        }

        let alive = sign_in().await;
        let (status, before) = left_after(&app, &alive).await;
        assert_eq!((status, before > 900), (200, true), "of a thousand");
        for token in &dead {
            // The database finds out of two of them, by a call that its user pays for; then it is known.
            assert_eq!(left_after(&app, token).await.0, 401);
            for _ in 0..20 {
                assert_eq!(left_after(&app, token).await, (401, 99), "each address is asked for the first time");
            }
        }
        let (status, after) = left_after(&app, &alive).await;
        assert_eq!(status, 200);
        assert!((before - 4..=before - 3).contains(&after), "{before} before, {after} after");
    })
    .await;
}

/// How long this takes.
async fn timed<T>(work: impl Future<Output = T>) -> Duration {
    let begun = Instant::now();
    work.await;
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Each sign-in of a made-up e-mail costs a hash. Sixty at once wait for each other; nobody else
/// waits for them. Both are measured on the same machine at the same time, however busy it is.
#[tokio::test]
async fn whoever_is_signed_in_does_not_queue_behind_a_flood_of_sign_ins() {
    with_tenant(async |t| {
        let office = t.office().await;
        let flood: Vec<_> = (0..60)
            .map(|_| {
                let email = format!("{}@deneme.test", new_id().simple());
                let call = Client::anonymous()
                    .post("/api/v1/auth/login", json!({"email": email, "password": "yanlış-parola"}));
                tokio::spawn(timed(async move {
                    call.await.fails(401, "UNAUTHORIZED");
                }))
            })
            .collect();
        let mut waits: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
        while flood.iter().any(|one| !one.is_finished()) {
            for path in ["/api/v1/auth/me", "/api/v1/companies"] {
                waits.entry(path).or_default().push(timed(async { office.get(path).await.ok() }).await);
            }
        }
        let mut sign_ins = Vec::new();
        for one in flood {
            sign_ins.push(one.await.unwrap());
        }
        let sign_in = median(sign_ins);
        for (path, times) in waits {
            let (count, wait) = (times.len(), median(times));
            assert!(wait * 5 < sign_in, "{path} took {wait:?} ({count} times) while a sign-in took {sign_in:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_thousand_wrong_passwords_lock_one_account_and_nobody_else() {
    with_tenant(async |t| {
        let office = t.office().await;
        let (_, victim) = t.insert_user("OFFICE", None, false).await;
        let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
        for wave in 0..20 {
            // As many as the local gateway bears at once; most of them at one account, some at made-up ones.
            let tries: Vec<_> = (0..50)
                .map(|n| {
                    let email = if n % 10 > 0 { victim.clone() } else { format!("{}@deneme.test", new_id().simple()) };
                    let body = json!({"email": email, "password": format!("yanlış-parola-{wave}-{n}")});
                    let call = Client::anonymous().post("/api/v1/auth/login", body);
                    tokio::spawn(async move { call.await })
                })
                .collect();
            office.get("/api/v1/companies").await.ok();
            office.get("/api/v1/auth/me").await.ok();
            for tried in tries {
                let answer = tried.await.unwrap();
                *answers.entry(answer.status).or_default() += 1;
                match answer.status {
                    401 => {
                        answer.fails(401, "UNAUTHORIZED");
                    }
                    423 => {
                        answer.fails(423, "ACCOUNT_LOCKED");
                        assert!(answer.header("retry-after").is_some());
                    }
                    429 => {
                        answer.fails(429, "RATE_LIMIT_EXCEEDED");
                        assert!(answer.header("retry-after").is_some());
                    }
                    _ => panic!("{} {}", answer.status, answer.text),
                }
            }
        }
        let locked = answers.get(&423).copied().unwrap_or_default();
        assert!(locked >= 850, "the account was tried 900 times and refused {locked} times: {answers:?}");
    })
    .await;
}
