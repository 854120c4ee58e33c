//! Who is calling and what they may do: tokens, sessions, passwords, roles, and the guard before every route.

mod agents;
pub mod cookie;
pub mod guard;
pub mod password;
pub mod policy;
mod role;
pub mod session;
pub mod token;

pub use guard::{Allowed, Caller, address_of};
pub use policy::{Grant, Permission};
pub use role::Role;

crate::id! {
    /// An organisation that uses the product: an OSGB or a web agency.
    TenantId
    /// A customer of a tenant.
    CompanyId
    /// A person's place in one tenant.
    UserId
    /// A person's sign-in, across tenants.
    AccountId
    /// One sign-in on one device.
    SessionId
}
