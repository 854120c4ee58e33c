//! Passwords: what may become one, and how one is changed or reset.

pub mod api;
pub(crate) mod change;
pub(crate) mod reset;
mod rules;
mod store;

pub(crate) use change::confirm;
pub(crate) use reset::send_link;
pub(crate) use rules::{Owner, Strictness, check};
