//! The tests of the API, by feature and resource, against the running system.

mod companies;
mod database;
mod http;
mod identity;
mod notifications;
mod strangers;
mod system;
mod tour;
mod work;
