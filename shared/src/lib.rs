//! The common crate: what every function needs and no feature owns.

pub mod app;
pub mod auth;
pub mod cache;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod error;
#[cfg(feature = "export")]
pub mod export;
pub mod flags;
pub mod http;
pub mod jobs;
pub mod limits;
pub mod post;
pub mod queue;
pub mod redis;
pub mod secrets;
pub mod serve;
#[cfg(feature = "storage")]
pub mod storage;
pub mod telemetry;
pub mod types;
pub mod web;

pub use app::App;
pub use error::{Code, Detail, Error, Result};
pub use serve::serve_http;

#[doc(hidden)]
pub use utoipa;
