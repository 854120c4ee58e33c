//! Queues: sending what the outbox holds, and working through what arrives.

mod message;
#[cfg(feature = "queue")]
mod send;
#[cfg(feature = "worker")]
pub mod worker;

pub use message::Message;
#[cfg(feature = "queue")]
pub use send::Queues;
