//! Health, documentation, cache, jobs, audit trail, and the tasks that run by themselves.

mod audit;
mod audit_chain;
mod audit_export;
mod cache;
mod docs;
mod flags;
mod health;
mod housekeeping;
mod job_runs;
mod jobs;
mod keys;
mod migrate;
mod redrive;
mod reference;
mod relay;
mod released;
