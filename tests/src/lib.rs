//! What the whole-system tests share: the harness, the merged OpenAPI document, and wires that count what is asked.

pub mod harness;
pub mod openapi;
#[cfg(test)]
mod texts;
pub mod wire;
