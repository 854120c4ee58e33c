//! What holds for every route: the envelope, headers, origins, keys, versions and what happens when something is away.

mod agents;
mod away;
mod bytes;
mod deadlock;
mod envelope;
mod hostile;
mod idempotency;
mod limits;
mod origin;
mod versions;
