//! Health, cache purge, jobs, audit trail, outbox relay and housekeeping.

pub mod migrations;
