//! The unit of work and the batch loop, in this process against the real services.

mod audit_lines;
mod batch;
mod budget;
mod jobs;
pub(crate) mod trace;
mod unit;

use shared::{App, clock::Clock, config::Config};

/// The application as a function of the running system would have it.
fn app() -> App {
    App::new("tests", Config::from_env().unwrap(), Clock::System).unwrap()
}
