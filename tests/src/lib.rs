//! What the whole-system tests share: the harness, and the merged OpenAPI document.

pub mod harness;
pub mod openapi;
#[cfg(test)]
mod texts;
