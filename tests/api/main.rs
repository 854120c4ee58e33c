//! The tests of the API, by feature and resource, against the running system.

mod database;
mod http;
mod notifications;
mod strangers;
mod tour;
mod work;
