//! The way to the mail server: where it is, one conversation with it, and what its answer means.
//!
//! `lettre` makes the mail and speaks SMTP; the commands are given one by one, because what a refusal means depends on
//! which command was refused (see [`verdict`]): a wrong password of ours must never count as a dead mailbox.

mod post;
mod server;
mod verdict;

pub use post::{Mail, Post};
pub use server::{MailServer, Security, ServerError};
pub use verdict::{Outcome, Stage, judge};
