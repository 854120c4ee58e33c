//! The tests of the API, by feature and resource, against the running system.
#![expect(clippy::large_futures, reason = "a test is one long future, run once")]
#![expect(clippy::unwrap_used, reason = "a step of a test that fails has failed the test")]

mod companies;
mod database;
mod http;
mod identity;
mod lambda;
mod notifications;
mod pages;
mod roles;
mod strangers;
mod system;
mod tour;
mod work;
