//! HTTP: what comes in is read into types, what goes out is the one envelope.

pub(crate) mod again;
pub mod compress;
pub mod cursor;
pub mod extract;
pub mod input;
pub(crate) mod limit;
pub mod page;
pub mod reply;
pub mod request;
pub mod routes;
pub(crate) mod stack;

pub use cursor::Cursor;
pub use extract::{Change, Expected, Id, IdempotencyKey, List, PlainList, Query, SearchList, Seen, Step, Valid};
pub use input::Patch;
pub use page::Paging;
pub use reply::{Pagination, Reply, Resource};
pub use routes::{Routes, routes};
pub use stack::{MAX_BODY, MAX_URI};
