//! What holds for every route: the envelope, headers, origins, keys, versions and what happens when something is away.

mod away;
mod envelope;
mod idempotency;
mod limits;
mod origin;
mod versions;
