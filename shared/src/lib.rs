//! The common crate: what every function needs and no feature owns.

pub mod cache;
pub mod crypto;
pub mod telemetry;
pub mod types;
