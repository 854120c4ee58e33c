//! The register's lists as files: what stands in them. How a file is made is `shared::export`'s.

pub mod api;
mod companies;
mod employees;
pub mod pages;
mod words;
mod workplaces;

pub use companies::Companies;
pub use employees::Employees;
use shared::{
    App,
    export::{Entry, Registry},
    queue::{Message, worker::Failure},
};
pub use workplaces::Workplaces;

/// The queue of the register's files.
const QUEUE: &str = "exports";

/// The lists that the worker makes.
const LISTS: Registry = Registry::new(&[Entry::of::<Companies>(), Entry::of::<Workplaces>(), Entry::of::<Employees>()]);

/// Does one message of the queue `exports`.
pub async fn make(app: App, message: Message) -> Result<(), Failure> {
    LISTS.work(app, message).await
}
