//! What the product stands on ends and starts again under a running stream of requests. `./scripts/test` runs these
//! tests last, one after another, on a stack of their own: each of them takes away what any other would need.

mod database;
mod exports;
mod hangs;
mod imports;
mod queues;
mod redis;
mod stack;
mod stream;
mod workers;
