//! The database's own walls: scopes, rights, and what the application's user can and cannot reach.

mod isolation;
mod replica;
mod rotation;
mod scopes;
mod staging;
