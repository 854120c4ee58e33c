//! Hints that an answer carries beside what was asked for.

use serde::Serialize;
use shared::{error::Text, http::request};
use utoipa::ToSchema;

/// Something that was accepted and should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// The field's name.
    pub field: &'static str,
    /// A code for programs.
    pub code: &'static str,
    /// What is odd and what to do, in the caller's language.
    pub message: String,
}

impl Warning {
    /// A warning in the language of the request that is being answered.
    pub fn new(field: &'static str, code: &'static str, text: &Text) -> Self {
        Self { field, code, message: text.in_language(request::current().language).to_owned() }
    }
}
